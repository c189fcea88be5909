"""Fit which octave of a tempo is played, and say how well packs left out are judged.

    python -m benchmarks.fit_octaves --corpus DIR [--corpus DIR ...] [--dry-run]

Each DIR holds sounds and a labels.csv (benchmarks.kit_sounds writes such folders); every loop whose
tempo was found in some octave counts. Packs weigh by the root of their size and are held out
whole. Writes audio/analysis/data/octaves.npz.
"""

import argparse
import csv
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from scipy.optimize import minimize  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.labels import Label, read_labels  # noqa: E402
from src.audio.analysis.sound_estimates import estimate_sound  # noqa: E402
from src.audio.analysis.tempo_octaves import (  # noqa: E402
    MODEL_ARRAYS,
    octave_cues,
    octaves_of,
)
from src.audio.basics.validation import PROJECT_SAMPLE_RATE  # noqa: E402
from src.music.theory.library import DRUM_CATEGORIES  # noqa: E402
from src.storage.decode import read_audio  # noqa: E402

DATA = Path(__file__).parents[1] / "src" / "audio" / "analysis" / "data" / "octaves.npz"
RIDGE = 0.01
FOLDS = 8
SAME = 0.006
_IMPOSSIBLE = -1e9


@dataclass(frozen=True)
class OctaveLoop:
    """cues: shape (octaves, cues); right: which octave is true; found: which was taken alone"""

    cues: np.ndarray
    right: int
    found: int
    drums: float
    pack: str
    kind: str


@dataclass(frozen=True)
class Table:
    """All loops in arrays. cues: shape (loops, octaves, 2 * cues), 0 where there is no octave

    barred: shape (loops, octaves), 0 or very low
    """

    cues: np.ndarray
    barred: np.ndarray
    right: np.ndarray
    packs: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True, action="append")
    parser.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    options = parser.parse_args()
    loops = [loop for folder in options.corpus for loop in heard_loops(folder)]
    rows = np.concatenate([loop.cues for loop in loops])
    means, spreads = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    table = table_of(loops, means, spreads)
    chances = held_out(table)
    print_figures(loops, chances)
    if not options.dry_run:
        drums, tones = np.split(fitted(table), 2)
        arrays = (means, spreads, drums, tones)
        np.savez_compressed(DATA, **dict(zip(MODEL_ARRAYS, arrays, strict=True)))


def heard_loops(folder: Path) -> list[OctaveLoop]:
    """All loops of a folder whose tempo was found in some octave, and that could have another."""
    rows = [row for row in read_labels(folder).rows if row.is_loop and row.bpm]
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        packs = {row["relpath"]: row["pack"] for row in csv.DictReader(file)}
    with ProcessPoolExecutor() as pool:
        found = pool.map(
            _heard, rows, [folder] * len(rows), [packs[row.relpath] for row in rows], chunksize=4
        )
        return [loop for loop in found if loop is not None]


def _heard(row: Label, folder: Path, pack: str) -> OctaveLoop | None:
    audio = read_audio(folder / row.relpath, sample_rate=PROJECT_SAMPLE_RATE).audio
    sound = estimate_sound(audio, sample_rate=PROJECT_SAMPLE_RATE)
    if sound.tempo is None or row.bpm is None:
        return None
    asked = octaves_of(sound.tempo.bpm)
    right = np.flatnonzero(np.abs(asked / row.bpm - 1.0) < SAME)
    length_s = audio.shape[1] / PROJECT_SAMPLE_RATE
    cues = octave_cues(sound.onsets, sound.playing, sound.tempo, asked, duration_s=length_s)
    if right.size != 1 or asked.size < 2 or cues is None:
        return None
    found = int(np.argmin(np.abs(asked - sound.tempo.bpm)))
    drums = sum(sound.categories[name] for name in DRUM_CATEGORIES)
    return OctaveLoop(cues, int(right[0]), found, drums, pack, row.source)


def table_of(loops: list[OctaveLoop], means: np.ndarray, spreads: np.ndarray) -> Table:
    """Standardised cues, those of drums and those of tones beside each other."""
    most = max(len(loop.cues) for loop in loops)
    cues = np.zeros((len(loops), most, 2 * means.size))
    barred = np.full((len(loops), most), _IMPOSSIBLE)
    for number, loop in enumerate(loops):
        standard = (loop.cues - means) / spreads
        both = [loop.drums * standard, (1.0 - loop.drums) * standard]
        cues[number, : len(standard)] = np.concatenate(both, axis=1)
        barred[number, : len(standard)] = 0.0
    right = np.array([loop.right for loop in loops])
    return Table(cues, barred, right, np.array([loop.pack for loop in loops]))


def fitted(table: Table, chosen: np.ndarray | None = None) -> np.ndarray:
    """Weights of a conditional logit with a ridge, of the chosen loops (of all, with None)."""
    chosen = np.full(table.right.size, True) if chosen is None else chosen
    cues, barred, right = table.cues[chosen], table.barred[chosen], table.right[chosen]
    packs = table.packs[chosen].tolist()
    sizes = Counter(packs)
    shares = np.array([sizes[pack] ** -0.5 for pack in packs])
    shares /= shares.sum()
    places = np.arange(right.size)

    def surprise(weights: np.ndarray) -> tuple[float, np.ndarray]:
        chances = _chances(cues, barred, weights)
        loss = -(shares * np.log(chances[places, right] + 1e-12)).sum()
        error = chances.copy()
        error[places, right] -= 1.0
        slope = np.einsum("i,ij,ijk->k", shares, error, cues)
        return float(loss + 0.5 * RIDGE * weights @ weights), slope + RIDGE * weights

    start = np.zeros(cues.shape[2])
    found: np.ndarray = minimize(surprise, start, jac=True, method="L-BFGS-B").x
    return found


def held_out(table: Table) -> np.ndarray:
    """The chances of the octaves of each loop by weights that never met its pack."""
    names = np.unique(table.packs)
    folds = dict(zip(names, np.random.default_rng(0).permutation(names.size) % FOLDS, strict=True))
    fold = np.array([folds[pack] for pack in table.packs])
    chances = np.zeros(table.barred.shape)
    for number in range(FOLDS):
        weights = fitted(table, fold != number)
        out = fold == number
        chances[out] = _chances(table.cues[out], table.barred[out], weights)
    return chances


def _chances(cues: np.ndarray, barred: np.ndarray, weights: np.ndarray) -> np.ndarray:
    odds = cues @ weights + barred
    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    chances: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return chances


def print_figures(loops: list[OctaveLoop], chances: np.ndarray) -> None:
    """How many loops are in their right octave, by kind, alone and by this model."""
    rows = []
    for kind in [*sorted({loop.kind for loop in loops}), "all"]:
        ours = [i for i, loop in enumerate(loops) if kind in (loop.kind, "all")]
        alone = np.mean([loops[i].found == loops[i].right for i in ours])
        model = np.mean([chances[i].argmax() == loops[i].right for i in ours])
        rows.append((kind, len(ours), f"{alone:.3f}", f"{model:.3f}"))
    print("octave right; packs held out")
    report.print_table(("kind", "loops", "each alone", "by what plays"), rows)


if __name__ == "__main__":
    main()
