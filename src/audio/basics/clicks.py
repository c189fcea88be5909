"""Finding clicks: a single jump that the sound around it does not explain.

A click is measured by the second difference, which is small for a smooth wave and as large
as the jump itself at a jump. The largest one within 4 samples of a place is set against the
largest one of its neighbourhood (a quarter to ten milliseconds on either side). At the start
of a drum hit the neighbourhood has large second differences as well, so hits are not clicks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.validation import Audio

CLICK_RATIO = 4.0
"""A second difference this many times above its neighbourhood is heard as a click."""

AUDIBLE = 10 ** (-66 / 20)
"""Second differences below this (linear, full scale 1) are not looked at."""

_AT_SAMPLES = 4
_NEAR_S, _FAR_S = 0.00025, 0.010


@dataclass(frozen=True)
class Click:
    """A jump at a sample: ``ratio`` times sharper than its surroundings, ``jump`` high."""

    sample: int
    ratio: float
    jump: float


def click_at(audio: Audio, sample: int, *, sample_rate: int) -> Click:
    """Measure how far a place sticks out of its surroundings.

    audio: float32, shape (channels, samples)
    sample: where a click is suspected, such as the first sample after a seam

    Returns the strongest of the channels; its ratio is 0 where the jump is inaudible.
    """
    start = max(sample - round(_FAR_S * sample_rate) - _AT_SAMPLES, 0)
    stop = sample + round(_FAR_S * sample_rate) + _AT_SAMPLES
    window = audio[:, start:stop].astype(np.float64)
    if window.shape[1] < 3:
        return Click(sample, 0.0, 0.0)
    bends = np.abs(np.diff(window, n=2, axis=-1))
    position = sample - start - 1
    offsets = np.abs(np.arange(bends.shape[1]) - position)
    at = bends[:, offsets <= _AT_SAMPLES].max(axis=-1, initial=0.0)
    around = bends[:, offsets > max(_AT_SAMPLES, round(_NEAR_S * sample_rate))]
    level = np.maximum(around.max(axis=-1, initial=0.0), AUDIBLE / CLICK_RATIO)
    ratios = np.where(at > AUDIBLE, at / level, 0.0)
    strongest = int(np.argmax(ratios))
    return Click(sample, float(ratios[strongest]), float(at[strongest]))


def clicks_at(audio: Audio, samples: Iterable[int], *, sample_rate: int) -> list[Click]:
    """Find those of the given positions where a click is audible."""
    measured = (click_at(audio, sample, sample_rate=sample_rate) for sample in samples)
    return [click for click in measured if click.ratio > CLICK_RATIO]


def seam_is_smooth(before: Audio, after: Audio, *, sample_rate: int) -> bool:
    """Tell whether one sound runs into the next as if they were one.

    before, after: shape (channels, samples) with as many channels; a few ms are enough
    Stricter than hearing a click: half the ratio is taken as a seam.
    """
    reach = round(_FAR_S * sample_rate) + _AT_SAMPLES
    tail = before[:, max(before.shape[1] - reach, 0) :]
    joined: NDArray[np.float32] = np.concatenate([tail, after[:, :reach]], axis=-1)
    click = click_at(joined, tail.shape[1], sample_rate=sample_rate)
    return click.ratio <= CLICK_RATIO / 2
