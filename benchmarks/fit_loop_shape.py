"""Fit the weights of src/audio/analysis/loop_shape.py, and say how well packs left out are judged.

    python -m benchmarks.fit_loop_shape --corpus DIR

Prints the four constants to be pasted into the module. Packs weigh by the root of their
size, so that a large one does not decide alone.
"""

import argparse
import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from src.audio.analysis.loop_shape import CUES  # noqa: E402
from src.audio.analysis.sound_estimates import estimate_sound  # noqa: E402
from src.audio.basics.validation import PROJECT_SAMPLE_RATE  # noqa: E402
from src.storage.decode import read_audio  # noqa: E402

RIDGE = 0.02

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A logistic regression on standardised cues; weights end with the offset."""

    means: Values
    spreads: Values
    weights: Values

    def probabilities(self, cues: Values) -> Values:
        standard = (cues - self.means) / self.spreads
        odds = standard @ self.weights[:-1] + self.weights[-1]
        chances: Values = 1.0 / (1.0 + np.exp(-odds))
        return chances


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True)
    corpus = parser.parse_args().corpus
    with (corpus / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["is_loop"] in ("0", "1")]
    cues = np.array([_cues(corpus / row["relpath"]) for row in rows])
    truth = np.array([row["is_loop"] == "1" for row in rows], np.float64)
    packs = np.array([row["pack"] for row in rows])
    held_out = np.zeros(len(rows))
    for pack in np.unique(packs):
        inside = packs == pack
        held_out[inside] = fit(cues[~inside], truth[~inside], packs[~inside]).probabilities(
            cues[inside]
        )
    print(f"packs held out: {np.mean((held_out > 0.5) == truth):.4f} of {len(rows)} right")
    final = fit(cues, truth, packs)
    print(f"# {', '.join(CUES)}")
    for name, values in (("_MEANS", final.means), ("_SPREADS", final.spreads)):
        print(f"{name} = ({', '.join(f'{value:.4g}' for value in values)})")
    print(f"_WEIGHTS = ({', '.join(f'{value:.4g}' for value in final.weights[:-1])})")
    print(f"_OFFSET = {final.weights[-1]:.4g}")


def _cues(path: Path) -> tuple[float, ...]:
    audio = read_audio(path, sample_rate=PROJECT_SAMPLE_RATE).audio
    return estimate_sound(audio, sample_rate=PROJECT_SAMPLE_RATE).loop_cues.values


def fit(cues: Values, truth: Values, packs: NDArray[np.str_]) -> Fit:
    """Newton's method with a ridge on all weights but the offset."""
    sizes = Counter(packs.tolist())
    shares = np.array([sizes[pack] ** -0.5 for pack in packs.tolist()])
    shares /= shares.mean()
    means, spreads = cues.mean(axis=0), cues.std(axis=0) + 1e-9
    rows = np.column_stack([(cues - means) / spreads, np.ones(len(cues))])
    ridge = RIDGE * len(truth) * np.append(np.ones(cues.shape[1]), 0.0)
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        chances = 1.0 / (1.0 + np.exp(-rows @ weights))
        slope = rows.T @ (shares * (chances - truth)) + ridge * weights
        bend = (rows.T * (shares * chances * (1.0 - chances))) @ rows + np.diag(ridge)
        weights -= np.linalg.solve(bend, slope)
    return Fit(means, spreads, weights)


if __name__ == "__main__":
    main()
