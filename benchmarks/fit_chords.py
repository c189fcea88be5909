"""Fit the chord model on composed loops and write audio/analysis/data/chords.npz.

    python -m benchmarks.fit_chords --soundfont FILE --work DIR [--dry-run]

Teaches on one list of progressions and one half of the instruments (benchmarks.chord_loops,
benchmarks.chord_sounds); the costs of a change and the temperature are chosen on further loops
of these. benchmarks.chords judges on the other progressions and instruments, which nothing
here reads. DIR keeps what was heard.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.chord_loops import ChordLoop, chord_loops
from benchmarks.chord_sounds import TAUGHT
from benchmarks.key_sounds import LONGEST_S, played
from benchmarks.root_training import (
    Parts,
    RootRecipe,
    fitted,
    fitted_temperature,
    log_probabilities,
    outputs,
)
from src.audio.analysis.harmony.chord_model import QUALITIES, WEIGHTS, chord_views
from src.audio.analysis.harmony.chords import beat_chroma, likeliest_path
from src.audio.analysis.pitch import PITCH_RATE

DATA = Path(__file__).parents[1] / "src" / "audio" / "analysis" / "data"
BATCH, SEEDS, TUNING_SEED = 300, (101, 102, 103, 105, 106, 107), 108
RECIPE = RootRecipe(
    kinds=QUALITIES, hidden=96, epochs=16, rate=4e-3, decay=1e-3, dropped=0.5, batch=256
)
COSTS = ((0.1, 0.25, 0.5, 1.0), (0.25, 0.5, 1.0, 2.0), (0.5, 1.0, 1.5, 2.0, 3.0))
"""What a change may cost on a downbeat, in the middle of a bar, elsewhere."""


@dataclass(frozen=True)
class HeardBeats:
    """views: shape (beats, 12, 288); chords: root + 12 * quality; loops: number of each's loop"""

    views: np.ndarray
    chords: np.ndarray
    loops: np.ndarray


def main() -> None:
    """Read arguments, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--soundfont", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    options = parser.parse_args()
    batches = [_batch(seed, options.soundfont, options.work) for seed in (*SEEDS, TUNING_SEED)]
    views = np.concatenate([batch.views for batch in batches[:-1]])
    chords = np.concatenate([batch.chords for batch in batches[:-1]])
    parts = fitted(views, chords, RECIPE, np.random.default_rng(5))
    tuning = batches[-1]
    odds = outputs(parts, tuning.views)
    temperature = fitted_temperature(odds, tuning.chords)
    believed = log_probabilities(odds / temperature)
    changes, right = best_changes(believed, tuning, with_chords(tuning))
    figures = {"beats right": right, "temperature": temperature, "changes": changes}
    print(json.dumps(figures, indent=2))
    if not options.dry_run:
        write_model(parts, figures, len(chords))


def heard_beats(loops: Sequence[ChordLoop], sounds: Sequence[np.ndarray]) -> HeardBeats:
    """What is heard on each beat of each loop, and what is played there."""
    views, chords, numbers = [], [], []
    for number, (loop, sound) in enumerate(zip(loops, sounds, strict=True)):
        beats = whole_beats(loop)
        chroma = beat_chroma(sound, loop.beats_s[: beats + 1], rate=PITCH_RATE)
        views.append(chord_views(chroma.all, chroma.low, chroma.voice).astype(np.float32))
        chords += [r + 12 * t for r, t in zip(loop.roots, loop.triads, strict=True)][:beats]
        numbers += [number] * beats
    return HeardBeats(np.concatenate(views), np.array(chords), np.array(numbers))


def whole_beats(loop: ChordLoop) -> int:
    """How many beats of a loop are played: it may be cut."""
    return min(len(loop.roots), int(LONGEST_S * loop.bpm / 60.0 + 0.01))


def with_chords(data: HeardBeats) -> np.ndarray:
    """Marks the beats of loops that play chords or their roots, not a melody alone."""
    loops = chord_loops(BATCH, seed=TUNING_SEED, held_out=False)
    return np.array([loops[number].voice != "melody" for number in data.loops])


def best_changes(
    believed: np.ndarray, data: HeardBeats, counted: np.ndarray
) -> tuple[tuple[float, ...], float]:
    """The costs of a change with which most counted beats are right, and how many that are."""
    bounds = np.flatnonzero(np.diff(data.loops)) + 1
    loops = np.split(believed, bounds)

    def right(costs: tuple[float, float, float]) -> float:
        paths = np.concatenate([likeliest_path(one, costs) for one in loops])
        return float((paths == data.chords)[counted].mean())

    choices = [c for c in itertools.product(*COSTS) if c[0] <= c[1] <= c[2]]
    best = max(choices, key=right)
    return best, round(right(best), 4)


def write_model(parts: Parts, figures: dict[str, object], taught: int) -> None:
    """The weights with where they come from."""
    about = {
        "written_by": "benchmarks.fit_chords",
        "taught_on": f"{taught} beats of composed loops, half through FluidR3 GM (MIT), half our"
        " synthesis",
    }
    arrays = {name: part.astype(np.float32) for name, part in zip(WEIGHTS, parts, strict=True)}
    np.savez_compressed(
        DATA / "chords.npz",
        **arrays,
        temperature=figures["temperature"],
        changes=figures["changes"],
        about=np.array(json.dumps(about)),
    )


def _batch(seed: int, soundfont: Path, work: Path) -> HeardBeats:
    work.mkdir(parents=True, exist_ok=True)
    path = work / f"chords_{seed:03d}.npz"
    if not path.exists():
        loops = chord_loops(BATCH, seed=seed, held_out=False)
        sounds = played(loops, soundfont, work, seed=seed, orchestra=TAUGHT)
        heard = heard_beats(loops, sounds)
        np.savez(path, views=heard.views, chords=heard.chords, loops=heard.loops)
    with np.load(path) as stored:
        return HeardBeats(stored["views"], stored["chords"], stored["loops"])


if __name__ == "__main__":
    main()
