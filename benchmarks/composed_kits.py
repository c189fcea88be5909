"""Kits of loops composed in known tempos and keys, to judge and to fit what is heard of them.

Ballads and other slow styles with snares on two and four, four on the floor, half time (trap,
dubstep) and drum and bass, each written at the tempo that its producers write. Nothing is taken
from the development corpus. ``benchmarks.kit_sounds`` plays them.
"""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.key_loops import (
    MINOR_SHARE,
    LoopFrame,
    PlayedNote,
    composed_frame,
    composed_part,
)

KICK, RIM, SNARE, CLAP, CLOSED, OPEN, RIDE, TAMBOURINE, SHAKER, CONGA = (
    36, 37, 38, 39, 42, 46, 51, 54, 70, 63,
)  # fmt: skip
"""Drums by their numbers in General MIDI."""

EIGHTHS, SIXTEENTHS, OFFBEATS, QUARTERS = (
    tuple(range(0, 16, 2)), tuple(range(16)), (2, 6, 10, 14), (0, 4, 8, 12),
)  # fmt: skip
BACKBEAT = (4, 12)


@dataclass(frozen=True)
class DrumBar:
    """One bar of drums, in sixteenths. back: the drum that plays ``backs``"""

    kicks: tuple[int, ...]
    backs: tuple[int, ...]
    hats: tuple[int, ...]
    back: int = SNARE
    hat: int = CLOSED


@dataclass(frozen=True)
class Style:
    """How a kit is written. tempos: lowest and highest, in BPM; chord_bars: bars of a chord"""

    name: str
    tempos: tuple[int, int]
    bars: tuple[DrumBar, ...]
    chord_bars: tuple[int, ...]


STYLES = (
    Style("ballad", (60, 82), (
        DrumBar((0, 8), BACKBEAT, EIGHTHS), DrumBar((0, 8, 10), BACKBEAT, EIGHTHS),
        DrumBar((0, 7, 8), BACKBEAT, SIXTEENTHS), DrumBar((0, 8), BACKBEAT, EIGHTHS, RIM, RIDE),
    ), (1, 1, 2)),
    Style("slow soul", (62, 88), (
        DrumBar((0, 6, 10), BACKBEAT, SIXTEENTHS), DrumBar((0, 3, 10), BACKBEAT, EIGHTHS, CLAP),
        DrumBar((0, 7, 11), BACKBEAT, EIGHTHS),
    ), (1, 1, 2)),
    Style("slow hip hop", (78, 96), (
        DrumBar((0, 7, 10), BACKBEAT, EIGHTHS), DrumBar((0, 10), BACKBEAT, EIGHTHS),
        DrumBar((0, 2, 9), BACKBEAT, SIXTEENTHS),
    ), (1, 2)),
    Style("song", (98, 136), (
        DrumBar((0, 8), BACKBEAT, EIGHTHS), DrumBar((0, 8, 10), BACKBEAT, EIGHTHS),
        DrumBar((0, 6, 8), BACKBEAT, SIXTEENTHS), DrumBar((0, 10), BACKBEAT, EIGHTHS, SNARE, RIDE),
    ), (1, 1, 2)),
    Style("house", (116, 130), (
        DrumBar(QUARTERS, BACKBEAT, OFFBEATS, CLAP, OPEN),
        DrumBar(QUARTERS, BACKBEAT, SIXTEENTHS, CLAP), DrumBar(QUARTERS, BACKBEAT, EIGHTHS),
    ), (1, 2)),
    Style("techno", (126, 148), (
        DrumBar(QUARTERS, (4, 12), OFFBEATS, CLAP), DrumBar(QUARTERS, (), SIXTEENTHS),
        DrumBar(QUARTERS, (12,), OFFBEATS, RIM, OPEN),
    ), (2, 4)),
    Style("trap", (130, 156), (
        DrumBar((0, 6), (8,), EIGHTHS, CLAP), DrumBar((0, 10), (8,), EIGHTHS),
        DrumBar((0, 3, 11), (8,), (0, 2, 4, 5, 6, 8, 10, 12, 13, 14, 15)),
    ), (2, 2, 1)),
    Style("dubstep", (138, 144), (
        DrumBar((0,), (8,), EIGHTHS), DrumBar((0, 5), (8,), (0, 3, 6, 8, 11, 14)),
    ), (2, 4)),
    Style("drum and bass", (168, 178), (
        DrumBar((0, 10), BACKBEAT, EIGHTHS), DrumBar((0, 10), (4, 9, 12), SIXTEENTHS),
        DrumBar((0, 3, 10), BACKBEAT, EIGHTHS, SNARE, RIDE),
    ), (2, 4)),
)  # fmt: skip

SLOW_STYLES = ("ballad", "slow soul", "slow hip hop")


@dataclass(frozen=True)
class KitLoop:
    """One loop. category: as labels.csv has it; key: "Cm", None for drums

    length_s: whole bars; notes may ring over the end
    """

    name: str
    category: str
    length_s: float
    beats: int
    notes: tuple[PlayedNote, ...]
    key: str | None = None


