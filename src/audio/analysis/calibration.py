"""Quantile scales: where a value stands among the values of many real sounds."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scale:
    """Rises from 0 to 1 along the quantiles of a reference collection.

    values: strictly rising, shape (knots,); positions: their quantiles in 0..1
    """

    values: NDArray[np.float64]
    positions: NDArray[np.float64]

    def position(self, value: float) -> float:
        """Quantile of a value: 0 at or below the smallest, 1 at or above the largest."""
        return float(np.interp(value, self.values, self.positions))


@dataclass(frozen=True)
class Calibration:
    """Scales of descriptors and of raw attributes, and where they come from."""

    descriptors: dict[str, Scale]
    attributes: dict[str, Scale]
    provenance: dict[str, str]


def fit_scale(values: NDArray[np.float64], *, knots: int = 33) -> Scale:
    """Measure a scale. Ties share their middle quantile; at the ends they are 0 and 1."""
    positions = np.linspace(0.0, 1.0, knots)
    quantiles = np.quantile(values, positions)
    distinct, inverse = np.unique(quantiles, return_inverse=True)
    middles = np.bincount(inverse, weights=positions) / np.bincount(inverse)
    if distinct.size > 1:
        middles[0], middles[-1] = 0.0, 1.0
    else:
        middles[:] = 0.5
    return Scale(distinct, middles)


@cache
def calibration() -> Calibration:
    """Load the scales that ship with the engine (written by benchmarks/fit_categories.py)."""
    file = files("src.audio.analysis").joinpath("data", "calibration.json")
    data = json.loads(file.read_text(encoding="utf-8"))
    return Calibration(
        descriptors={name: _scale(rows) for name, rows in data["descriptors"].items()},
        attributes={name: _scale(rows) for name, rows in data["attributes"].items()},
        provenance=data["provenance"],
    )


def _scale(rows: dict[str, list[float]]) -> Scale:
    return Scale(np.array(rows["values"]), np.array(rows["positions"]))
