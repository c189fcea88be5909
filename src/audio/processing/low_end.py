"""The low end: where kicks hit in a drum loop."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from src.audio.basics.filters import low_pass
from src.audio.basics.validation import Audio

_LOW_HZ = 110.0
_LOW_SHARE = 0.05
_HOP = 128
_SMOOTH_S, _RISE_S, _APART_S = 0.010, 0.020, 0.090
_LEAST_RISE = 0.3
_FOOT = 0.1
_END_S = 0.03


def low_hits(audio: Audio, *, sample_rate: int) -> tuple[int, ...]:
    """Find where kicks begin, in samples, to some 10 ms.

    audio: float32, shape (channels, samples)

    Looks for rises of the level below 110 Hz of at least 30 % of its highest value, 90 ms
    apart. What begins in the last 30 ms is not counted, for there a loop shows its next
    downbeat. Sounds with less than 5 % of their energy in the low end have no kicks.
    """
    mono = audio.mean(axis=0, keepdims=True)
    whole = mono.shape[1] // _HOP * _HOP
    if whole == 0:
        return ()
    low = low_pass(mono, sample_rate=sample_rate, cutoff_hz=_LOW_HZ)
    energy = float(np.einsum("cs,cs->", low, low))
    if energy <= _LOW_SHARE * float(np.einsum("cs,cs->", mono, mono)):
        return ()
    level = np.sqrt(np.square(low[0, :whole].reshape(-1, _HOP)).mean(axis=1))
    rate = sample_rate / _HOP
    level = uniform_filter1d(level, max(round(_SMOOTH_S * rate), 1), mode="constant")
    last = (audio.shape[1] - _END_S * sample_rate) / _HOP
    return tuple(foot * _HOP for foot in _feet(level, rate) if foot < last)


def _feet(level: NDArray[np.float32], rate: float) -> list[int]:
    """Find where the level starts to climb before each of its steep rises."""
    span = max(round(_RISE_S * rate), 1)
    before = np.concatenate([np.zeros(span, level.dtype), level])
    rise = level - before[: level.size]
    apart = max(round(_APART_S * rate), 1)
    peaks = np.flatnonzero(
        (rise == maximum_filter1d(rise, 2 * apart + 1, mode="constant"))
        & (rise > _LEAST_RISE * level.max())
    )
    feet = []
    for peak in peaks.tolist():
        start = max(peak - span, 0)
        climb = level[start : peak + 1]
        limit = climb.min() + _FOOT * (climb[-1] - climb.min())
        feet.append(start + int(np.flatnonzero(climb >= limit)[0]) if start else 0)
    return feet
