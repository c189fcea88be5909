"""Loops composed in known keys, to fit and to judge the estimate of a key.

Chords, bass lines, arpeggios, melodies and whole mixes as electronic music has them: four in
five minor, often on one chord, mostly but not always starting on the tonic. Nothing here is
taken from the development corpus. ``benchmarks.key_sounds`` plays them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MINOR_SHARE = 0.7
MINOR_SCALES = (
    ((0, 2, 3, 5, 7, 8, 10), 5.0), ((0, 2, 3, 5, 7, 9, 10), 1.5), ((0, 2, 3, 5, 7, 8, 11), 1.0),
    ((0, 1, 3, 5, 7, 8, 10), 1.0), ((0, 3, 5, 7, 10), 3.0),
)  # fmt: skip
MAJOR_SCALES = (
    ((0, 2, 4, 5, 7, 9, 11), 5.0), ((0, 2, 4, 5, 7, 9, 10), 1.5), ((0, 2, 4, 7, 9), 3.0),
)  # fmt: skip
CHORDS = {
    "i": (0, 3, 7), "bII": (1, 5, 8), "ii": (2, 5, 9), "ii0": (2, 5, 8), "III": (3, 7, 10),
    "iv": (5, 8, 12), "IVd": (5, 9, 12), "v": (7, 10, 14), "V": (7, 11, 14), "VI": (8, 12, 15),
    "VII": (10, 14, 17), "I": (0, 4, 7), "iii": (4, 7, 11), "IV": (5, 9, 12), "vi": (9, 12, 16),
}  # fmt: skip
MINOR_PROGRESSIONS = (
    ("i", 9.0), ("i VI", 2.0), ("i VII", 2.0), ("i iv", 2.0), ("i III", 1.0), ("i v", 1.0),
    ("i bII", 0.7), ("VI i", 0.7), ("i VI III VII", 2.5), ("VI VII i i", 1.5),
    ("i VII VI VII", 1.5), ("i VI VII i", 1.0), ("i iv v i", 0.7), ("i VI iv v", 0.8),
    ("i III VII VI", 1.0), ("iv VI i VII", 0.7), ("i i VI VII", 2.0), ("i VII VI V", 0.7),
    ("VI III i VII", 0.7), ("i i iv v", 1.0), ("i IVd", 0.7), ("i i i VII", 1.5), ("iv i", 0.5),
    ("i iv VI V", 0.5), ("i v VI iv", 0.7), ("VI v i i", 0.5),
)  # fmt: skip
MAJOR_PROGRESSIONS = (
    ("I", 6.0), ("I V vi IV", 2.0), ("I IV", 2.0), ("vi IV I V", 1.2), ("I vi IV V", 1.2),
    ("I IV V IV", 1.0), ("IV I V vi", 0.8), ("I VII IV I", 0.7), ("ii V I I", 0.7), ("I ii", 0.6),
    ("I iii IV V", 0.7), ("IV V I I", 0.8), ("I V", 0.8), ("I vi", 0.8), ("I I IV V", 1.0),
)  # fmt: skip
VOICES = (("bass", 3.0), ("lead", 2.5), ("arp", 2.0), ("chords", 3.0), ("mix", 2.0))


@dataclass(frozen=True)
class PlayedNote:
    """One note. part: bass, lead, chords or drums; times in seconds; pitch as MIDI number."""

    part: str
    start_s: float
    length_s: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class KeyedLoop:
    """A composed loop. tonic: 0 is C; voice: one of VOICES; notes may ring over the end."""

    tonic: int
    minor: bool
    voice: str
    length_s: float
    notes: tuple[PlayedNote, ...]


@dataclass(frozen=True)
class LoopFrame:
    """What all parts of a loop share; chords: one for each slot, above the tonic.

    slot: how many sixteenths a chord has; 16 is a bar
    """

    tonic: int
    scale: tuple[int, ...]
    chords: tuple[tuple[int, ...], ...]
    step_s: float
    slot: int = 16

    @property
    def steps(self) -> int:
        return self.slot * len(self.chords)

    def chord_at(self, step: int) -> tuple[int, ...]:
        return self.chords[min(step // self.slot, len(self.chords) - 1)]


def keyed_loops(count: int, *, seed: int) -> list[KeyedLoop]:
    """Compose loops. The same seed gives the same loops."""
    rng = np.random.default_rng(seed)
    return [_loop(rng) for _ in range(count)]


def _loop(rng: np.random.Generator) -> KeyedLoop:
    minor = bool(rng.random() < MINOR_SHARE)
    tonic = int(rng.integers(12))
    voice = str(pick_weighted(rng, VOICES))
    scale = pick_weighted(rng, MINOR_SCALES if minor else MAJOR_SCALES)
    progression = str(
        pick_weighted(rng, MINOR_PROGRESSIONS if minor else MAJOR_PROGRESSIONS)
    ).split()
    bars = max(len(progression), int(rng.choice([1, 2, 4, 4, 8])))
    held = max(1, bars // len(progression))
    names = [progression[min(bar // held, len(progression) - 1)] for bar in range(bars)]
    chords = tuple(coloured(CHORDS[name], scale, rng) for name in names)
    frame = LoopFrame(tonic, scale, chords, 15.0 / float(rng.uniform(80, 175)))
    notes: list[PlayedNote] = []
    if voice in ("bass", "mix"):
        notes += _bass(frame, rng)
    if voice in ("lead", "arp") or (voice == "mix" and rng.random() < 0.5):
        arpeggiated = voice == "arp" or (voice == "mix" and rng.random() < 0.5)
        notes += _arp(frame, rng) if arpeggiated else _lead(frame, rng)
    if voice == "chords" or (voice == "mix" and rng.random() < 0.8):
        notes += _stabs(frame, rng)
    if voice == "mix" and rng.random() < 0.85:
        notes += _drums(frame, rng)
    return KeyedLoop(tonic, minor, voice, frame.steps * frame.step_s, tuple(notes))


def composed_frame(
    minor: bool, *, bars_per_chord: int, bpm: float, rng: np.random.Generator
) -> LoopFrame:
    """A tonic, a scale and a progression, each chord held for so many bars."""
    scale = pick_weighted(rng, MINOR_SCALES if minor else MAJOR_SCALES)
    names = str(pick_weighted(rng, MINOR_PROGRESSIONS if minor else MAJOR_PROGRESSIONS)).split()
    chords = [coloured(CHORDS[name], scale, rng) for name in names]
    held = tuple(chord for chord in chords for _ in range(bars_per_chord))
    return LoopFrame(int(rng.integers(12)), scale, held, 15.0 / bpm)


def composed_part(voice: str, frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    """The notes of one voice ("bass", "lead", "arp", "chords" or "drums") over a frame's bars."""
    composers = {"bass": _bass, "lead": _lead, "arp": _arp, "chords": _stabs, "drums": _drums}
    return composers[voice](frame, rng)


