"""What the library offers for a plan: a few dozen stems per query, never the whole library."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from src.music.casting.made_marks import MARKS
from src.music.casting.matching import StemCandidate
from src.music.casting.requests import library_queries, part_requests
from src.music.model.plan import ArrangementPlan, StemQuery
from src.services.search import MAX_PROMPT, SearchHit, SearchQuery

PER_QUERY = 40
"""Stems looked at for each query, by meaning; and again as many near the tempo."""

PER_KIT = 6
KITS = 4
"""How many kits are looked through for stems that belong together."""

MARK_SIMILARITY = 0.15
"""How near our own risers and impacts are to any query: the user's sounds go first."""

TEMPO_WINDOW = 0.12
"""How far a loop's tempo may lie from the plan's to be looked for, as a share."""


class HitFinder(Protocol):
    """The part of the search that is needed here."""

    def search(self, query: SearchQuery) -> list[SearchHit]: ...


def find_candidates(
    search: HitFinder, plan: ArrangementPlan
) -> dict[StemQuery, list[StemCandidate]]:
    """Find stems for every query of a plan, by meaning, by tempo and by kit.

    In a small library each query sees every stem of its category. In a large one the
    nearest in meaning alone might all have the wrong tempo, so loops near the tempo and
    stems of the most promising kits are asked for as well. Where a section shall be marked,
    our own riser or impact is offered besides, unless a palette says what may play.
    """
    found: dict[StemQuery, dict[str, SearchHit]] = {}
    crowded: list[StemQuery] = []
    for query in library_queries(plan):
        hits = search.search(_search_query(query, plan))
        found[query] = _by_id(hits)
        if len(hits) == PER_QUERY:
            crowded.append(query)
    for query in crowded:
        for factor in (1.0, 0.5, 2.0):
            found[query].update(_by_id(search.search(_near_tempo(query, plan, factor))))
    requests = part_requests(plan)
    if crowded:
        requested = [request.library_query for request in requests]
        for kit in _promising_kits(requested, found):
            for query in requested:
                of_kit = replace(_search_query(query, plan), kit=kit, limit=PER_KIT)
                found[query].update(_by_id(search.search(of_kit)))
    pool = {query: _candidates(hits.values()) for query, hits in found.items()}
    for request in requests:
        if request.category == "fx" and request.position is not None and plan.palette is None:
            mark = StemCandidate(MARKS[request.position], MARK_SIMILARITY)
            pool[request.library_query] = [*pool[request.library_query], mark]
    return pool


def _search_query(query: StemQuery, plan: ArrangementPlan) -> SearchQuery:
    return SearchQuery(
        prompt=query.search_text[:MAX_PROMPT],
        category=query.category,
        limit=PER_QUERY,
        palette=plan.palette,
    )


def _near_tempo(query: StemQuery, plan: ArrangementPlan, factor: float) -> SearchQuery:
    bpm = plan.bpm * factor
    return replace(
        _search_query(query, plan),
        is_loop=True,
        bpm_min=bpm * (1.0 - TEMPO_WINDOW),
        bpm_max=bpm * (1.0 + TEMPO_WINDOW),
    )


def _promising_kits(
    requested: Sequence[StemQuery], found: dict[StemQuery, dict[str, SearchHit]]
) -> list[str]:
    """Return kits that turn up for the most queries."""
    counts: Counter[str] = Counter()
    for query in requested:
        counts.update({hit.stem.kit_id for hit in found[query].values() if hit.stem.kit_id})
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [kit for kit, _ in ranked[:KITS]]


def _by_id(hits: Iterable[SearchHit]) -> dict[str, SearchHit]:
    return {hit.stem.id: hit for hit in hits}


def _candidates(hits: Iterable[SearchHit]) -> list[StemCandidate]:
    """Sort in an order that does not depend on the search."""
    return [StemCandidate(hit.stem, hit.score) for hit in sorted(hits, key=lambda hit: hit.stem.id)]
