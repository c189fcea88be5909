"""Rounding of peaks: what a limiter can't take away without being heard pumping.

The tip of a drum's attack may be bent for some milliseconds where turning the whole mix down
for the same peak would be heard. The curve is bent at four times the sample rate, so that the
new partials above the hearing range don't fold back into it.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.gain import db_to_gain
from src.audio.basics.side_by_side import blocks, side_by_side
from src.audio.basics.validation import Audio
from src.audio.metering.true_peak import (
    BLOCK_SAMPLES,
    OVERSAMPLING,
    block_windows,
    interpolation_weights,
    with_surroundings,
)

MOST_OVER_DB = 3.0
"""No peak lies further above the ceiling when it has been rounded."""

_HALF = BLOCK_SAMPLES // 2
_BATCH = 32
_CHUNK_SAMPLES = 2048 * BLOCK_SAMPLES


def rounded(levels: NDArray[np.float32], *, ceiling: float) -> NDArray[np.float32]:
    """Bend levels: straight up to the ceiling, then along a parabola up to 3 dB above it.

    levels: samples or peaks of any sign, any shape; ceiling: linear

    Returns a new array. The slope has no step, so soft overshoots stay almost as they were.
    """
    width = np.float32(2 * ceiling * (db_to_gain(MOST_OVER_DB) - 1))
    height = np.abs(levels)
    over = np.clip((height - np.float32(ceiling)) / width, 0, 1)
    bent = np.minimum(height, np.float32(ceiling)) + width * (over - np.square(over) / 2)
    curve: NDArray[np.float32] = np.copysign(bent, levels)
    return curve


def round_peaks(
    audio: Audio, out: Audio, *, drive: float, ceiling: float, peaks: NDArray[np.float32]
) -> None:
    """Drive a whole mix and round its peaks.

    audio: float32, shape (channels, samples); it is not changed
    out: takes the result, same shape, not the same memory
    drive: linear gain in front
    peaks: true peak of each run of 32 samples of the mix, as ``block_true_peaks`` gives them

    What stays below the ceiling, between the samples too, is only driven.
    """
    high = peaks * np.float32(drive) > np.float32(ceiling)

    def work(block: tuple[int, int]) -> None:
        start, stop = block
        np.multiply(audio[:, start:stop], np.float32(drive), out=out[:, start:stop])
        first, last = start // BLOCK_SAMPLES - 1, -(-stop // BLOCK_SAMPLES) + 1
        runs = np.flatnonzero(high[max(first, 0) : last]) + max(first, 0)
        if runs.size:
            for channel, driven in zip(audio, out, strict=True):
                change = _change(channel, runs, (first, last), drive, ceiling)
                driven[start:stop] += change[BLOCK_SAMPLES : BLOCK_SAMPLES + stop - start]

    side_by_side(work, blocks(audio.shape[1], _CHUNK_SAMPLES))


def _change(
    channel: NDArray[np.float32],
    runs: NDArray[np.int64],
    span: tuple[int, int],
    drive: float,
    ceiling: float,
) -> NDArray[np.float32]:
    """Compute what rounding adds to the samples of the runs from span[0] to span[1] - 1.

    The points between the samples are made, bent, and brought back to the samples around
    them: only for the runs that need it, by two matrices.
    """
    first, last = span
    windows = block_windows(with_surroundings(channel, first * BLOCK_SAMPLES, last - first))
    # Small batches: they stay within the cache and on one thread, whatever else runs.
    batches = np.zeros((-(-runs.size // _BATCH), _BATCH, windows.shape[1]), np.float32)
    batches.reshape(-1, windows.shape[1])[: runs.size] = windows[runs - first]
    up, down = _matrices()
    dense = np.float32(drive) * (up @ batches.transpose(0, 2, 1))
    spread = down @ (rounded(dense, ceiling=ceiling) - dense)
    added = spread.transpose(0, 2, 1).reshape(-1, 4, _HALF)[: runs.size]
    halves = np.zeros((2 * (last - first) + 2, _HALF), np.float32)
    for quarter in range(4):
        # A run reaches half a run beyond its ends; no two runs meet in the same quarter.
        halves[2 * (runs - first) + quarter] += added[:, quarter]
    change: NDArray[np.float32] = halves.ravel()[_HALF:-_HALF]
    return change


@functools.cache
def _matrices() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Build the matrices from a run with its surroundings to four points per sample, and back.

    Both ways the same windowed sinc: it keeps what lies below half the sample rate.
    """
    points, taps = OVERSAMPLING * BLOCK_SAMPLES, 2 * _HALF
    up = np.zeros((points, BLOCK_SAMPLES + taps - 1))
    down = np.zeros((BLOCK_SAMPLES + taps, points))
    for point in range(points):
        sample, phase = divmod(point, OVERSAMPLING)
        weights = interpolation_weights(phase)
        up[point, sample : sample + taps] = weights
        down[sample + 1 : sample + 1 + taps, point] = weights / OVERSAMPLING
    return up.astype(np.float32), down.astype(np.float32)
