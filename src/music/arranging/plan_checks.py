"""Checks of a whole plan before it is rendered; what fails is corrected, or reported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from src.music.arranging.form import LENGTH_SHARE, SHORTEST_BARS
from src.music.arranging.presence import categories_meant
from src.music.model.accounts import ReportedWords
from src.music.model.part_request import PartRequest
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.model.plan_rules import audible_queries, may_play
from src.music.theory.exclusion import refused_categories

LONGEST_SILENCE_BEATS = 2
"""So many beats may be silent without anybody having asked for it."""

_LEAST_LEFT = 2


@dataclass(frozen=True)
class PlanExpectations:
    """What a plan must hold.

    bars: the length that was asked for, not rounded; None where it is open
    requested: what shall play somewhere
    """

    bars: float | None = None
    requested: tuple[PartRequest, ...] = ()


def checked_plan(
    plan: ArrangementPlan, expected: PlanExpectations
) -> tuple[ArrangementPlan, tuple[ReportedWords, ...]]:
    """Correct what a plan does not keep, and report what was changed or can't be.

    Nothing refused plays, no section is without sound unless it shall be silent, nothing is
    silent for more than LONGEST_SILENCE_BEATS, the length is within LENGTH_SHARE of what was
    asked for, and everything requested plays somewhere.
    """
    reports: list[ReportedWords] = []
    for step in (_without_refused, _with_sound, _without_gaps):
        plan, more = step(plan)
        reports += more
    plan = _as_long(plan, expected.bars)
    reports += _length_reports(plan, expected.bars)
    reports += _missing(plan, expected.requested)
    return plan, tuple(one for n, one in enumerate(reports) if one not in reports[:n])


def silent_bars(plan: ArrangementPlan) -> list[tuple[int, int]]:
    """List the blocks of bars in which nothing plays and should: (first, behind the last), from 0.

    Marks of a section's change do not count as playing.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for number, section in enumerate(plan.structure):
        gaps = [] if section.silent else _gaps(section, audible_queries(plan, number))
        found += [(start + first, start + last) for first, last in gaps]
        start += section.bars
    return found


def _without_refused(plan: ArrangementPlan) -> tuple[ArrangementPlan, list[ReportedWords]]:
    """Take out what the plan or a section refuses."""
    reports: list[ReportedWords] = []
    structure: list[SectionPlan] = []
    for number, section in enumerate(plan.structure):
        kept = tuple(q for q in section.stem_queries if may_play(plan, number, q.category))
        gone = {q.category for q in section.stem_queries} - {q.category for q in kept}
        refused = refused_categories((*plan.excluded, *section.without))
        reports += [ReportedWords("refused_present", "", {"name": name}) for name in
                    sorted(gone & refused)]  # fmt: skip
        structure.append(replace(section, stem_queries=kept))
    return replace(plan, structure=tuple(structure)), reports


def _with_sound(plan: ArrangementPlan) -> tuple[ArrangementPlan, list[ReportedWords]]:
    """Fill sections in which nothing plays from their neighbours, or leave them out."""
    reports: list[ReportedWords] = []
    structure = list(plan.structure)
    for number, section in enumerate(plan.structure):
        if section.silent or audible_queries(plan, number):
            continue
        found = _lent(plan, number)
        if found:
            names = ", ".join(sorted({query.category for query in found}))
            values = {"section": section.section, "kept": names}
            reports.append(ReportedWords("refilled", "", values))
            queries = (*section.stem_queries, *found)
            structure[number] = replace(section, stem_queries=queries)
    plan = replace(plan, structure=tuple(structure))
    empty = [
        n for n, one in enumerate(structure) if not one.silent and not audible_queries(plan, n)
    ]
    if not empty or len(empty) == len(structure):
        return plan, reports
    reports += [ReportedWords("left_out_section", "", {"section": structure[n].section})
                for n in empty]  # fmt: skip
    return replace(plan, structure=tuple(_merged(structure, empty))), reports


def _lent(plan: ArrangementPlan, number: int) -> tuple[StemQuery, ...]:
    """Find what the nearest section plays that may play in this one too, at most two parts."""
    order = sorted(
        (other for other in range(len(plan.structure)) if other != number),
        key=lambda other: (abs(other - number), -other),
    )
    for other in order:
        found = [
            replace(query, enters_bar=None, exits_bar=None)
            for query in audible_queries(plan, other)
            if not query.is_timed and may_play(plan, number, query.category)
        ]
        if found:
            return tuple(found[:2])
    return ()


