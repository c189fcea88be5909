"""The groove of a loop: on which sixteenths of a bar something begins."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from src.audio.analysis.onsets import OnsetStrength

SLOTS = 16
"""Sixteenths of a bar of four beats."""

_SLOTS_PER_BEAT = 4
_LEAST_STRENGTH = 0.08
_APART_FRAMES = 5


def groove_grid(
    onsets: OnsetStrength, *, bpm: float, downbeat_s: float, first_s: float = 0.0
) -> NDArray[np.float64]:
    """Measure how much begins on each sixteenth, over all bars of a loop.

    bpm: tempo, 4 beats to the bar
    downbeat_s: where a first beat lies, seconds from the start of the clip
    first_s: where the first frame of ``onsets`` lies, seconds from the start of the clip

    Only peaks count, each on the sixteenth it is nearest to. Returns 16 values, the largest
    1; all 0 where nothing begins.
    """
    values = onsets.values.astype(np.float64)
    grid = np.zeros(SLOTS)
    if values.size == 0:
        return grid
    highest = values == maximum_filter1d(values, _APART_FRAMES)
    frames = np.flatnonzero(highest & (values > _LEAST_STRENGTH))
    times_s = frames / onsets.frame_rate + first_s - downbeat_s
    slots = np.rint(times_s * bpm / 60.0 * _SLOTS_PER_BEAT).astype(np.int64) % SLOTS
    np.add.at(grid, slots, values[frames])
    return grid / grid.max() if grid.any() else grid