@dataclass(frozen=True)
class ComposedKit:
    """Loops of one tempo and key. style: the name of one of STYLES"""

    name: str
    style: str
    bpm: int
    loops: tuple[KitLoop, ...]


def composed_kits(count: int, *, seed: int) -> list[ComposedKit]:
    """Compose kits, the styles by turns. The same seed gives the same kits."""
    return [
        _kit(
            STYLES[number % len(STYLES)], f"kit{number:03d}", np.random.default_rng((seed, number))
        )
        for number in range(count)
    ]


def _kit(style: Style, name: str, rng: np.random.Generator) -> ComposedKit:
    bpm = int(rng.integers(style.tempos[0], style.tempos[1] + 1))
    minor = bool(rng.random() < MINOR_SHARE)
    frame = composed_frame(
        minor, bars_per_chord=int(rng.choice(style.chord_bars)), bpm=bpm, rng=rng
    )
    key = _key_name(frame.tonic, minor)
    loops: list[KitLoop] = []
    for variant in range(int(rng.integers(1, 3))):
        bars = int(rng.choice([2, 4, 4, 8])) if bpm >= 90 else int(rng.choice([2, 4, 4]))
        here = replace(frame, chords=tuple(np.resize(np.arange(len(frame.chords)), bars)))
        here = replace(here, chords=tuple(frame.chords[int(at)] for at in here.chords))
        loops += _drum_loops(style, here, f"{variant}", rng)
        loops += _tonal_loops(here, key, f"{variant}", rng)
        loops.append(_mix(loops, here, key, f"{variant}"))
    return ComposedKit(f"{name} {style.name}", style.name, bpm, tuple(loops))


def _key_name(tonic: int, minor: bool) -> str:
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    return names[tonic] + ("m" if minor else "")


def _drum_loops(
    style: Style, frame: LoopFrame, variant: str, rng: np.random.Generator
) -> list[KitLoop]:
    """The whole drums, and each of their parts alone."""
    bar = style.bars[int(rng.integers(len(style.bars)))]
    parts = {
        "kick": _hits(frame, KICK, bar.kicks),
        "snare": _hits(frame, bar.back, bar.backs),
        "hihat": _hits(frame, bar.hat, bar.hats),
        "percussion": _hits(
            frame,
            int(rng.choice([TAMBOURINE, SHAKER, CONGA])),
            (SIXTEENTHS, OFFBEATS, (0, 3, 6, 8, 11, 14))[int(rng.integers(3))],
        ),
    }
    whole = [note for name, part in parts.items() if name != "percussion" for note in part]
    named = {"snare": "clap" if bar.back == CLAP else "snare", "hihat": "hihat"}
    if bar.back == RIM:
        named["snare"] = "percussion"
    if bar.hat == RIDE:
        named["hihat"] = "cymbal"
    loops = [_loop(f"drums {variant}", "drums", frame, whole)]
    loops += [
        _loop(f"{name} {variant}", named.get(name, name), frame, part)
        for name, part in parts.items()
        if part and rng.random() < 0.5
    ]
    return loops


def _tonal_loops(
    frame: LoopFrame, key: str, variant: str, rng: np.random.Generator
) -> list[KitLoop]:
    kinds = {"bass": "bass", "chords": "chord", "lead": "melody-loop", "arp": "melody-loop"}
    loops = [
        _loop(f"{voice} {variant}", kind, frame, composed_part(voice, frame, rng), key)
        for voice, kind in kinds.items()
        if voice != "arp" or rng.random() < 0.5
    ]
    held = [
        PlayedNote("pad", 16 * at * frame.step_s, 16 * frame.step_s, 48 + frame.tonic + tone, 80)
        for at, chord in enumerate(frame.chords)
        for tone in chord
    ]
    return [*loops, _loop(f"pad {variant}", "chord", frame, held, key)]


def _mix(loops: list[KitLoop], frame: LoopFrame, key: str, variant: str) -> KitLoop:
    """Drums, bass and chords together."""
    names = (f"drums {variant}", f"bass {variant}", f"chords {variant}")
    notes = [note for loop in loops if loop.name in names for note in loop.notes]
    return _loop(f"mix {variant}", "other", frame, notes, key)


def _loop(
    name: str, category: str, frame: LoopFrame, notes: list[PlayedNote], key: str | None = None
) -> KitLoop:
    bars = len(frame.chords)
    return KitLoop(name, category, 16 * bars * frame.step_s, 4 * bars, tuple(notes), key)


def _hits(frame: LoopFrame, drum: int, steps: tuple[int, ...]) -> list[PlayedNote]:
    """A drum in every bar, its strong beats louder."""
    return [
        PlayedNote(
            "drums",
            (16 * at + step) * frame.step_s,
            frame.step_s,
            drum,
            104 if step % 4 == 0 else 78,
        )
        for at in range(len(frame.chords))
        for step in steps
    ]