def _merged(structure: Sequence[SectionPlan], empty: Sequence[int]) -> list[SectionPlan]:
    """Give the bars of sections that are left out to the one before, or behind the first."""
    out: list[SectionPlan] = []
    carried = 0
    for number, section in enumerate(structure):
        if number not in empty:
            out.append(_begun_earlier(section, carried))
            carried = 0
        elif out:
            out[-1] = replace(out[-1], bars=out[-1].bars + section.bars)
        else:
            carried += section.bars
    return out


def _begun_earlier(section: SectionPlan, bars: int) -> SectionPlan:
    """Let a section begin so many bars earlier; entries and exits stay where they are."""
    if not bars:
        return section
    queries = (
        replace(
            query,
            enters_bar=None if query.enters_bar is None else query.enters_bar + bars,
            exits_bar=None if query.exits_bar is None else query.exits_bar + bars,
        )
        for query in section.stem_queries
    )
    return replace(section, bars=section.bars + bars, stem_queries=tuple(queries))


def _without_gaps(plan: ArrangementPlan) -> tuple[ArrangementPlan, list[ReportedWords]]:
    """Fill bars in which nothing plays with a part of a neighbour, or report the silence."""
    reports: list[ReportedWords] = []
    structure = list(plan.structure)
    start = 0
    for number, section in enumerate(plan.structure):
        gaps = [] if section.silent else _gaps(section, audible_queries(plan, number))
        for first, last in gaps:
            timed = {query.category for query in section.stem_queries if query.is_timed}
            filling = [query for query in _lent(plan, number) if query.category not in timed][:1]
            if filling:
                bridge = replace(
                    filling[0],
                    enters_bar=first + 1,
                    exits_bar=last + 1 if last < section.bars else None,
                    count=1,
                )
                queries = (*structure[number].stem_queries, bridge)
                structure[number] = replace(structure[number], stem_queries=queries)
            elif (last - first) * plan.beats_per_bar > LONGEST_SILENCE_BEATS:
                beats = f"{(last - first) * plan.beats_per_bar:g}"
                values = {"beats": beats, "bar": str(start + first + 1)}
                reports.append(ReportedWords("silence", "", values))
        start += section.bars
    return replace(plan, structure=tuple(structure)), reports


def _gaps(section: SectionPlan, queries: Sequence[StemQuery]) -> list[tuple[int, int]]:
    """List the bars of a section, from 0, in which none of its queries plays."""
    sounding = [False] * section.bars
    for query in queries:
        first = (query.enters_bar or 1) - 1
        last = section.bars if query.exits_bar is None else query.exits_bar - 1
        sounding[first:last] = [True] * max(0, last - first)
    gaps: list[tuple[int, int]] = []
    for bar, sounds in enumerate(sounding):
        if sounds:
            continue
        if gaps and gaps[-1][1] == bar:
            gaps[-1] = (gaps[-1][0], bar + 1)
        else:
            gaps.append((bar, bar + 1))
    return gaps


def _as_long(plan: ArrangementPlan, bars: float | None) -> ArrangementPlan:
    """Lengthen or shorten the last section where the track would miss its length by too much."""
    if bars is None or bars < SHORTEST_BARS or abs(plan.bars - bars) <= LENGTH_SHARE * bars:
        return plan
    *others, last = plan.structure
    left = last.bars + round(bars) - plan.bars
    least = max([_LEAST_LEFT, *(q.enters_bar or 1 for q in last.stem_queries),
                 *(q.exits_bar or 1 for q in last.stem_queries)])  # fmt: skip
    if left < least:
        return plan
    return replace(plan, structure=(*others, replace(last, bars=left)))


def _length_reports(plan: ArrangementPlan, bars: float | None) -> Iterator[ReportedWords]:
    if bars is not None and abs(plan.bars - bars) > LENGTH_SHARE * bars:
        values = {"got": str(plan.bars), "asked": f"{bars:g}"}
        yield ReportedWords("length", "", values)


def _missing(plan: ArrangementPlan, requested: Sequence[PartRequest]) -> Iterator[ReportedWords]:
    """Report what was asked for and plays nowhere."""
    plays = {
        query.category
        for number, section in enumerate(plan.structure)
        for query in section.stem_queries
        if may_play(plan, number, query.category) and query.category not in section.muted
    }
    for request in requested:
        if not plays & categories_meant(request):
            yield ReportedWords("missing", "", {"name": request.text or request.name})
