"""The part requests of a plan, and what the library is asked for them."""

from dataclasses import replace

from src.music.model.part_request import PartRequest
from src.music.model.plan import (
    ArrangementPlan,
    SectionPlan,
    StemQuery,
)
from src.music.model.plan_rules import may_play, position_of
from src.music.theory.roles import role_of, stand_ins_of

_Key = tuple[StemQuery, str | None, int]
"""What makes queries of several sections one part: library query, position, index."""


def part_requests(plan: ArrangementPlan) -> tuple[PartRequest, ...]:
    """List all parts that a plan asks for, the most important first.

    The same query in several sections is one part, which keeps its stem from section to
    section; ``count`` makes several. What the plan or its section excludes, and what is beside
    the roles that alone may play, is left out.
    """
    found: dict[_Key, list[tuple[int, StemQuery]]] = {}
    for number, section in enumerate(plan.structure):
        for key, query in _requested(section):
            if may_play(plan, number, query.category):
                found.setdefault(key, []).append((number, query))
    requests: list[PartRequest] = []
    for (query, position, index), queries in found.items():
        plain = PartRequest(
            _name(query.category, requests),
            query.category,
            query.tags,
            query.text,
            position=position,
            index=index,
            count=max(one.count for _, one in queries),
        )
        requests.append(plain.for_queries(queries))
    return tuple(sorted(requests, key=lambda request: -role_of(request.category).importance))


def library_queries(plan: ArrangementPlan) -> tuple[StemQuery, ...]:
    """List everything the library is searched for: each part, and what can replace it.

    A drum loop that the library lacks is replaced by one-shots.
    """
    queries: dict[StemQuery, None] = {}
    for request in part_requests(plan):
        query = request.library_query
        queries[query] = None
        for category in stand_ins_of(query.category):
            queries[replace(query, category=category)] = None
        if query.category == "drums":
            queries.update(dict.fromkeys(loop_parts(query)))
    return tuple(queries)


def loop_parts(drums: StemQuery) -> tuple[StemQuery, ...]:
    """List the one-shots that together replace a drum loop."""
    return tuple(
        StemQuery(category, drums.tags, text=name)
        for category, name in (("kick", "kick drum"), ("snare", "snare drum"), ("hihat", "hi-hat"))
    )


def _requested(section: SectionPlan) -> list[tuple[_Key, StemQuery]]:
    """List every single stem a section asks for, with the key of its part."""
    requested: list[tuple[_Key, StemQuery]] = []
    used: dict[tuple[StemQuery, str | None], int] = {}
    for query in section.stem_queries:
        plain = StemQuery(query.category, query.tags, text=query.text)
        position = position_of(query)
        for _ in range(query.count):
            index = used.get((plain, position), 0)
            used[plain, position] = index + 1
            requested.append(((plain, position, index), query))
    return requested


def _name(category: str, requests: list[PartRequest]) -> str:
    """Make a name for people, unique in the track: "synth", "synth 2"."""
    taken = sum(request.category == category for request in requests)
    return category if taken == 0 else f"{category} {taken + 1}"
