"""Clauses in time: a form whose sections begin where they are asked for, and who comes and goes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from src.music.arranging.form import numbered
from src.music.arranging.named_form import SectionStore, bars_of, section_store
from src.music.arranging.timed_track import PlacedClause, TimedTrack, dealt, is_move
from src.music.genre.genres import Form, FormSection
from src.music.model.accounts import ReportedWords
from src.music.model.part_request import PartRequest
from src.music.prompt.intent import ClauseRequest, PromptIntent
from src.music.prompt.timing.clauses import HEADED
from src.music.prompt.timing.form_words import FormRequest
from src.music.theory.library import DRUM_CATEGORIES

_LEAST_BLOCK, _LONGER_FROM = 8, 96
"""Bars of a block whose end is not said, and from how many bars of a track it has twice as many."""

_LEFTOVER = 3
"""A section of so few bars that a cut leaves is joined to its neighbour."""

_ROOM = 16
"""A track goes on for so many bars at least behind the last moment that a prompt names."""


_NUMBER = re.compile(r" \d+$")


@dataclass(frozen=True)
class TimedSection:
    """A section with the clauses that speak of it."""

    form: FormSection
    clauses: tuple[ClauseRequest, ...] = ()


@dataclass(frozen=True)
class PartMove:
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
    moves: tuple[PartMove, ...] = ()
    reports: tuple[ReportedWords, ...] = ()


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
    track = TimedTrack(list(sections), store, bar_s)
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
        elif not is_move(one.clause):
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


def _moves_of(one: PlacedClause, track: TimedTrack) -> Iterator[PartMove]:
    """Turn a clause about parts that come and go into moves."""
    clause = one.clause
    if not is_move(clause):
        return
    end = one.end if clause.end is not None or clause.length is not None else None
    if clause.excluded:
        for request in _plain_requests(clause.excluded):
            if one.start > 0:
                yield PartMove(request, one.start, leaves=True, refused=True)
            if end is not None and end < track.bars:
                yield PartMove(request, end, refused=True)
        return
    for request in clause.requested:
        if clause.limits and end is not None:
            yield PartMove(request, end, leaves=True)
            continue
        yield PartMove(request, one.start, leaves=clause.leaves)
        if end is not None and end < track.bars and not clause.leaves:
            yield PartMove(request, end, leaves=True)


def _plain_requests(categories: Sequence[str]) -> list[PartRequest]:
    if set(DRUM_CATEGORIES) <= set(categories):
        others = [name for name in categories if name not in DRUM_CATEGORIES]
        return [PartRequest("drums", "drums"), *(PartRequest(n, n) for n in others)]
    return [PartRequest(name, name, text=name) for name in categories]


def _overlaid(
    timed: Sequence[TimedSection], one: PlacedClause, track: TimedTrack
) -> list[TimedSection]:
    """Make the block of a clause sections of its own, and note the clause there."""
    end = _block_end(one, track)
    if end <= one.start:
        return list(timed)
    cut = _cut(_cut(timed, one.start), end)
    out: list[TimedSection] = []
    bar = 0
    for section in cut:
        inside = one.start <= bar and bar + section.form.bars <= end
        merges = inside and one.clause.silent and out and one.clause in out[-1].clauses
        if merges:
            bars = out[-1].form.bars + section.form.bars
            out[-1] = replace(out[-1], form=replace(out[-1].form, bars=bars))
        elif inside:
            form = section.form
            if one.clause.silent:
                form = replace(form, section="Silence")
            if one.clause.genre:
                own = section_store(one.clause.genre, one.clause.style).section(form.kind)
                form = replace(own, section=form.section, bars=form.bars)
            out.append(TimedSection(form, (*section.clauses, one.clause)))
        else:
            out.append(section)
        bar += section.form.bars
    return out


def _of_genre(
    timed: Sequence[TimedSection], one: PlacedClause, track: TimedTrack
) -> list[TimedSection]:
    """Put the form of a clause's genre in the place of what the track's has there."""
    end = one.end if one.end is not None else track.bars
    store = section_store(one.clause.genre, one.clause.style)
    leaves_out = ("intro",) * (one.start > 0) + ("outro",) * (end < track.bars)
    own = [section for section in store.forms[0].sections if section.kind not in leaves_out]
    sections = [TimedSection(form, (one.clause,)) for form in dealt(own, end - one.start)]
    out: list[TimedSection] = []
    bar = 0
    for section in _cut(_cut(timed, one.start), end):
        if not one.start <= bar < end:
            out.append(section)
        elif bar == one.start:
            out += sections
        bar += section.form.bars
    return out


def _block_end(one: PlacedClause, track: TimedTrack) -> int:
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