def pick_weighted(rng: np.random.Generator, weighted: Sequence[tuple]) -> object:
    """Choose one of pairs of a thing and its weight."""
    weights = np.array([weight for _, weight in weighted])
    return weighted[int(rng.choice(len(weighted), p=weights / weights.sum()))][0]


def coloured(
    chord: tuple[int, ...], scale: tuple[int, ...], rng: np.random.Generator
) -> tuple[int, ...]:
    """The chord as a triad, with its seventh or ninth in the scale, suspended, or bare."""
    turn = rng.random()
    above = [step + 12 * octave for octave in range(3) for step in scale]
    seventh = next((n for n in above if n - chord[0] in (10, 11)), chord[0] + 10)
    if turn < 0.25:
        return (*chord, seventh)
    if turn < 0.35:
        ninth = next((n for n in above if n - chord[0] in (13, 14)), chord[0] + 14)
        return (*chord, seventh, ninth) if rng.random() < 0.5 else (*chord, ninth)
    if turn < 0.42:
        return (chord[0], chord[0] + int(rng.choice([2, 5])), chord[2])
    return (chord[0], chord[2]) if turn < 0.5 else chord


def _note(frame: LoopFrame, part: str, span: tuple[float, float], pitch: int) -> PlayedNote:
    start, length = span
    step_s = frame.step_s
    return PlayedNote(part, start * step_s, max(0.04, length * step_s * 0.95), pitch, 95)


