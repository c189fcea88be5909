"""Clauses in time: a form whose sections begin where they are asked for, and who comes and goes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from src.music.arranging.form import UNIT, fewer, numbered, share_bars
from src.music.arranging.named_form import SectionStore, bars_of, section_store, slot_of
from src.music.genre.genres import MAIN_KINDS, Form, FormSection
from src.music.model.accounts import ReportedWords
from src.music.model.part_request import PartRequest
from src.music.prompt.intent import ClauseRequest, PromptIntent
from src.music.prompt.timing.clauses import HEADED
from src.music.prompt.timing.form_words import FormRequest
from src.music.prompt.timing.moments import Moment
from src.music.theory.library import DRUM_CATEGORIES

_LEAST_BLOCK, _LONGER_FROM = 8, 96
"""Bars of a block whose end is not said, and from how many bars of a track it has twice as many."""

_LEFTOVER = 3
"""A section of so few bars that a cut leaves is joined to its neighbour."""

_ROOM = 16
"""A track goes on for so many bars at least behind the last moment that a prompt names."""


_SNAP = 4
"""A moment that is only vaguely said, such as the middle, moves so many bars to a section."""

_BEATS_PER_BAR = 4
_NUMBER = re.compile(r" \d+$")


@dataclass(frozen=True)
class TimedSection:
    """A section with the clauses that speak of it."""

    form: FormSection
    clauses: tuple[ClauseRequest, ...] = ()


@dataclass(frozen=True)
class Move:
    """A part that comes in, or leaves, at a bar of the track, from 0.

    refused: whether it was said that it shall not play, instead of where it does
    """

    request: PartRequest
    bar: int
    leaves: bool = False
    refused: bool = False


@dataclass(frozen=True)
class TimedForm:
    """Sections with their clauses, and the moves of parts."""

    sections: tuple[TimedSection, ...]
    moves: tuple[Move, ...] = ()
    reports: tuple[ReportedWords, ...] = ()


@dataclass(frozen=True)
class _Placed:
    """A clause with its first bar, and the bar behind its last; None where it is open.

    is_fixed: whether it is said where it begins
    """

    clause: ClauseRequest
    start: int
    end: int | None
    is_fixed: bool = True


def needed_bars(intent: PromptIntent, bar_s: float) -> int:
    """Count the bars that a track must have so that every moment of its clauses lies in it."""
    most = 0
    for clause in _in_time(intent):
        at = 0
        for moment in (clause.start, clause.end):
            if moment is not None and not moment.later:
                bars = (moment.seconds or 0.0) / bar_s if moment.bars is None else moment.bars
                at = max(at, round(bars))
        at += bars_of(clause.length, bar_s) if clause.length is not None else 0
        most = max(most, at + _ROOM if at else 0)
    following = sum(
        bars_of(clause.length, bar_s) for clause in _in_time(intent) if clause.length is not None
    )
    changes = any(clause.genre and clause.follows for clause in intent.clauses)
    return max(most + (most and changes and 2 * _ROOM), following)


def with_counted(usual: Form, intent: PromptIntent) -> FormRequest:
    """Ask for as many sections of a kind as clauses count: "in the third drop" needs three."""
    request = intent.form
    have = Counter(section.kind for section in usual.sections)
    have |= Counter(dict(request.counts))
    needed: dict[str, int] = {}
    for clause in intent.clauses:
        for moment in (clause.start, clause.end):
            if moment is not None and moment.section and moment.number > have[moment.section]:
                kind = moment.section
                needed[kind] = max(needed.get(kind, 0), moment.number)
    if not needed or request.sections:
        return request
    kept = tuple((kind, count) for kind, count in request.counts if kind not in needed)
    return replace(request, counts=(*kept, *needed.items()))


def timed_form(
    sections: Sequence[FormSection], intent: PromptIntent, store: SectionStore, *, bar_s: float
) -> TimedForm:
    """Put the clauses of a prompt on the sections of a form.

    sections: with their bars; bar_s: length of a bar in seconds

    A section that is asked for at a moment begins there: what lies before and behind is dealt
    anew. A block that a clause speaks of becomes sections of its own. The length stays.
    """
    if not intent.clauses:
        return TimedForm(tuple(TimedSection(section) for section in sections))
    track = _Track(list(sections), store, bar_s)
    headed = [clause for clause in intent.clauses if clause.follows == HEADED]
    timed = [TimedSection(section) for section in sections]
    for number, clause in zip(_headings(intent), headed, strict=True):
        if number < len(timed):
            timed[number] = TimedSection(timed[number].form, (clause,))
    if not _in_time(intent):
        return TimedForm(tuple(timed))
    track.anchor(_in_time(intent))
    if not headed:
        timed = [TimedSection(section) for section in track.sections]
    placed = track.placed(_in_time(intent))
    for one in placed:
        if one.clause.genre and not one.clause.section:
            timed = _of_genre(timed, one, track)
            track.report_genre(one)
        elif not _moves(one.clause):
            timed = _overlaid(timed, one, track)
    moves = tuple(move for one in placed for move in _moves_of(one, track))
    timed = _tidied(timed)
    plain = (replace(one.form, section=_NUMBER.sub("", one.form.section)) for one in timed)
    named = numbered(tuple(plain))
    return TimedForm(
        tuple(replace(one, form=form) for one, form in zip(timed, named, strict=True)),
        tuple(sorted(moves, key=lambda move: move.bar)),
        tuple(track.reports),
    )


def _in_time(intent: PromptIntent) -> list[ClauseRequest]:
    return [clause for clause in intent.clauses if clause.follows != HEADED]


def _headings(intent: PromptIntent) -> Iterator[int]:
    """Yield which sections of the row have a heading with words."""
    return (n for n, one in enumerate(intent.form.sections) if one.says is not None)


class _Track:
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
        dealt: list[FormSection] = []
        for (first, start), (last, end) in pairwise(edges):
            dealt += _dealt(self.sections[first:last], end - start)
        self.sections = dealt if anchors else self.sections

    def _as_called(self, section: FormSection, one: _Placed) -> FormSection:
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

    def placed(self, clauses: Sequence[ClauseRequest]) -> list[_Placed]:
        """Find where each clause begins and ends; what begins behind the end is left out."""
        inside = [one for one in clauses if not self.is_behind(one.start)]
        for clause in clauses:
            if self.is_behind(clause.start):
                self._report_behind(clause)
        known = self._known_starts(inside)
        starts = self._filled(inside, known)
        found: list[_Placed] = []
        for number, (clause, start) in enumerate(zip(inside, starts, strict=True)):
            following = number + 1 < len(inside) and inside[number + 1].follows
            end = self._end_of(clause, start)
            if end is None and following:
                end = starts[number + 1]
            fixed = known[number] is not None and (number > 0 or clause != _unplaced(clause))
            found.append(_Placed(clause, start, end, fixed))
        return found

    def report_genre(self, one: _Placed) -> None:
        """Report that a genre of some sections is played in the track's tempo."""
        last = self.bars if one.end is None else one.end
        values = {
            "genre": f"{one.clause.style} {one.clause.genre}".strip(),
            "bar": str(one.start + 1),
            "last": str(last),
            "bpm": f"{round(60.0 * _BEATS_PER_BAR / self.bar_s, 2):g}",
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
                known.append(self._snapped(bar) if vague and not _moves(clause) else bar)
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
            if bar is None:
                later = next((b for b in known[number:] if b is not None), self.bars)
                row = next((n for n, b in enumerate(known[number:]) if b is not None), None)
                count = len(known) - number if row is None else row
                before = clauses[number - 1]
                even = not before.section and bool(before.genre or before.moods)
                bar = self._between(filled[-1], later, count, even=even)
            filled.append(bar)
        return filled

    def _between(self, first: int, last: int, count: int, *, even: bool) -> int:
        """Find where the next of so many clauses begins, that share the bars up to another."""
        inner = [bar for bar in self.starts() if first < bar < last]
        if not even and len(inner) >= count:
            return inner[0]
        return first + UNIT * max(1, round((last - first) / (count + 1) / UNIT))


def _unplaced(clause: ClauseRequest) -> ClauseRequest:
    return replace(clause, start=None, length=None)


def _dealt(sections: list[FormSection], total: int) -> list[FormSection]:
    """Deal so many bars to sections, whose last takes what is no multiple of four."""
    if total <= 0 or not sections:
        return []
    exact = sum(section.bars for section in sections if section.exact)
    free = [section for section in sections if not section.exact]
    if len(free) < len(sections) and total - exact >= (UNIT * len(free) if free else 0):
        dealt = iter(_dealt(free, total - exact))
        kept = [section if section.exact else next(dealt, None) for section in sections]
        found = [section for section in kept if section is not None]
        rest = total - sum(section.bars for section in found)
        return [*found[:-1], replace(found[-1], bars=found[-1].bars + rest)] if rest else found
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


def _moves(clause: ClauseRequest) -> bool:
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


def _moves_of(one: _Placed, track: _Track) -> Iterator[Move]:
    """Turn a clause about parts that come and go into moves."""
    clause = one.clause
    if not _moves(clause):
        return
    end = one.end if clause.end is not None or clause.length is not None else None
    if clause.excluded:
        for request in _plain_requests(clause.excluded):
            if one.start > 0:
                yield Move(request, one.start, leaves=True, refused=True)
            if end is not None and end < track.bars:
                yield Move(request, end, refused=True)
        return
    for request in clause.requested:
        if clause.limits and end is not None:
            yield Move(request, end, leaves=True)
            continue
        yield Move(request, one.start, leaves=clause.leaves)
        if end is not None and end < track.bars and not clause.leaves:
            yield Move(request, end, leaves=True)


def _plain_requests(categories: Sequence[str]) -> list[PartRequest]:
    if set(DRUM_CATEGORIES) <= set(categories):
        others = [name for name in categories if name not in DRUM_CATEGORIES]
        return [PartRequest("drums", "drums"), *(PartRequest(n, n) for n in others)]
    return [PartRequest(name, name, text=name) for name in categories]


def _overlaid(timed: Sequence[TimedSection], one: _Placed, track: _Track) -> list[TimedSection]:
    """Make the block of a clause sections of its own, and note the clause there."""
    end = _block_end(one, track)
    if end <= one.start:
        return list(timed)
    cut = _cut(_cut(timed, one.start), end)
    out: list[TimedSection] = []
    bar = 0
    for section in cut:
        inside = one.start <= bar and bar + section.form.bars <= end
        if inside and one.clause.silent:
            section = replace(section, form=replace(section.form, section="Silence"))
        merges = inside and one.clause.silent and out and one.clause in out[-1].clauses
        if merges:
            bars = out[-1].form.bars + section.form.bars
            out[-1] = replace(out[-1], form=replace(out[-1].form, bars=bars))
        elif inside:
            form = section.form
            if one.clause.genre:
                own = section_store(one.clause.genre, one.clause.style).section(form.kind)
                form = replace(own, section=form.section, bars=form.bars)
            out.append(TimedSection(form, (*section.clauses, one.clause)))
        else:
            out.append(section)
        bar += section.form.bars
    return out


def _of_genre(timed: Sequence[TimedSection], one: _Placed, track: _Track) -> list[TimedSection]:
    """Put the form of a clause's genre in the place of what the track's has there."""
    end = one.end if one.end is not None else track.bars
    store = section_store(one.clause.genre, one.clause.style)
    leaves_out = ("intro",) * (one.start > 0) + ("outro",) * (end < track.bars)
    own = [section for section in store.forms[0].sections if section.kind not in leaves_out]
    sections = [TimedSection(form, (one.clause,)) for form in _dealt(own, end - one.start)]
    out: list[TimedSection] = []
    bar = 0
    for section in _cut(_cut(timed, one.start), end):
        if not one.start <= bar < end:
            out.append(section)
        elif bar == one.start:
            out += sections
        bar += section.form.bars
    return out


def _block_end(one: _Placed, track: _Track) -> int:
    """Find where a block ends that does not say it."""
    clause = one.clause
    if one.end is not None:
        return one.end
    if clause.section:
        starts = track.starts()
        return next((bar for bar in starts if bar > one.start), track.bars)
    if clause.keeps or clause.follows or clause.start is None:
        return track.bars
    least = _LEAST_BLOCK if track.bars < _LONGER_FROM else 2 * _LEAST_BLOCK
    return min(track.bars, one.start + least)


def _cut(timed: Sequence[TimedSection], bar: int) -> list[TimedSection]:
    """Cut the section in which a bar lies in two."""
    out: list[TimedSection] = []
    start = 0
    for section in timed:
        form, end = section.form, start + section.form.bars
        if start < bar < end:
            first = replace(form, bars=bar - start, fill=False)
            out.append(replace(section, form=first))
            out.append(replace(section, form=replace(form, bars=end - bar)))
        else:
            out.append(section)
        start = end
    return out


def _tidied(timed: Sequence[TimedSection]) -> list[TimedSection]:
    """Join what a cut left of a section to a neighbour that the same clauses speak of."""
    out: list[TimedSection] = []
    for section in timed:
        before = out[-1] if out else None
        short = before is not None and min(before.form.bars, section.form.bars) <= _LEFTOVER
        if before is not None and short and before.clauses == section.clauses:
            longer = max(before.form, section.form, key=lambda form: form.bars)
            bars = before.form.bars + section.form.bars
            out[-1] = replace(before, form=replace(longer, bars=bars))
        else:
            out.append(section)
    return out
