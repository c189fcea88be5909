"""One drum line per drum: where a whole drum loop plays, no programmed backbeat doubles its own."""

from collections.abc import Sequence
from dataclasses import replace

from src.music.casting.cast_part import CastPart
from src.music.model.plan import ArrangementPlan

_DOUBLED = ("snare", "clap")


def single_drums(plan: ArrangementPlan, parts: Sequence[CastPart]) -> list[CastPart]:
    """Leave the backbeat to the drum loops in the sections in which they play.

    A snare or clap that the prompt names, that the musician pinned, whose entry is given or that
    rolls through a build-up stays. A kick stays too: the loop's lows make room for it.
    """
    named = {sound.category for sound in plan.requested} | set(plan.only_roles)
    pinned = {name for name, _ in plan.pinned}
    looped = {
        number
        for part in parts
        if part.request.category == part.card.category == "drums" and part.fit.way == "loop"
        for number, query in part.request.queries
        if not query.is_timed
        and "drums" not in plan.structure[number].muted
        and part.name not in plan.structure[number].muted
    }
    kept: list[CastPart] = []
    for part in parts:
        request = part.request
        if request.category not in _DOUBLED or request.category in named or part.name in pinned:
            kept.append(part)
            continue
        own = [
            (number, query)
            for number, query in request.queries
            if number not in looped or query.is_timed
        ]
        if own:
            kept.append(replace(part, request=request.for_queries(own)))
    return kept
