"""What the library offers for a plan: a few dozen stems per wish, never the whole library."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from src.music.casting.made_marks import MARKS
from src.music.casting.matching import Candidate
from src.music.casting.voices import Wanted, voices_of, wanted_of
from src.music.model.plan import ArrangementPlan
from src.services.search import MAX_PROMPT, SearchHit, SearchQuery

PER_WISH = 40
"""Stems looked at for each wish, by meaning; and again as many near the tempo."""

PER_KIT = 6
KITS = 4
"""How many kits are looked through for stems that belong together."""

MARK_SIMILARITY = 0.15
"""How near our own risers and impacts are to any wish: the user's sounds go first."""

TEMPO_WINDOW = 0.12
"""How far a loop's tempo may lie from the plan's to be looked for, as a share."""


class Finder(Protocol):
    """The part of the search that is needed here."""

    def search(self, query: SearchQuery) -> list[SearchHit]: ...


def find_candidates(search: Finder, plan: ArrangementPlan) -> dict[Wanted, list[Candidate]]:
    """Stems for every wish of a plan, by meaning, by tempo and by kit.

    In a small library each wish sees every stem of its category. In a large one the
    nearest in meaning alone might all have the wrong tempo, so loops near the tempo and
    stems of the most promising kits are asked for as well. Where a section shall be marked,
    our own riser or impact is offered besides, unless a palette says what may play.
    """
    found: dict[Wanted, dict[str, SearchHit]] = {}
    crowded: list[Wanted] = []
    for wanted in wanted_of(plan):
        hits = search.search(_query(wanted, plan))
        found[wanted] = _by_id(hits)
        if len(hits) == PER_WISH:
            crowded.append(wanted)
    for wanted in crowded:
        for factor in (1.0, 0.5, 2.0):
            found[wanted].update(_by_id(search.search(_near_tempo(wanted, plan, factor))))
    if crowded:
        asked = [voice.wanted for voice in voices_of(plan)]
        for kit in _promising_kits(asked, found):
            for wanted in asked:
                query = replace(_query(wanted, plan), kit=kit, limit=PER_KIT)
                found[wanted].update(_by_id(search.search(query)))
    pool = {wanted: _candidates(hits.values()) for wanted, hits in found.items()}
    for voice in voices_of(plan):
        if voice.category == "fx" and voice.place is not None and plan.palette is None:
            mark = Candidate(MARKS[voice.place], MARK_SIMILARITY)
            pool[voice.wanted] = [*pool[voice.wanted], mark]
    return pool


def _query(wanted: Wanted, plan: ArrangementPlan) -> SearchQuery:
    return SearchQuery(
        prompt=wanted.prompt[:MAX_PROMPT],
        category=wanted.category,
        limit=PER_WISH,
        palette=plan.palette,
    )


def _near_tempo(wanted: Wanted, plan: ArrangementPlan, factor: float) -> SearchQuery:
    bpm = plan.bpm * factor
    return replace(
        _query(wanted, plan),
        is_loop=True,
        bpm_min=bpm * (1.0 - TEMPO_WINDOW),
        bpm_max=bpm * (1.0 + TEMPO_WINDOW),
    )


def _promising_kits(
    asked: Sequence[Wanted], found: dict[Wanted, dict[str, SearchHit]]
) -> list[str]:
    """Kits that turn up for the most wishes."""
    counts: Counter[str] = Counter()
    for wanted in asked:
        counts.update({hit.stem.kit_id for hit in found[wanted].values() if hit.stem.kit_id})
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [kit for kit, _ in ranked[:KITS]]


def _by_id(hits: Iterable[SearchHit]) -> dict[str, SearchHit]:
    return {hit.stem.id: hit for hit in hits}


def _candidates(hits: Iterable[SearchHit]) -> list[Candidate]:
    """In an order that does not depend on the search."""
    return [Candidate(hit.stem, hit.score) for hit in sorted(hits, key=lambda hit: hit.stem.id)]
