"""Rounding of peaks: what a limiter can't take away without being heard pumping.

The tip of a drum's attack may be bent for some milliseconds where turning the whole mix down
for the same peak would be heard. The curve is bent at four times the sample rate, so that the
new partials above the hearing range don't fold back into it.
"""

import numpy as np
import soxr
from numpy.typing import NDArray

from src.audio.gain import db_to_gain
from src.audio.validation import Audio

MOST_OVER_DB = 3.0
"""No peak lies further above the ceiling when it has been rounded."""

_OVERSAMPLING = 4
_MARGIN = 512
_CHUNK_SAMPLES = 32_768
_BETWEEN = 0.7
"""Samples may be so much lower than the curve between them, and a little more."""


def rounded(levels: NDArray[np.float32], *, ceiling: float) -> NDArray[np.float32]:
    """The bent curve: straight up to the ceiling, then a parabola up to 3 dB above it.

    levels: samples or peaks of any sign, any shape; ceiling: linear

    Returns a new array. The slope has no step, so soft overshoots stay almost as they were.
    """
    width = np.float32(2 * ceiling * (db_to_gain(MOST_OVER_DB) - 1))
    height = np.abs(levels)
    over = np.clip((height - np.float32(ceiling)) / width, 0, 1)
    bent = np.minimum(height, np.float32(ceiling)) + width * (over - np.square(over) / 2)
    curve: NDArray[np.float32] = np.copysign(bent, levels)
    return curve


def rounded_part(audio: Audio, start: int, stop: int, *, drive: float, ceiling: float) -> Audio:
    """The samples from ``start`` to ``stop``, driven and with their peaks rounded.

    audio: float32, shape (channels, samples); its surroundings are looked at, nothing is changed
    drive: linear gain in front

    What stays below the ceiling, between the samples too, is only driven.
    """
    low, high = max(start - _MARGIN, 0), min(stop + _MARGIN, audio.shape[1])
    wide = audio[:, low:high] * np.float32(drive)
    part = wide[:, start - low : stop - low]
    if wide.size == 0 or max(wide.max(), -wide.min()) <= _BETWEEN * ceiling:
        return part
    dense = soxr.resample(wide.T, 1, _OVERSAMPLING, quality="MQ").T
    change = _change(dense, ceiling)
    if change is None:
        return part
    taken = soxr.resample(change.T, _OVERSAMPLING, 1, quality="MQ")
    sum_: Audio = part + taken.T[:, start - low : stop - low]
    return sum_


def _change(dense: Audio, ceiling: float) -> Audio | None:
    """What rounding adds to each sample; None if none lies above the ceiling."""
    change = np.zeros(dense.shape, np.float32)
    found = False
    for line, added in zip(dense, change, strict=True):
        over = np.flatnonzero(np.abs(line) > np.float32(ceiling))
        peaks = line[over]
        added[over] = rounded(peaks, ceiling=ceiling) - peaks
        found = found or over.size > 0
    return change if found else None


def round_peaks(audio: Audio, *, drive: float, ceiling: float) -> None:
    """Drive a whole mix and round its peaks, in place and piece by piece."""
    ready: tuple[int, Audio] | None = None
    for start in range(0, audio.shape[1], _CHUNK_SAMPLES):
        stop = min(start + _CHUNK_SAMPLES, audio.shape[1])
        made = rounded_part(audio, start, stop, drive=drive, ceiling=ceiling)
        # A piece is written when the next no longer needs what was there before.
        if ready is not None:
            audio[:, ready[0] : start] = ready[1]
        ready = start, made
    if ready is not None:
        audio[:, ready[0] :] = ready[1]
