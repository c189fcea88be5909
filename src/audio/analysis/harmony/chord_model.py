"""How likely each chord is on each beat, given which pitch classes sound around it.

As in key_model a small network looks at pitch classes above a root, with the same weights for
all twelve: what sounds on the beat, before and after it and in the whole loop, in all, in
the lowest voice and in what a single voice plays. benchmarks.fit_chords fits it on composed
loops, and keeps what it did beside the weights.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

QUALITIES = 3
"""Major, minor, diminished: a chord is a root 0..11 and one of these; its index is
root + 12 * quality."""

NEIGHBOURS = (0, 1, 2, 3, -1, -2, -3, -4)
"""How far a loop is turned to bring a beat that the network sees to the beat that it judges:
this one, three before it, four after it."""

VOICE_NEIGHBOURS = (0, 1, -1, 2, -2)
"""The same for what a single voice plays."""

ABOVE_ROOT = (np.arange(12)[:, None] + np.arange(12)[None, :]) % 12
"""Row r: the pitch classes in order above root r."""

WEIGHTS = ("inward", "inward_offset", "outward", "outward_offset")
"""Names of the arrays in the data file, in the order of ChordModel."""


@dataclass(frozen=True)
class ChordModel:
    """One hidden layer of rectifiers, an output for each quality on the root.

    inward: shape (288, hidden); outward: shape (hidden, 3); offsets beside them
    temperature: what the outputs are divided by, fitted on loops that the weights never saw
    changes: what a change costs on a downbeat, in the middle of a bar, elsewhere, in nepers
    """

    inward: Values
    inward_offset: Values
    outward: Values
    outward_offset: Values
    temperature: float
    changes: tuple[float, float, float]


def chord_views(everything: Values, lowest: Values, voice: Values) -> Values:
    """Stack the chromas of all beats as the network takes them, shape (beats, 12 roots, 288).

    everything, lowest, voice: shape (beats, 12). A loop begins again, so the last beat is before
    the first one. Square roots, so that a passing note counts too.
    """
    rows = [_shares(chroma) for chroma in (everything, lowest)]
    sung = _as_loud_as_most(voice)
    views = [np.roll(row, beats, axis=0) for beats in NEIGHBOURS for row in rows]
    views += [
        np.broadcast_to(_shares(chroma.mean(axis=0)[None]), sung.shape)
        for chroma in (everything, lowest)
    ]
    views += [np.roll(sung, beats, axis=0) for beats in VOICE_NEIGHBOURS]
    views.append(np.broadcast_to(_shares(voice.mean(axis=0)[None]), sung.shape))
    stacked: Values = np.sqrt(np.stack(views, axis=1))
    stacked = stacked[:, :, ABOVE_ROOT].transpose(0, 2, 1, 3)
    return stacked.reshape(len(everything), 12, -1)


def log_chords(views: Values, model: ChordModel) -> Values:
    """Logarithms of the probabilities of the 36 chords on each beat, shape (beats, 36).

    views: shape (beats, 12, 288), as chord_views gives them
    """
    hidden = np.maximum(views @ model.inward + model.inward_offset, 0.0)
    judged = (hidden @ model.outward + model.outward_offset) / model.temperature
    odds = judged.transpose(0, 2, 1).reshape(len(views), 12 * QUALITIES)
    odds = odds - odds.max(axis=1, keepdims=True)
    logarithms: Values = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
    return logarithms


@cache
def chord_model() -> ChordModel:
    """Load the network that ships with the engine (written by benchmarks/fit_chords.py)."""
    path = files("src.audio.analysis").joinpath("data", "chords.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        inward, offset, outward, last = (stored[name].astype(np.float64) for name in WEIGHTS)
        downbeat, middle, elsewhere = (float(cost) for cost in stored["changes"])
        temperature = float(stored["temperature"])
    return ChordModel(inward, offset, outward, last, temperature, (downbeat, middle, elsewhere))


def _as_loud_as_most(voice: Values) -> Values:
    """Scale each beat to 1, but those where hardly anything has a pitch."""
    strength = voice.sum(axis=1, keepdims=True)
    least = 0.5 * float(np.percentile(strength, 75)) + 1e-6
    scaled: Values = voice / np.maximum(strength, least)
    return scaled


def _shares(chroma: Values) -> Values:
    shares: Values = chroma / np.maximum(chroma.sum(axis=1, keepdims=True), 1e-6)
    return shares
