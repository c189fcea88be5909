"""Which of the twenty kinds a sound is, judged by its descriptors alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

IGNORED = ("rms", "peak", "dc", "correlation")
"""Descriptors that say how a file was cut and levelled, not what it is."""

_LOG_HZ = (
    "centroid", "centroid_spread", "centroid_attack", "bandwidth", "rolloff", "rolloff_low",
    "rolloff_high", "peak_hz",
)  # fmt: skip
_LOG = (
    "decay", "low_decay", "mid_decay", "high_decay", "onset_density", "flux_peakiness", "width",
    "flatness", "flatness_mean", "zero_crossing_rate", "flat_top_share", "loud_share",
)  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """One step of a network: ``input @ weights + offset``."""

    weights: Floats
    offset: Floats


@dataclass(frozen=True)
class CategoryModel:
    """Small networks that vote. names: descriptors in order; provenance: where it comes from.

    Each network: standardised descriptors -> one hidden layer of rectifiers -> categories.
    """

    categories: tuple[str, ...]
    names: tuple[str, ...]
    mean: Floats
    spread: Floats
    networks: tuple[tuple[Layer, Layer], ...]
    provenance: dict[str, str]


def feature_row(features: Mapping[str, float], names: tuple[str, ...]) -> Floats:
    """Descriptors as one row: times, frequencies and shares as logarithms. Shape (names,)."""
    return np.array([_bent(name, features[name]) for name in names], dtype=np.float32)


def category_scores(
    features: Mapping[str, float], *, model: CategoryModel | None = None
) -> dict[str, float]:
    """Probability of each category; they sum to 1.

    features: as ``describe`` gives them; one that is missing, as in a library that an older
        version made, counts as average
    model: another than the one that ships, for example one that never met a pack
    """
    model = category_model() if model is None else model
    known = tuple(name for name in model.names if name in features)
    row = model.mean.copy()
    row[[name in features for name in model.names]] = feature_row(features, known)
    probabilities = _vote(model, row)
    return {name: float(value) for name, value in zip(model.categories, probabilities, strict=True)}


@cache
def category_model() -> CategoryModel:
    """Load the model that ships with the engine (written by benchmarks/fit_categories.py)."""
    return model_from(files("src.audio.analysis").joinpath("data", "categories.npz"))


def model_from(path: Traversable) -> CategoryModel:
    """Read a model that benchmarks/fit_categories.py wrote. path: a Path will do."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    about = json.loads(str(arrays["about"]))
    networks = tuple(
        (
            Layer(_floats(arrays[f"hidden_{i}"]), _floats(arrays[f"hidden_offset_{i}"])),
            Layer(_floats(arrays[f"output_{i}"]), _floats(arrays[f"output_offset_{i}"])),
        )
        for i in range(about["networks"])
    )
    return CategoryModel(
        categories=tuple(about["categories"]),
        names=tuple(about["names"]),
        mean=_floats(arrays["mean"]),
        spread=_floats(arrays["spread"]),
        networks=networks,
        provenance=about["provenance"],
    )


def _vote(model: CategoryModel, row: Floats) -> Floats:
    standard = np.clip((row - model.mean) / model.spread, -3.0, 3.0)
    votes = [_probabilities(standard, hidden, output) for hidden, output in model.networks]
    shares: Floats = (np.sum(votes, axis=0) / len(votes)).astype(np.float32)
    return shares


def _probabilities(row: Floats, hidden: Layer, output: Layer) -> Floats:
    inner = np.maximum(row @ hidden.weights + hidden.offset, 0.0)
    scores = inner @ output.weights + output.offset
    raised = np.exp(scores - scores.max())
    shares: Floats = raised / raised.sum()
    return shares


def _bent(name: str, value: float) -> float:
    if name in _LOG_HZ:
        return float(np.log(value + 10.0))
    if name in _LOG or name.endswith(("_s", "_share")):
        return float(np.log(max(value, 0.0) + 1e-3))
    return value


def _floats(array: np.ndarray) -> Floats:
    return array.astype(np.float32)
