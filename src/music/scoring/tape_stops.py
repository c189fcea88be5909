"""Tape stops in symbols: at the end of a section the music slows to a standstill.

The tape is braked evenly over a few beats, so it plays half of what it would have played.
Loops become a clip with ``tape_stop``; hits move to where the slower tape brings them, and each
sounds as low as the tape is slow. So every export holds the stop, notes included.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from src.music.genre.movement import TapeStop
from src.music.model.score import Clip, Note
from src.music.model.timeline import SectionTime

CROSSFADE_S = 0.006
"""Where the tape begins to slow, both clips are heard for this long."""

GAP_BEATS = 1.0 / 16.0
"""The tape stands still a moment before the next section begins."""

THROUGH = ("atmo", "fx", "vocal", "pad", "strings")
"""Categories that are not on the tape: they carry over the standstill."""

_SLOWEST = 0.12
_LOWEST = -24.0


Stop = tuple[float, float]
"""The beats at which the tape begins to slow, and at which it stands still."""


def stops_of(
    rule: TapeStop | None, times: Sequence[SectionTime], seeds: Sequence[str]
) -> tuple[Stop, ...]:
    """The tape stops of a track. seeds: one for each section"""
    if rule is None:
        return ()
    stops: list[Stop] = []
    for section, following in pairwise(times):
        if following.kind not in rule.into or section.kind not in ("groove", "drop"):
            continue
        beats = min(rule.beats, section.length / 4.0)
        if random.Random(seeds[section.number]).random() < rule.chance:
            stops.append((section.end - beats, section.end - GAP_BEATS))
    return tuple(stops)


def slowed_notes(notes: Iterable[Note], stops: Sequence[Stop]) -> tuple[Note, ...]:
    """Hits as a tape plays them that is slowed to a standstill, and cut where it stands."""
    out: list[Note] = []
    for note in notes:
        stop = next((one for one in stops if one[0] <= note.start_beats < _end(one)), None)
        placed = note if stop is None else _slowed(note, stop)
        if placed is not None:
            out.append(_cut(placed, stops))
    return tuple(out)


def slowed_clips(clips: Sequence[Clip], stops: Sequence[Stop], beat_s: float) -> tuple[Clip, ...]:
    """Loops that sound when a tape begins to slow end there, and a braked pass takes over."""
    left = list(clips)
    for stop in stops:
        left = [piece for clip in left for piece in _braked(clip, stop, beat_s)]
    return tuple(sorted(left, key=lambda clip: clip.start_beats))


def _slowed(note: Note, stop: Stop) -> Note | None:
    """The hit at its new place; None for what the tape does not reach any more.

    The tape stands at t - t^2 / 2T after t of its T beats, at a speed of 1 - t / T.
    """
    length = stop[1] - stop[0]
    along = note.start_beats - stop[0]
    speed_squared = 1.0 - 2.0 * along / length
    if speed_squared <= _SLOWEST**2:
        return None
    speed = math.sqrt(speed_squared)
    return replace(
        note,
        start_beats=stop[0] + length * (1.0 - speed),
        velocity=max(0.05, note.velocity * math.sqrt(speed)),
        semitones=max(_LOWEST, note.semitones + 12.0 * math.log2(speed)),
        length_beats=None if note.length_beats is None else note.length_beats / speed,
    )


def _cut(note: Note, stops: Iterable[Stop]) -> Note:
    """No hit rings on where the tape stands still."""
    for start, end in stops:
        if start <= note.start_beats < end:
            most = end - note.start_beats
            length = most if note.length_beats is None else min(most, note.length_beats)
            return replace(note, length_beats=length)
    return note


def _braked(clip: Clip, stop: Stop, beat_s: float) -> list[Clip]:
    """A clip before, within and after a stop."""
    start, end = clip.start_beats, clip.start_beats + clip.length_beats
    if end <= stop[0] or start >= _end(stop) or clip.reverse or clip.tape_stop:
        return [clip]
    if start > stop[0]:
        return [_after(clip, _end(stop), beat_s)] if end > _end(stop) + 1e-6 else []
    pieces = [_before(clip, stop[0], beat_s)] if stop[0] > start else []
    into_s = (stop[0] - start) * beat_s / clip.stretch_ratio
    pieces.append(_slowing(clip, into_s, stop, beat_s))
    if end > _end(stop) + 1e-6:
        pieces.append(_after(clip, _end(stop), beat_s))
    return pieces


def _before(clip: Clip, end: float, beat_s: float) -> Clip:
    length = end - clip.start_beats + CROSSFADE_S / beat_s
    return replace(clip, length_beats=length, fade_out_s=CROSSFADE_S)


def _slowing(clip: Clip, into_s: float, stop: Stop, beat_s: float) -> Clip:
    """The rest of the pass that sounds, braked; what it is short of comes from its start."""
    loop_s = clip.source_length_s
    played_s = (stop[1] - stop[0]) * beat_s / 2.0 / clip.stretch_ratio
    place_s = (clip.rotate_s + into_s) % loop_s
    first_s = place_s if place_s + played_s <= loop_s else max(0.0, loop_s - played_s)
    length_s = min(played_s, loop_s - first_s)
    return replace(
        clip,
        start_beats=stop[0],
        length_beats=2.0 * length_s * clip.stretch_ratio / beat_s,
        source_start_s=clip.source_start_s + first_s,
        source_length_s=length_s,
        fade_in_s=CROSSFADE_S,
        fade_out_s=0.02,
        rotate_s=0.0,
        tape_stop=True,
    )


def _after(clip: Clip, start: float, beat_s: float) -> Clip:
    """The clip goes on where it would be without the stop."""
    into_s = (start - clip.start_beats) * beat_s / clip.stretch_ratio
    turned_s = (clip.rotate_s + into_s) % clip.source_length_s
    return replace(
        clip,
        start_beats=start,
        length_beats=clip.start_beats + clip.length_beats - start,
        rotate_s=0.0 if turned_s < 1e-4 or clip.source_length_s - turned_s < 1e-4 else turned_s,
        fade_in_s=0.0,
    )


def _end(stop: Stop) -> float:
    return stop[1] + GAP_BEATS
