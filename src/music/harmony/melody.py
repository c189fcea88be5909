"""Melodies: a motif that is repeated over other chords, varied, and answered.

Four bars are a phrase: motif, its continuation, the motif again, and a close that comes to rest
on the chord. Notes on strong beats belong to the chord, those between are of its scale.
"""

import random
from collections.abc import Sequence

from src.music.harmony.row import Figure, HarmonicSetting, chord_scale

LOWEST, HIGHEST = -7, 14
PHRASE_BARS = 4
_ROLES = ("motif", "continuation", "motif", "close")
_STEPS, _STEP_WEIGHTS = (0, 1, -1, 2, -2, 3, -3), (2, 5, 5, 3, 3, 1, 1)
_FARTHEST = 5
_LONG_BEATS = 1.5


def melody_notes(
    figures: Sequence[Figure],
    setting: HarmonicSetting,
    *,
    reference: int,
    bar_beats: float,
    start: float,
    seed: str,
    centre: int,
) -> list[int]:
    """Find a note for each hit, in semitones from the sample.

    start: of the section, in beats; seed: the same one gives the same motifs, so a chorus that
    returns sings what it sang; centre: about where the melody lies
    """
    notes: list[int] = []
    for number, figure in enumerate(figures):
        bar = int((figure.beat - start) // bar_beats + 1e-6)
        role = _ROLES[bar % PHRASE_BARS]
        within = [
            place
            for place in range(max(0, number - 32), number)
            if int((figures[place].beat - start) // bar_beats + 1e-6) == bar
        ]
        contour = _contour(seed, role, len(within))
        chord = setting.at(figure.beat).chord
        ladder = _ladder(chord_scale(chord, setting.scale), reference)
        anchor = _nearest(_tones(chord.pitch_classes, reference), centre)
        note = ladder[_clamped(ladder.index(anchor) + contour, len(ladder))]
        last = number + 1 == len(figures) or figures[number + 1].beat >= _bar_end(
            start, bar, bar_beats
        )
        if _is_strong(figure) or (role == "close" and last):
            note = _nearest(_tones(chord.pitch_classes, reference), note)
        notes.append(note)
    return notes


def _contour(seed: str, role: str, place: int) -> int:
    """Steps of the scale by which the hit number ``place`` of a bar lies above its anchor."""
    rng = random.Random(f"{seed} {role}")
    height = 2 if role == "continuation" else 0
    for _ in range(place):
        step = rng.choices(_STEPS, _STEP_WEIGHTS)[0]
        if abs(height + step) > _FARTHEST:
            step = -step
        height += step
    return height


def _bar_end(start: float, bar: int, bar_beats: float) -> float:
    return start + (bar + 1) * bar_beats - 1e-6


def _is_strong(figure: Figure) -> bool:
    """Tell whether a hit must belong to the chord: on a beat, or long."""
    return abs(figure.beat - round(figure.beat)) < 1e-6 or figure.length >= _LONG_BEATS


def _ladder(scale: Sequence[int], reference: int) -> list[int]:
    return _tones(scale, reference)


def _tones(pitch_classes: Sequence[int], reference: int) -> list[int]:
    """List all notes within the range that have one of some pitch classes, rising."""
    wanted = {(tone - reference) % 12 for tone in pitch_classes}
    return [step for step in range(LOWEST, HIGHEST + 1) if step % 12 in wanted]


def _nearest(notes: Sequence[int], aim: int) -> int:
    return min(notes, key=lambda note: (abs(note - aim), note))


def _clamped(index: int, count: int) -> int:
    """Reflect an index at the ends of a ladder."""
    if index < 0:
        index = -index
    if index >= count:
        index = 2 * (count - 1) - index
    return max(0, min(count - 1, index))
