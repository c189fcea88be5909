"""How right chords and notes are heard, on made loops whose chords and notes are known.

    python -m benchmarks.chords --soundfont FILE --work DIR [--loops N] [--json FILE]
        [--network FILE.onnx] [--network-loops N]

The loops go over progressions and are played on instruments of which the chord model was taught
none (benchmarks.chord_loops, benchmarks.chord_sounds). Beats are given. A chord is right where
most of its beats are: of loops with a chord a bar that is the bar. Triads are judged where the
third is played. --network: the ONNX file of basic-pitch 0.4.0: how right the notes of melodies
are, and, to compare with, what plain templates make of the chroma of its notes, both on the
first N loops (it takes its time). DIR keeps the sounds.
"""

import argparse
import pickle
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.chord_loops import TRIADS, VOICES, ChordLoop, chord_loops
from benchmarks.chord_sounds import HELD_OUT
from benchmarks.fit_chords import whole_beats
from benchmarks.key_sounds import LONGEST_S, played
from src.analysis.note_network import FRAME_RATE, NoteNetwork
from src.audio.analysis.harmony.chords import (
    BeatChroma,
    beat_chroma,
    estimate_chords,
    likeliest_path,
)
from src.audio.analysis.harmony.notes import LOWEST_PITCH, SOUNDS, MelodyNote, melody_of
from src.audio.analysis.pitch import PITCH_RATE, Mono

SEED = 401
TARGETS = {
    "chords, bar: root": 0.95,
    "chords, bar: triad": 0.92,
    "mix, bar: root": 0.92,
    "mix, bar: triad": 0.88,
    "bass, bar: root": 0.92,
    "melody notes: F1": 0.85,
}
ONSET_TOLERANCE_S = 0.05
_SLOTS = {16: "bar", 8: "half bar", 4: "beat"}
_TEMPLATE_COSTS = (1.0, 2.0, 3.0)
_SHARPNESS = 12.0
"""How much a template's likeness counts as the logarithm of a chance."""

Path36 = np.ndarray
"""The chord of each beat, root + 12 * quality."""

Listener = Callable[[ChordLoop, Mono], Path36]


def main() -> int:
    """The command line."""
    options = _options()
    loops, sounds = held_out_loops(options)
    figures = {
        name: figures_of(loops, [listen(*pair) for pair in zip(loops, sounds, strict=True)])
        for name, listen in (("ours", by_model), ("templates", by_templates))
    }
    if options.network is not None:
        few = slice(options.network_loops)
        figures |= network_figures(loops[few], sounds[few], NoteNetwork(options.network))
    print_table(figures)
    report.save(figures, options.json)
    return 0


def held_out_loops(options: argparse.Namespace) -> tuple[list[ChordLoop], list[Mono]]:
    """The loops and how they sound; played once, then read."""
    options.work.mkdir(parents=True, exist_ok=True)
    loops = chord_loops(options.loops, seed=SEED, held_out=True)
    path = options.work / f"held_out_{SEED}_{options.loops}.pickle"
    if not path.exists():
        how = {"seed": SEED, "orchestra": HELD_OUT}
        path.write_bytes(pickle.dumps(played(loops, options.soundfont, options.work, **how)))
    return loops, pickle.loads(path.read_bytes())


def by_model(loop: ChordLoop, sound: Mono) -> Path36:
    """What the engine hears."""
    beats_s = loop.beats_s[: whole_beats(loop) + 1]
    found = estimate_chords(sound, beats_s, rate=PITCH_RATE)
    if found is None:
        return np.full(len(beats_s) - 1, -1)
    return found.root + 12 * found.quality


def by_templates(loop: ChordLoop, sound: Mono) -> Path36:
    """What templates of triads hear in the same chroma: what the model is worth beside them."""
    beats_s = loop.beats_s[: whole_beats(loop) + 1]
    return template_path(beat_chroma(sound, beats_s, rate=PITCH_RATE))