def _bass(frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    """Roots, held or repeated, with octaves, fifths and steps of the scale between them."""
    low = 28 + (frame.tonic - 4) % 12
    grid = int(rng.choice([1, 2, 2, 4, 8, 16]))
    busy = float(rng.choice([0.0, 0.0, 0.15, 0.35, 0.6]))
    rests = float(rng.choice([0.0, 0.1, 0.3, 0.5])) if grid < 8 else 0.0
    pattern = [
        (
            step,
            float(rng.uniform(0.4, 1.0)) * min(grid, frame.slot),
            rng.random(),
            int(rng.integers(6)),
        )
        for step in range(0, frame.slot, grid)
        if step == 0 or rng.random() >= rests
    ]
    late = int(rng.choice([0, 0, 0, 2])) if grid < 4 else 0
    notes = []
    for bar, chord in enumerate(frame.chords):
        root = chord[0] if chord[0] < 7 else chord[0] - 12
        for step, length, turn, kind in pattern:
            others = (root + 12, root + chord[1] - chord[0], root + 7, root + 10, root - 2, root)
            near = min(frame.scale, key=lambda s, n=others[kind]: abs((s - n + 6) % 12 - 6))
            free = others[kind] + (near - others[kind] + 6) % 12 - 6
            degree = free if step and turn < busy else root
            notes.append(
                _note(frame, "bass", (frame.slot * bar + step + late, length), low + degree)
            )
    return notes


def _arp(frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    """The chord's tones one after another."""
    grid = int(rng.choice([1, 2, 2, 3, 4]))
    base = 48 + frame.tonic + 12 * int(rng.integers(0, 2))
    octaves = int(rng.integers(1, 3))
    shape = int(rng.integers(4))
    rests = float(rng.choice([0.0, 0.0, 0.2]))
    order = rng.permutation(16)
    notes = []
    for place, step in enumerate(range(0, frame.steps, grid)):
        tones = [n + 12 * o for o in range(octaves) for n in frame.chord_at(step)]
        count = len(tones)
        ring = (*range(count), *range(count - 2, 0, -1))
        index = (place % count, -1 - place % count, ring[place % len(ring)])[min(shape, 2)]
        if shape == 3:
            index = int(order[place % 16]) % count
        if rng.random() >= rests:
            length = grid * float(rng.uniform(0.5, 1.2))
            notes.append(_note(frame, "lead", (step, length), base + tones[index]))
    return notes


def _lead(frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    """A motif of one or two bars in the scale, its strong steps on tones of the chord."""
    base = 60 + frame.tonic + 12 * int(rng.integers(-1, 2))
    ladder = np.array([step + 12 * octave for octave in (-1, 0, 1) for step in frame.scale])
    grid = int(rng.choice([1, 2, 2, 4]))
    density = float(rng.uniform(0.3, 0.9))
    length = 16 * int(rng.choice([1, 1, 2]))
    steps = [step for step in range(0, length, grid) if step == 0 or rng.random() < density]
    moves = rng.integers(-2, 3, len(steps)) + (rng.random(len(steps)) < 0.1) * 3
    place = int(np.argmin(np.abs(ladder - rng.choice([0, 0, frame.chords[0][1], 7]))))
    obeys = float(rng.uniform(0.3, 1.0))
    notes = []
    for start in range(0, frame.steps, length):
        if rng.random() < 0.2:
            moves = rng.integers(-2, 3, len(steps))
        for index, step in enumerate(steps):
            place = int(np.clip(place + moves[index], 0, ladder.size - 1))
            at = start + step
            if step % 8 == 0 and rng.random() < obeys:
                chord = np.array(frame.chord_at(at))
                off = np.abs((ladder[:, None] - chord + 6) % 12 - 6).min(axis=1)
                place = int(np.argmin(np.abs(ladder - ladder[place]) + 50 * (off > 0)))
            after = steps[index + 1] - step if index + 1 < len(steps) else length - step
            held = min(after, 8) * float(rng.uniform(0.6, 1.0))
            if at < frame.steps:
                notes.append(_note(frame, "lead", (at, held), base + int(ladder[place])))
    return notes


def _stabs(frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    """The chords, held or in a rhythm, in some inversion, with or without a deep root."""
    base = 48 + frame.tonic + int(rng.choice([0, 0, 12])) - 12 * (frame.tonic > 6)
    rhythms = ((0,), (0, 8), (0, 3, 6, 10), (2, 6, 10, 14), (0, 6, 12), (2, 11), (0, 4, 8, 12))
    rhythm = rhythms[int(rng.choice([0, 0, 0, 1, 2, 3, 4, 5, 6]))]
    inversion, deep = int(rng.integers(3)), rng.random() < 0.3
    rhythm = tuple(step for step in rhythm if step < frame.slot)
    ends = [*rhythm[1:], frame.slot]
    share = float(rng.uniform(0.4, 1.0)) if len(rhythm) > 1 else 1.0
    notes = []
    for bar, chord in enumerate(frame.chords):
        turned = [n + 12 * (i < inversion) for i, n in enumerate(chord)]
        pitches = turned + ([chord[0] - 12] if deep else [])
        for step, end in zip(rhythm, ends, strict=True):
            span = (frame.slot * bar + step, (end - step) * share)
            notes += [_note(frame, "chords", span, base + pitch) for pitch in pitches]
    return notes


def _drums(frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    kick = (0, 4, 8, 12) if rng.random() < 0.6 else (0, 10)
    hats = range(2, 16, 4) if rng.random() < 0.5 else range(0, 16, 2)
    pattern = [(step, 36) for step in kick] + [(step, 38) for step in (4, 12)]
    pattern += [(step, 42) for step in hats]
    return [
        _note(frame, "drums", (16 * bar + step, 1), pitch)
        for bar in range(frame.steps // 16)
        for step, pitch in pattern
    ]
