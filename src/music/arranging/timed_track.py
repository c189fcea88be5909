"""Where the moments of clauses lie among the sections of a track."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from src.music.arranging.form import UNIT, fewer, share_bars
from src.music.arranging.named_form import SectionStore, bars_of, slot_of
from src.music.genre.genres import MAIN_KINDS, FormSection
from src.music.model.accounts import ReportedWords
from src.music.prompt.intent import ClauseRequest
from src.music.prompt.timing.moments import Moment

_SNAP = 4
"""A moment that is only vaguely said, such as the middle, moves so many bars to a section."""


@dataclass(frozen=True)
class PlacedClause:
    """A clause with its first bar, and the bar behind its last; None where it is open.

    is_fixed: whether it is said where it begins
    """

    clause: ClauseRequest
    start: int
    end: int | None
    is_fixed: bool = True


class TimedTrack:
    """The sections of a track, and where moments lie in it."""

    def __init__(self, sections: list[FormSection], store: SectionStore, bar_s: float) -> None:
        self.sections = sections
        self.store = store
        self.bar_s = bar_s
        self.reports: list[ReportedWords] = []

    @property
    def bars(self) -> int:
        """Length in bars."""
        return sum(section.bars for section in self.sections)

    def starts(self) -> list[int]:
        """First bar of each section, from 0, and the end."""
        starts = [0]
        for section in self.sections:
            starts.append(starts[-1] + section.bars)
        return starts

    def bar_at(self, moment: Moment, before: int = 0) -> int:
        """Find the bar, from 0, at which a moment lies, within the track.

        before: first bar of the clause before, for a moment that counts from it
        """
        if moment.section:
            return self._section_edge(moment)
        if moment.share is not None:
            return UNIT * round(moment.share * self.bars / UNIT)
        bars = (moment.seconds or 0.0) / self.bar_s if moment.bars is None else moment.bars
        bar = round(bars) + (before if moment.later else 0)
        return max(0, min(self.bars, self.bars + bar if bars < 0 else bar))

    def is_behind(self, moment: Moment | None) -> bool:
        """Tell whether a moment lies behind the end of the track."""
        if moment is None or moment.section or moment.share is not None or moment.later:
            return False
        bars = (moment.seconds or 0.0) / self.bar_s if moment.bars is None else moment.bars
        return round(bars) >= self.bars

    def _snapped(self, bar: int) -> int:
        """Move a block that begins somewhere in the middle to a section that begins near."""
        nearest = min(self.starts(), key=lambda start: abs(start - bar))
        return nearest if abs(nearest - bar) <= _SNAP else bar

    def _section_edge(self, moment: Moment) -> int:
        numbers = [n for n, one in enumerate(self.sections) if one.kind == moment.section]
        if not numbers:
            numbers = [self._liveliest()]
        wanted = len(numbers) if moment.number < 0 else min(moment.number, len(numbers))
        number = numbers[wanted - 1]
        return self.starts()[number + moment.at_end]

    def _liveliest(self) -> int:
        mains = [n for n, one in enumerate(self.sections) if one.kind in MAIN_KINDS]
        candidates = mains or list(range(len(self.sections)))
        return max(candidates, key=lambda n: self.sections[n].energy)

    def anchor(self, clauses: Sequence[ClauseRequest]) -> None:
        """Let the sections that clauses call for begin where they are asked for."""
        total = self.bars
        anchors: list[tuple[int, int]] = []
        for one in self.placed(clauses):
            least, last_bar = anchors[-1] if anchors else (-1, -1)
            if not one.clause.section or not one.is_fixed or one.start <= last_bar:
                continue
            number = self._nearest(one.clause.section, one.start, least + 1)
            self.sections[number] = self._as_called(self.sections[number], one)
            anchors.append((number, one.start))
        if anchors and anchors[0][0] == 0 and anchors[0][1] > 0:
            self.sections.insert(0, self.store.section("intro"))
            anchors = [(number + 1, bar) for number, bar in anchors]
        edges = [(0, 0), *anchors, (len(self.sections), total)]
        found: list[FormSection] = []
        for (first, start), (last, end) in pairwise(edges):
            found += dealt(self.sections[first:last], end - start)
        self.sections = found if anchors else self.sections

    def _as_called(self, section: FormSection, one: PlacedClause) -> FormSection:
        """Give a section the name and the length that a clause says."""
        clause = one.clause
        if clause.title and clause.section not in MAIN_KINDS:
            section = replace(section, section=clause.title)
        if clause.length is None:
            return section
        bars = min(bars_of(clause.length, self.bar_s), self.bars - one.start)
        return replace(section, bars=bars, exact=True)

    def _nearest(self, kind: str, bar: int, least: int) -> int:
        """Find the section of a kind that begins nearest to a bar; without one it is put in."""
        starts = self.starts()
        same = [n for n in range(least, len(self.sections)) if self.sections[n].kind == kind]
        if same:
            return min(same, key=lambda n: abs(starts[n] - bar))
        number = next((n for n in range(least, len(starts) - 1) if starts[n] >= bar), None)
        if number is None or kind in ("intro", "outro"):
            number = max(least, slot_of(self.sections, kind))
        self.sections.insert(number, self.store.section(kind))
        return number

    def placed(self, clauses: Sequence[ClauseRequest]) -> list[PlacedClause]:
        """Find where each clause begins and ends; what begins behind the end is left out."""
        inside = [one for one in clauses if not self.is_behind(one.start)]
        for clause in clauses:
            if self.is_behind(clause.start):
                self._report_behind(clause)
        known = self._known_starts(inside)
        starts = self._filled(inside, known)
        found: list[PlacedClause] = []
        for number, clause in enumerate(inside):
            start, fixed = starts[number], known[number] is not None
            if not fixed and inside[number - 1].length is not None and found[-1].end is not None:
                start, fixed = found[-1].end, True
            following = number + 1 < len(inside) and inside[number + 1].follows
            end = self._end_of(clause, start)
            if end is None and following:
                end = starts[number + 1]
            fixed = fixed and (number > 0 or clause != _unplaced(clause))
            fixed = fixed or bool(clause.section and clause.follows and clause.length)
            found.append(PlacedClause(clause, start, end, fixed))
        return found

    def report_genre(self, one: PlacedClause) -> None:
        """Report that a genre of some sections is played in the track's tempo."""
        last = self.bars if one.end is None else one.end
        values = {
            "genre": f"{one.clause.style} {one.clause.genre}".strip(),
            "bar": str(one.start + 1),
            "last": str(last),
        }
        self.reports.append(ReportedWords("one_tempo_grid", one.clause.text, values))

    def _report_behind(self, clause: ClauseRequest) -> None:
        report = ReportedWords("after_the_end", clause.text, {"bars": str(self.bars)})
        if report not in self.reports:
            self.reports.append(report)

    def _known_starts(self, clauses: Sequence[ClauseRequest]) -> list[int | None]:
        """List the first bar of each clause; None of one that follows another without a time."""
        known: list[int | None] = []
        for clause in clauses:
            before = known[-1] if known else None
            if clause.start is not None:
                bar = self.bar_at(clause.start, before or 0)
                vague = clause.start.share is not None and clause.end is None
                known.append(self._snapped(bar) if vague and not is_move(clause) else bar)
            elif clause.end is not None and clause.length is not None:
                end = self.bar_at(clause.end)
                known.append(max(0, end - bars_of(clause.length, self.bar_s)))
            elif clause.follows and known:
                known.append(self._end_of(clauses[len(known) - 1], before))
            else:
                known.append(0)
        return known

    def _end_of(self, clause: ClauseRequest, start: int | None) -> int | None:
        """Return the end of a clause that says it."""
        if clause.end is not None:
            return self.bar_at(clause.end)
        if clause.length is not None and start is not None:
            return min(self.bars, start + bars_of(clause.length, self.bar_s))
        return None

    def _filled(self, clauses: Sequence[ClauseRequest], known: list[int | None]) -> list[int]:
        filled: list[int] = []
        for number, bar in enumerate(known):
            found = bar
            if found is None:
                later = next((b for b in known[number:] if b is not None), self.bars)
                row = next((n for n, b in enumerate(known[number:]) if b is not None), None)
                count = len(known) - number if row is None else row
                before = clauses[number - 1]
                even = not before.section and bool(before.genre or before.moods)
                found = self._between(filled[-1], later, count, even=even)
            filled.append(found)
        return filled

    def _between(self, first: int, last: int, count: int, *, even: bool) -> int:
        """Find where the next of so many clauses begins, that share the bars up to another."""
        inner = [bar for bar in self.starts() if first < bar < last]
        if not even and len(inner) >= count:
            return inner[0]
        return first + UNIT * max(1, round((last - first) / (count + 1) / UNIT))