def template_path(chroma: BeatChroma) -> Path36:
    """The likeliest triads by likeness (cosine), a tenth of it by the lowest voice."""
    shapes = np.zeros((12 * len(TRIADS), 12))
    for index in range(len(shapes)):
        steps = np.array(TRIADS[index // 12])
        shapes[index, (index % 12 + steps) % 12] = (1.0, 0.8, 0.9)
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    alike = _unit(chroma.all) @ shapes.T
    alike += 0.1 * np.tile(_unit(chroma.low), (1, len(TRIADS)))
    alike[:, 24:] -= 0.05  # A diminished triad is seldom meant.
    return likeliest_path(_SHARPNESS * alike, _TEMPLATE_COSTS)


def network_figures(
    loops: Sequence[ChordLoop], sounds: Sequence[Mono], network: NoteNetwork
) -> dict[str, dict[str, float]]:
    """Chords of a note network beside ours on the same loops, and its notes of melodies."""
    strengths = [network.strengths(sound, sample_rate=PITCH_RATE) for sound in sounds]
    pairs = list(zip(loops, sounds, strict=True))
    theirs = [by_notes(loop, one) for loop, one in zip(loops, strengths, strict=True)]
    melodies = [pair for pair in zip(loops, strengths, strict=True) if pair[0].voice == "melody"]
    found = [melody_of(*one, frame_rate=FRAME_RATE).notes for _, one in melodies]
    notes = onset_figures([loop for loop, _ in melodies], found)
    return {
        f"ours, {len(loops)}": figures_of(loops, [by_model(*pair) for pair in pairs]),
        f"network, {len(loops)}": figures_of(loops, theirs) | notes,
    }


def by_notes(loop: ChordLoop, strengths: tuple[np.ndarray, np.ndarray]) -> Path36:
    """What templates hear in the notes that a network heard."""
    _, sounds = strengths
    times_s = np.arange(len(sounds)) / FRAME_RATE
    beat = np.searchsorted(loop.beats_s[: whole_beats(loop) + 1], times_s, side="right") - 1
    everything = np.zeros((whole_beats(loop), 12))
    lowest = np.zeros_like(everything)
    for index in np.flatnonzero((beat >= 0) & (beat < len(everything))):
        for pitch in range(88):
            everything[beat[index], (LOWEST_PITCH + pitch) % 12] += sounds[index, pitch]
        there = np.flatnonzero(sounds[index] > SOUNDS)
        if there.size:
            lowest[beat[index], (LOWEST_PITCH + there[0]) % 12] += 1.0
    return template_path(BeatChroma(everything, lowest, lowest))


def onset_figures(
    loops: Sequence[ChordLoop], found: Sequence[Sequence[MelodyNote]]
) -> dict[str, float]:
    """F1, precision and recall of notes by pitch and start, which may be 50 ms off."""
    right = heard = played_notes = 0
    for loop, notes in zip(loops, found, strict=True):
        truth = [note for note in loop.notes if note.start_s < min(loop.length_s, LONGEST_S) - 0.05]
        left = {(note.start_s, note.pitch) for note in truth}
        for note in notes:
            near = [
                one
                for one in left
                if one[1] == note.pitch and abs(one[0] - note.start_s) <= ONSET_TOLERANCE_S
            ]
            left -= set(sorted(near)[:1])
            right += bool(near)
        heard, played_notes = heard + len(notes), played_notes + len(truth)
    return {
        "melody notes: F1": round(2 * right / max(1, heard + played_notes), 3),
        "melody notes: precision": round(right / max(1, heard), 3),
        "melody notes: recall": round(right / max(1, played_notes), 3),
    }


def figures_of(loops: Sequence[ChordLoop], paths: Sequence[Path36]) -> dict[str, float]:
    """Share of right roots and triads, by voice and by how often the chords change."""
    roots: dict[str, list[bool]] = {}
    triads: dict[str, list[bool]] = {}
    for loop, path in zip(loops, paths, strict=True):
        place = f"{loop.voice}, {_SLOTS[loop.slot]}"
        for first, last in occurrences(loop, len(path)):
            found = int(np.bincount(path[first:last] + 1).argmax()) - 1
            root_right = found >= 0 and found % 12 == loop.roots[first]
            roots.setdefault(place, []).append(root_right)
            if loop.sure[first]:
                right = root_right and found // 12 == loop.triads[first]
                triads.setdefault(place, []).append(right)
    figures = {}
    for voice in VOICES:
        for slot in _SLOTS.values():
            place = f"{voice}, {slot}"
            figures[f"{place}: root"] = float(np.mean(roots[place]))
            figures[f"{place}: triad"] = float(np.mean(triads[place]))
    return {name: round(value, 3) for name, value in figures.items()}


def occurrences(loop: ChordLoop, beats: int) -> list[tuple[int, int]]:
    """From which beat to which each chord lasts; bar by bar where chords last for bars."""
    chords = list(zip(loop.roots, loop.triads, strict=True))[:beats]
    bars = [beat // 4 for beat in range(beats)] if loop.slot == 16 else [0] * beats
    spans, first = [], 0
    for _, group in groupby(zip(chords, bars, strict=True)):
        last = first + len(list(group))
        spans.append((first, last))
        first = last
    return spans


def print_table(figures: dict[str, dict[str, float]]) -> None:
    """The figures, one a line, beside what is wanted."""
    names = dict.fromkeys(name for one in figures.values() for name in one)
    rows = [
        [name, f">= {TARGETS[name]:g}" if name in TARGETS else ""]
        + [f"{one[name]:g}" if name in one else "" for one in figures.values()]
        for name in names
    ]
    report.print_table(["figure", "wanted", *figures], rows)


def _unit(chroma: np.ndarray) -> np.ndarray:
    return chroma / np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)


def _options() -> argparse.Namespace:
    parser = report.parser(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--soundfont", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--loops", type=int, default=400)
    parser.add_argument("--network", type=Path, metavar="FILE", help="ONNX of basic-pitch 0.4.0")
    parser.add_argument("--network-loops", type=int, default=120, metavar="N")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
