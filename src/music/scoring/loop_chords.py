"""What loops do to the chords of a section, and the chords to loops.

A loop with a progression of its own makes it the section's, unless the prompt asks for chords. A
loop that stays on one chord follows the section's, as does one whose progression is another. Kin
of the leading loop, of the same kit, were made for it and play as they are. Where a chordal loop
is not understood, nothing moves beneath it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from src.music.casting.cast_part import CastPart
from src.music.harmony.progressions import is_moving
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.planned_chords import PlannedChord
from src.music.model.timeline import SectionTime, spans_of, timeline
from src.music.theory.library import StemCard
from src.music.theory.loop_harmony import has_progression, is_still

LEADING = ("keys", "pad", "guitar", "synth", "strings", "brass", "bass")
"""Whose progression counts first."""

FOLLOWING = (*LEADING, "lead", "atmo", "other")
"""Who is moved with the chords; voices never are."""

_LEAST_CHORDS = 3
_SHORTEST_BEATS, _GRID_BEATS = 1.0, 0.5


@dataclass(frozen=True)
class LoopChords:
    """What is decided about the loops of a track.

    plan: with the chords of its sections as they sound
    followers: names of parts that follow them
    """

    plan: ArrangementPlan
    followers: frozenset[str]


def with_loop_chords(plan: ArrangementPlan, parts: Sequence[CastPart]) -> LoopChords:
    """Settle the chords of all sections with the loops that play in them."""
    loops = [part for part in parts if part.fit.way == "loop" and _is_tonal(part)]
    times = timeline(plan)
    leaders = [_leader(number, loops, section) for number, section in enumerate(plan.structure)]
    structure = tuple(
        replace(section, chords=_sounding(plan, times[number], leaders[number], loops, times))
        for number, section in enumerate(plan.structure)
    )
    followers = frozenset(
        part.name for part in loops if _follows(part, [one for one in leaders if one is not None])
    )
    return LoopChords(replace(plan, structure=structure), followers)


def _sounding(
    plan: ArrangementPlan,
    time: SectionTime,
    leader: CastPart | None,
    loops: Sequence[CastPart],
    times: Sequence[SectionTime],
) -> tuple[PlannedChord, ...]:
    """Return the chords of a section as they sound; none beneath a loop that nobody knows."""
    section = plan.structure[time.number]
    if leader is not None:
        spans = spans_of(leader.request.sections, times)
        origin = next(span.origin for span in spans if span.start <= time.start < span.end)
        row = own_chords(leader, 60.0 / plan.bpm)
        return begun_at(row, (time.start - origin) % leader.fit.beats)
    if not section.chords_asked and any(_puzzles(part, time.number) for part in loops):
        return ()
    return section.chords


def own_chords(part: CastPart, beat_s: float) -> tuple[PlannedChord, ...]:
    """Write the progression of a loop as it sounds in the track, for one pass of it.

    Changes are put on eighths: what is heard between them is a matter of the analysis.
    """
    card, fit = part.card, part.fit
    per_beat = own_beat_s(card) * fit.stretch_ratio / beat_s
    out: list[PlannedChord] = []
    heard_until, placed_until = 0.0, 0.0
    for heard in card.chords or ():
        heard_until += heard.beats * per_beat
        until = min(fit.beats, round(heard_until / _GRID_BEATS) * _GRID_BEATS)
        beats = until - placed_until
        chord = heard.chord.transposed(round(fit.semitones))
        if out and (beats < _SHORTEST_BEATS or out[-1].chord == chord):
            out[-1] = replace(out[-1], beats=out[-1].beats + beats)
        elif beats > 0.0:
            out.append(PlannedChord(chord, beats))
        placed_until = until
    if out and placed_until < fit.beats:
        out[-1] = replace(out[-1], beats=out[-1].beats + fit.beats - placed_until)
    return tuple(out)


def begun_at(row: tuple[PlannedChord, ...], beat: float) -> tuple[PlannedChord, ...]:
    """Begin a row of chords within it; what was skipped comes last."""
    skipped: list[PlannedChord] = []
    rest = list(row)
    while rest and beat >= rest[0].beats:
        beat -= rest[0].beats
        skipped.append(rest.pop(0))
    if rest and beat > 0.0:
        first = rest[0]
        skipped.append(replace(first, beats=beat))
        rest[0] = replace(first, beats=first.beats - beat)
    return (*rest, *skipped)


def own_beat_s(card: StemCard) -> float:
    """Length of a loop's own beat in seconds, by which its chords are counted."""
    if card.bpm:
        return 60.0 / card.bpm
    beats = sum(one.beats for one in card.chords or ())
    return (card.duration_s - card.downbeat_s) / beats if beats > 0.0 else 0.0


def _is_tonal(part: CastPart) -> bool:
    return part.request.category in FOLLOWING and part.card.category in FOLLOWING


def _leader(number: int, loops: Sequence[CastPart], section: SectionPlan) -> CastPart | None:
    """Choose the loop whose progression a section takes over; None where it keeps its own."""
    if section.chords_asked or not section.chords:
        return None
    playing = [
        part
        for part in loops
        if number in part.request.sections
        and part.request.category in LEADING
        and not part.fit.own_bar
        and has_progression(part.card)
    ]
    least = _LEAST_CHORDS if is_moving(section.chords) else 1
    rich = [p for p in playing if len({one.chord.root for one in p.card.chords or ()}) >= least]
    return min(rich, key=_rank, default=None)


def _rank(part: CastPart) -> tuple[bool, int, int]:
    """Order loops that could lead: in their own metre, in many sections, by category."""
    crossed = part.fit.half_or_double not in (0.5, 1.0, 2.0)
    return crossed, -len(part.request.sections), LEADING.index(part.request.category)


def _puzzles(part: CastPart, number: int) -> bool:
    """Tell whether a chordal loop plays in a section whose chords nobody knows."""
    if number not in part.request.sections or part.request.category not in LEADING:
        return False
    return not is_still(part.card) and not has_progression(part.card)


def _follows(part: CastPart, leaders: Sequence[CastPart]) -> bool:
    """Tell whether a loop is moved with the chords: none that leads, nor its kin."""
    card = part.card
    if part.fit.own_bar or not (is_still(card) or has_progression(card)):
        return False
    if any(part.name == leader.name for leader in leaders):
        return False
    kin = [leader for leader in leaders if leader.card.kit_id and
           leader.card.kit_id == card.kit_id and has_progression(card)]  # fmt: skip
    return not kin
