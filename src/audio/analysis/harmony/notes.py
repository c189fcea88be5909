"""Notes of a melodic loop, from how strongly each semitone begins and sounds over time.

The strengths come from a network (``analysis.note_network``); what is done with them here is
ours: a note begins at a peak, lasts while its semitone sounds, and of notes that overlap the
stronger one stays, since a melody has one voice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST_PITCH = 21
"""MIDI number of the first of the 88 semitones."""

BEGINS, SOUNDS = 0.6, 0.5
"""Strengths from which on a note begins and goes on; chosen on loops that nothing is judged on."""

_LEAST_FRAMES = 5
_BRIDGED_FRAMES = 3
"""A note goes on over a gap of so few frames."""

_OVERLAP = 0.5
"""A weaker note that lies so far under a stronger one is none."""

Strengths = NDArray[np.float32]


@dataclass(frozen=True)
class MelodyNote:
    """A note. pitch: MIDI number; strength: 0..1, of its begin and of its sounding together"""

    pitch: int
    start_s: float
    length_s: float
    strength: float


@dataclass(frozen=True)
class Melody:
    """The notes of a single voice, by start.

    clarity: 0..1, how much of what was heard they are; low where several voices play
    """

    notes: tuple[MelodyNote, ...]
    clarity: float


def melody_of(begins: Strengths, sounds: Strengths, *, frame_rate: float) -> Melody:
    """Read the notes of a single voice; none, and a clarity of 0, where nothing begins.

    begins, sounds: shape (frames, 88), 0..1; frame_rate: frames per second
    """
    found = [
        MelodyNote(
            LOWEST_PITCH + pitch,
            first / frame_rate,
            (last - first) / frame_rate,
            float(begins[first, pitch] * sounds[first:last, pitch].mean()),
        )
        for pitch in np.flatnonzero((begins >= BEGINS).any(axis=0)).tolist()
        for first, last in _spans(begins[:, pitch], sounds[:, pitch])
    ]
    kept = _one_voice(found)
    clarity = _weight(kept) / _weight(found) if found else 0.0
    return Melody(tuple(sorted(kept, key=lambda note: note.start_s)), clarity)


def _spans(begins: Strengths, sounds: Strengths) -> list[tuple[int, int]]:
    """Find from which frame to which each note of one semitone lasts."""
    padded = np.pad(begins, 1)
    peak = (begins >= BEGINS) & (begins >= padded[:-2]) & (begins > padded[2:])
    firsts = np.flatnonzero(peak)
    silent = np.flatnonzero(sounds < SOUNDS)
    spans = []
    for first, after in zip(firsts, [*firsts[1:], len(begins)], strict=True):
        last = _end(silent[silent > first], int(after))
        if last - first >= _LEAST_FRAMES:
            spans.append((int(first), last))
    return spans


def _end(silent: NDArray[np.intp], latest: int) -> int:
    """Find the frame at which a note has been silent for longer than a gap."""
    for index in range(len(silent) - _BRIDGED_FRAMES):
        if silent[index + _BRIDGED_FRAMES] - silent[index] == _BRIDGED_FRAMES:
            return min(int(silent[index]), latest)
    return latest


def _one_voice(notes: list[MelodyNote]) -> list[MelodyNote]:
    """Keep the stronger of notes that overlap."""
    kept: list[MelodyNote] = []
    for note in sorted(notes, key=lambda one: -one.strength):
        if all(_shared_s(note, other) < _OVERLAP * note.length_s for other in kept):
            kept.append(note)
    return kept


def _weight(notes: list[MelodyNote]) -> float:
    return sum(note.strength * note.length_s for note in notes)


def _shared_s(first: MelodyNote, second: MelodyNote) -> float:
    ends = (first.start_s + first.length_s, second.start_s + second.length_s)
    return min(ends) - max(first.start_s, second.start_s)
