"""What clauses ask of single sections, and what becomes of it in the plan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from src.music.arranging.presence import Presence, categories_meant
from src.music.arranging.roles import Lineup
from src.music.arranging.timed_form import PartMove, TimedSection
from src.music.model.ending import COLD, FADE, LONGEST_FADE_S, SHORTEST_FADE_S, TrackEnding
from src.music.model.part_request import PartRequest
from src.music.model.plan import SECTION_CLOSE, SectionPlan, StemQuery
from src.music.prompt.intent import PromptIntent, SectionRequest
from src.music.theory.library import CATEGORIES

_ENERGY = {
    "energetic": 0.2, "aggressive": 0.2, "hard": 0.2, "driving": 0.15, "euphoric": 0.15,
    "heavy": 0.15, "epic": 0.15, "calm": -0.25, "soft": -0.25, "minimal": -0.15, "dreamy": -0.15,
    "sad": -0.1,
}  # fmt: skip
"""By how much a mood of a single section moves its energy."""

USUAL_FADE_BARS = 8
_ALONE_ENERGY, _PART_ENERGY = 0.55, 0.08
"""Where few play alone, a section has this energy and so much for each part at most."""

_LAST_HIT = StemQuery("cymbal", ("bright",), text="crash cymbal", pattern=SECTION_CLOSE)


@dataclass(frozen=True)
class SectionGroup:
    """Neighbouring sections of one genre. first: number of the first one; bar: its first bar"""

    genre: str
    style: str
    first: int
    bar: int
    sections: tuple[TimedSection, ...]


def groups_of(sections: Sequence[TimedSection], genre: str, style: str) -> Iterator[SectionGroup]:
    """Part a form where its genre changes. genre, style: of sections that have none of their own"""

    def own(section: TimedSection) -> tuple[str, str]:
        named = [clause for clause in section.clauses if clause.genre]
        return (named[-1].genre, named[-1].style) if named else (genre, style)

    first = bar = 0
    for (name, inner), some in groupby(sections, key=own):
        group = tuple(some)
        yield SectionGroup(name, inner, first, bar, group)
        first += len(group)
        bar += sum(section.form.bars for section in group)


def request_of(section: TimedSection, intent: PromptIntent) -> SectionRequest:
    """Sum up what is asked of a section: of its kind, and by the clauses that speak of it."""
    request = intent.section(section.form.kind)
    for clause in section.clauses:
        requested = clause.requested
        if clause.full:
            named = (one for other in intent.clauses for one in other.requested)
            requested = tuple(dict.fromkeys((*requested, *intent.requested, *named)))
        request = replace(
            request,
            energy=request.energy + sum(_ENERGY.get(mood, 0.0) for mood in clause.moods),
            only=request.only or clause.only,
            requested=tuple(dict.fromkeys((*request.requested, *requested))),
            excluded=tuple(dict.fromkeys((*request.excluded, *clause.excluded))),
        )
    return request


def with_own_moods(section: TimedSection, intent: PromptIntent) -> PromptIntent:
    """Return the intent as a section has it: with the moods of its clauses before the track's."""
    moods = tuple(mood for clause in section.clauses for mood in clause.moods)
    if not moods:
        return intent
    return replace(intent, moods=tuple(dict.fromkeys((*moods, *intent.moods))))


def with_moves(intent: PromptIntent, moves: Sequence[PartMove]) -> PromptIntent:
    """Let the track want what comes in or leaves in it, unless it is only refused for a time."""
    named = {requested.name for requested in intent.requested}
    coming: dict[str, PartRequest] = {}
    for move in moves:
        if move.request.name not in named and not (move.refused and move.leaves):
            coming[move.request.name] = move.request
    return replace(intent, requested=(*intent.requested, *coming.values()))


def timed_plan(
    plan: SectionPlan, section: TimedSection, number: int, lineup: Lineup
) -> SectionPlan:
    """Write into a section's plan what its clauses and the moves of parts say of it.

    number: of the section in its lineup
    """
    if not section.clauses and not lineup.timings and not any(lineup.absent):
        return plan
    silent = any(clause.silent for clause in section.clauses)
    alone = {c for one in section.clauses if one.only for r in one.requested
             for c in categories_meant(r)}  # fmt: skip
    refused = {c for one in section.clauses for c in one.excluded} | (
        lineup.absent[number] if lineup.absent else set()
    )
    named = {c for one in section.clauses for r in one.requested for c in categories_meant(r)}
    names = dict.fromkeys(lineup.playing[number])
    queries = []
    for name, query in zip(names, plan.stem_queries, strict=True):
        timing = lineup.timings.get((number, name))
        if timing is not None:
            timed = replace(query, enters_bar=timing.enters_bar, exits_bar=timing.exits_bar)
        elif query.category in named:
            timed = replace(query, enters_bar=1)
        else:
            timed = query
        queries.append(timed)
    energy = min(plan.energy, _ALONE_ENERGY + _PART_ENERGY * len(queries)) if alone else plan.energy
    return replace(
        plan,
        energy=0.0 if silent else round(energy, 3),
        stem_queries=() if silent else tuple(queries),
        fill=plan.fill and not silent and len(queries) > 1,
        only=tuple(category for category in CATEGORIES if category in alone),
        without=tuple(category for category in CATEGORIES if category in refused),
        silent=silent,
    )


def ending_of(intent: PromptIntent, bars: int, bar_s: float) -> TrackEnding | None:
    """Make the ending that is asked for; a fade whose length is open lasts eight bars."""
    asked = intent.ending
    if asked is None:
        return None
    if asked.style != FADE:
        return TrackEnding(COLD)
    seconds = USUAL_FADE_BARS * bar_s
    if asked.fade is not None:
        named = asked.fade.seconds
        seconds = (asked.fade.bars or 0.0) * bar_s if named is None else named
    longest = min(LONGEST_FADE_S, bars * bar_s)
    return TrackEnding(FADE, round(max(SHORTEST_FADE_S, min(seconds, longest)), 2))


def with_last_hit(structure: Sequence[SectionPlan], intent: PromptIntent) -> list[SectionPlan]:
    """Let a crash be heard on the beat behind the last bar, where that is asked for."""
    sections = list(structure)
    if intent.ending is None or not intent.ending.last_hit or "cymbal" in intent.excluded:
        return sections
    last = sections[-1]
    only = (*last.only, "cymbal") if last.only else ()
    sections[-1] = replace(last, stem_queries=(*last.stem_queries, _LAST_HIT), only=only)
    return sections


def presences_in(group: SectionGroup, presences: Sequence[Presence]) -> list[Presence]:
    """Count presences from the first bar of a group; one that began before it goes on."""
    return [
        replace(one, spans=tuple((a - group.bar, b - group.bar) for a, b in one.spans))
        for one in presences
    ]
