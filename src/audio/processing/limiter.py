"""A look-ahead limiter for true peaks.

It works on the true peak of each run of 32 samples. The gain that each run needs is spread
to its neighbours (look-ahead), let go slowly (release) and smoothed; since every smoothed
value is a mean of values that all respect the run, no peak passes.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d

from src.audio.metering.true_peak import BLOCK_SAMPLES

LOOK_AHEAD_S = 0.004
RELEASE_S = 0.080


def limiter_gains(
    peaks: NDArray[np.float32], *, drive: float, ceiling: float, sample_rate: int
) -> NDArray[np.float64]:
    """Compute the gain for each run of 32 samples that keeps a driven signal below a ceiling.

    peaks: linear true peaks of the runs, as ``block_true_peaks`` gives them
    drive: linear gain in front of the limiter
    ceiling: linear

    Returns values in 0..1, without the drive. Meant for the middle of each run, with a
    straight line between.
    """
    needed = np.minimum(1.0, ceiling / np.maximum(peaks.astype(np.float64) * drive, 1e-12))
    if needed.size == 0 or needed.min() >= 1.0:
        return np.ones(needed.size)
    reach = max(round(LOOK_AHEAD_S * sample_rate / BLOCK_SAMPLES), 2)
    held = minimum_filter1d(needed, 2 * reach + 3, mode="nearest")
    released = _released(held, RELEASE_S * sample_rate / BLOCK_SAMPLES)
    window = np.hanning(2 * reach + 3)[1:-1]
    padded = np.pad(released, reach, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")


def _released(gains: NDArray[np.float64], release_steps: float) -> NDArray[np.float64]:
    """Let the reduction decay exponentially: r[i] = max(r[i], a r[i-1]), without a loop.

    In logarithms this is a running maximum of a line's offsets.
    """
    slope = 1.0 / release_steps
    steps = np.arange(gains.size) * slope
    reduction = np.maximum(1.0 - gains, 1e-9)
    decayed = np.exp(np.maximum.accumulate(np.log(reduction) + steps) - steps)
    released: NDArray[np.float64] = 1.0 - np.where(decayed <= 2e-9, 0.0, decayed)
    return np.minimum(released, gains)
