"""How likely each of the 24 keys is, given which pitch classes sound.

A small network looks at the pitch classes as they lie above a tonic: what sounds in all, what
the lowest voice plays, what a single voice plays. The same weights judge each of the twelve
tonics, so that a transposed loop gets the transposed answer. benchmarks.fit_keys fits it on
composed loops, and keeps what it did beside the weights.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

VIEWS = 3
"""Chromas that the network looks at: all, lowest voice, single voice."""

ABOVE_TONIC = (np.arange(12)[:, None] + np.arange(12)[None, :]) % 12
"""Row t: the pitch classes in the order of a scale on tonic t."""


@dataclass(frozen=True)
class KeyModel:
    """One hidden layer of rectifiers, two outputs: major and minor on the tonic.

    inward: shape (36, hidden); outward: shape (hidden, 2); offsets beside them
    temperature: what the outputs are divided by, fitted on loops that the weights never saw
    minor_share: how many of the fitted loops were minor
    """

    inward: Values
    inward_offset: Values
    outward: Values
    outward_offset: Values
    temperature: float
    minor_share: float


def key_views(everything: Values, lowest: Values, voice: Values) -> Values:
    """Stack the three chromas as the network takes them, shape (12 tonics, 36).

    All of shape (12,), at most 1 in sum. Square roots, so that a passing note counts too.
    """
    stacked = np.sqrt(np.stack([everything, lowest, voice]))
    views: Values = stacked[:, ABOVE_TONIC].transpose(1, 0, 2).reshape(12, VIEWS * 12)
    return views


def log_posterior(views: Values) -> Values:
    """Logarithms of the probabilities of the 24 keys: majors by pitch class, then minors.

    views: shape (12, 36), as key_views gives them
    """
    model = key_model()
    hidden = np.maximum(views @ model.inward + model.inward_offset, 0.0)
    judged = (hidden @ model.outward + model.outward_offset) / model.temperature
    odds = judged.T.ravel()
    odds = odds - odds.max()
    logarithms: Values = odds - np.log(np.exp(odds).sum())
    return logarithms


def log_prior() -> Values:
    """Compute the log prior of the 24 keys: tonics alike, minor as often as when fitted."""
    share = key_model().minor_share
    prior: Values = np.log(np.repeat([(1.0 - share) / 12.0, share / 12.0], 12))
    return prior


@cache
def key_model() -> KeyModel:
    """Load the network that ships with the engine (written by benchmarks/fit_keys.py)."""
    path = files("src.audio.analysis").joinpath("data", "keys.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        inward, offset, outward, last = (stored[name].astype(np.float64) for name in WEIGHTS)
        temperature, share = float(stored["temperature"]), float(stored["minor_share"])
    return KeyModel(inward, offset, outward, last, temperature, share)


WEIGHTS = ("inward", "inward_offset", "outward", "outward_offset")
"""Names of the arrays in the data file, in the order of KeyModel."""
