"""Loops composed over known chords, to fit and to judge the hearing of chords and notes.

Chord loops, basses, melodies and mixes, with one chord a bar, a half bar or changes on single
beats. Progressions are of two lists that share none: the model is taught on one of them only.
``benchmarks.chord_sounds`` plays the loops, again with two lists of instruments.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks import key_loops
from benchmarks.key_loops import CHORDS, LoopFrame, PlayedNote, composed_part, pick_weighted

VOICES = ("chords", "mix", "bass", "melody")
SLOTS = (("bar", 16), ("half bar", 8), ("beat", 4))
"""How long a chord lasts at least, in words and in sixteenths."""

TRIADS = ((0, 4, 7), (0, 3, 7), (0, 3, 6))
"""Major, minor, diminished, in the order of the model's qualities."""

HELD_OUT_MINOR = (
    "i iv VII III", "i VI iv VII", "i III iv VI", "VI iv i v", "i v VII IVd", "iv v VI i",
    "i III VII IVd", "i iv bII V", "VII VI i i", "i v iv VII", "i ii0 V i", "III VII i iv",
)  # fmt: skip
HELD_OUT_MAJOR = (
    "I iii vi IV", "I IV vi V", "vi V IV V", "I ii IV V", "IV I ii vi", "ii IV I V", "I VII IV V",
    "vi ii V I", "I vi ii V", "iii vi ii V", "I IV ii V", "vi iii IV I",
)  # fmt: skip
_CHANGES = {
    16: ((0, 1, 2, 3),),
    8: ((0, 1, 2, 3), (0, 0, 1, 2), (0, 1, 1, 2), (0, 0, 1, 1, 2, 2, 3, 1), (0, 1, 0, 2)),
    4: ((0, 0, 0, 1, 2, 2, 2, 3), (0, 0, 1, 1, 2, 2, 2, 3), (0, 1, 1, 1, 2, 2, 3, 3)),
}
"""By the length of a slot: which chord of a progression stands in each slot."""


@dataclass(frozen=True)
class ChordLoop:
    """A composed loop. Notes may ring over its end.

    voice: one of VOICES; slot: least length of a chord in sixteenths
    roots, triads: of each beat; roots as pitch classes, 0 is C; triads as in TRIADS
    sure: of each beat, whether its chord has the third (bare fifths and suspensions do not)
    """

    voice: str
    slot: int
    bpm: float
    tonic: int
    minor: bool
    length_s: float
    notes: tuple[PlayedNote, ...]
    roots: tuple[int, ...]
    triads: tuple[int, ...]
    sure: tuple[bool, ...]

    @property
    def beats_s(self) -> np.ndarray:
        """Where its beats begin, and where the last one ends; shape (beats + 1,)."""
        return np.arange(len(self.roots) + 1) * 60.0 / self.bpm


def chord_loops(count: int, *, seed: int, held_out: bool) -> list[ChordLoop]:
    """Compose loops, two of each voice in turn. The same seed gives the same loops."""
    rng = np.random.default_rng(seed)
    return [_loop(VOICES[number // 2 % len(VOICES)], rng, held_out) for number in range(count)]


def _loop(voice: str, rng: np.random.Generator, held_out: bool) -> ChordLoop:
    minor = bool(rng.random() < 0.6)
    names = _progression(minor, rng, held_out)
    slot = int(rng.choice([16, 16, 16, 8, 8, 4])) if len(names) > 1 else 16
    changes = _CHANGES[slot][int(rng.integers(len(_CHANGES[slot])))]
    slots = [names[change % len(names)] for change in changes]
    scales = key_loops.MINOR_SCALES if minor else key_loops.MAJOR_SCALES
    scale = pick_weighted(rng, scales)
    coloured = {name: key_loops.coloured(CHORDS[name], scale, rng) for name in sorted(set(slots))}
    bpm = float(rng.uniform(75, 175))
    chords = tuple(coloured[name] for name in slots)
    frame = LoopFrame(int(rng.integers(12)), scale, chords, 15.0 / bpm, slot)
    played = [(name, coloured[name]) for name in slots for _ in range(slot // 4)]
    return ChordLoop(
        voice, slot, bpm, frame.tonic, minor, frame.steps * frame.step_s,
        notes=tuple(_notes(voice, frame, rng)),
        roots=tuple((CHORDS[name][0] + frame.tonic) % 12 for name, _ in played),
        triads=tuple(_triad(CHORDS[name]) for name, _ in played),
        sure=tuple(_has_third(chord) for _, chord in played),
    )  # fmt: skip


def _progression(minor: bool, rng: np.random.Generator, held_out: bool) -> list[str]:
    if held_out:
        return str(rng.choice(HELD_OUT_MINOR if minor else HELD_OUT_MAJOR)).split()
    known = key_loops.MINOR_PROGRESSIONS if minor else key_loops.MAJOR_PROGRESSIONS
    taught = [(names, 1.0 if " " in names else 2.0) for names, _ in known]
    return str(pick_weighted(rng, taught)).split()


def _notes(voice: str, frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    if voice == "bass":
        return composed_part("bass", frame, rng)
    if voice == "melody":
        return composed_part("arp" if rng.random() < 0.35 else "lead", frame, rng)
    notes = composed_part("chords", frame, rng)
    if voice == "mix":
        notes += composed_part("bass", frame, rng)
        if rng.random() < 0.6:
            notes += composed_part(str(rng.choice(["lead", "arp"])), frame, rng)
        if rng.random() < 0.85:
            notes += composed_part("drums", frame, rng)
    return notes


def _triad(chord: tuple[int, ...]) -> int:
    shape = tuple(note - chord[0] for note in chord)
    return TRIADS.index(shape)


def _has_third(chord: tuple[int, ...]) -> bool:
    return any((note - chord[0]) % 12 in (3, 4) for note in chord)