def _unplaced(clause: ClauseRequest) -> ClauseRequest:
    return replace(clause, start=None, length=None)


def dealt(sections: list[FormSection], total: int) -> list[FormSection]:
    """Deal so many bars to sections, whose last takes what is no multiple of four."""
    if total <= 0 or not sections:
        return []
    exact = [section for section in sections if section.exact]
    rest = total - sum(section.bars for section in exact)
    if exact and rest >= 0:
        return _around(sections, rest)
    few = sections
    if total < UNIT * len(sections):
        first, *others = sections
        room = max(0, total // UNIT - 1)
        few = [first, *(fewer(others, 6 * room) if room and others else [])][: room + 1]
    whole = UNIT * (total // UNIT)
    if whole < UNIT * len(few):
        return [replace(few[0], bars=total)]
    bars = share_bars([float(section.bars) for section in few], whole)
    bars[-1] += total - whole
    return [replace(section, bars=n) for section, n in zip(few, bars, strict=True)]


def _around(sections: Sequence[FormSection], rest: int) -> list[FormSection]:
    """Deal the bars that exact sections leave to the others; what is left goes to the last."""
    free = [section for section in sections if not section.exact]
    shares = dealt(free, rest) if rest >= UNIT else []
    found: list[FormSection] = []
    for section in sections:
        if section.exact:
            found.append(section)
        elif shares and replace(shares[0], bars=section.bars) == section:
            found.append(shares.pop(0))
    left = rest - sum(section.bars for section in found if not section.exact)
    return [*found[:-1], replace(found[-1], bars=found[-1].bars + left)]


def is_move(clause: ClauseRequest) -> bool:
    """Tell whether a clause speaks of parts that come and go, and not of a block."""
    if clause.only or clause.full or clause.silent or clause.section or clause.genre:
        return False
    if clause.excluded:
        return not clause.requested
    if clause.restricts:
        return True
    if clause.start is not None and clause.start.section and clause.end is not None:
        return False
    return bool(clause.requested)
