"""True peak: how high the curve between the samples rises."""

import functools
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from src.audio.basics.side_by_side import blocks, side_by_side
from src.audio.basics.validation import Audio, valid_audio

OVERSAMPLING = 4
"""Points per sample, as ITU-R BS.1770-4, annex 2, asks for at 48 kHz."""

FINE_OVERSAMPLING = 16
"""Points per sample where four may miss the top: at half the sample rate by 0.7 dB."""

NEAR_SHARE = 0.92
"""A run whose four points stay below this share of a level can't rise above it between them."""

BLOCK_SAMPLES = 32
"""Grain of ``block_true_peaks``: one value for so many samples."""

_TAPS = 32
_KAISER_BETA = 6.0
_USUAL = ((16, _KAISER_BETA),)
_FINE = (*_USUAL, (10, 5.0))
"""Zero crossings either side and Kaiser's beta of the interpolators. Meters differ where music
reaches beyond 20 kHz; the second is what ``scipy.signal.resample_poly`` takes."""

_BEFORE = _TAPS // 2 - 1
_AFTER = _TAPS // 2
_BATCH = 64
_WIDTH = BLOCK_SAMPLES + _BEFORE + _AFTER
_CHUNK_SAMPLES = 2048 * BLOCK_SAMPLES


def true_peak_dbtp(audio: Audio, *, sample_rate: int, fine: bool = False) -> float:
    """Measure the highest point of the curve between the samples, in dBTP.

    audio: float32, shape (channels, samples)
    sample_rate: Hz; four points per sample are looked at whatever it is
    fine: looks at sixteen points where four come near the highest, as sharper meters do

    Silence and an empty clip give -inf. The interpolator is a Kaiser-windowed sinc of 32 taps
    per phase, flat to 0.44 of the sample rate; the method is that of ITU-R BS.1770-4, annex 2.
    """
    audio = valid_audio(audio)
    if sample_rate <= 0 or audio.shape[1] == 0:
        return -math.inf
    peak = float(max(audio.max(), -audio.min()))

    def highest(block: tuple[int, int]) -> float:
        floor = peak * NEAR_SHARE if fine else peak
        found = _stretch_peaks(audio, *block, floor)
        if fine:
            near = found > np.float32(floor)
            found = np.maximum(found, _stretch_peaks(audio, *block, floor, near, FINE_OVERSAMPLING))
        return float(found.max())

    peak = max(peak, *side_by_side(highest, blocks(audio.shape[1], _CHUNK_SAMPLES)))
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def block_true_peaks(
    audio: Audio,
    *,
    floor: float,
    only: NDArray[np.bool_] | None = None,
    points: int = OVERSAMPLING,
) -> NDArray[np.float32]:
    """Find the true peak of each run of 32 samples, over all channels.

    audio: float32, shape (channels, samples); beyond its ends lies silence
    floor: linear; runs whose curve can't rise above it are not interpolated, and hold
        their sample peak. Such a run is known by its samples: the curve can't rise higher
        than they do times the sum of the interpolator's weights.
    only: runs that may be interpolated; the others hold their sample peak. None: all
    points: so many per sample are looked at; more than four by two interpolators

    Returns linear peaks, shape (ceil(samples / 32),).
    """
    if audio.shape[1] == 0:
        return np.zeros(0, np.float32)

    def found(block: tuple[int, int]) -> NDArray[np.float32]:
        first, last = block[0] // BLOCK_SAMPLES, -(-block[1] // BLOCK_SAMPLES)
        chosen = None if only is None else only[first:last]
        return _stretch_peaks(audio, *block, floor, chosen, points)

    return np.concatenate(side_by_side(found, blocks(audio.shape[1], _CHUNK_SAMPLES)))


def _stretch_peaks(
    audio: Audio,
    start: int,
    stop: int,
    floor: float,
    only: NDArray[np.bool_] | None = None,
    points: int = OVERSAMPLING,
) -> NDArray[np.float32]:
    count = -(-(stop - start) // BLOCK_SAMPLES)
    peaks = np.zeros(count, np.float32)
    for channel in audio:
        part = with_surroundings(channel, start, count)
        np.maximum(peaks, _channel_peaks(part, floor, only, points), out=peaks)
    return peaks


def with_surroundings(channel: NDArray[np.float32], start: int, count: int) -> NDArray[np.float32]:
    """Return ``count`` blocks from ``start`` on and one on either side, zero beyond the ends."""
    first, last = start - BLOCK_SAMPLES, start + (count + 1) * BLOCK_SAMPLES
    part = np.zeros(last - first, np.float32)
    inside = channel[max(first, 0) : min(last, channel.size)]
    offset = max(-first, 0)
    part[offset : offset + inside.size] = inside
    return part


def _channel_peaks(
    part: NDArray[np.float32], floor: float, only: NDArray[np.bool_] | None, points: int
) -> NDArray[np.float32]:
    levels = _block_levels(part)
    peaks: NDArray[np.float32] = levels[1:-1].copy()
    near = np.maximum(np.maximum(levels[:-2], levels[2:]), peaks)
    matrix, bound = _interpolator(points)
    high = near * bound > floor
    chosen = np.flatnonzero(high if only is None else high & only)
    if chosen.size == 0:
        return peaks
    rows = block_windows(part)
    # Small batches: they stay within the cache and on one thread, whatever else runs.
    batches = np.zeros((-(-chosen.size // _BATCH), _BATCH, _WIDTH), np.float32)
    batches.reshape(-1, _WIDTH)[: chosen.size] = rows[chosen]
    between = matrix @ batches.transpose(0, 2, 1)
    highest = np.maximum(between.max(axis=1), -between.min(axis=1)).ravel()[: chosen.size]
    peaks[chosen] = np.maximum(peaks[chosen], highest)
    return peaks


def _block_levels(part: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return largest magnitude of each run of 32 samples, by halving: much faster than by rows."""
    levels = np.abs(part)
    for _ in range(BLOCK_SAMPLES.bit_length() - 1):
        levels = np.maximum(levels[0::2], levels[1::2])
    return levels


def block_windows(part: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut each block of ``with_surroundings`` with the 15 samples before it and the 16 behind
    it.
    """
    windows = sliding_window_view(part[BLOCK_SAMPLES - _BEFORE :], _WIDTH)[::BLOCK_SAMPLES]
    return windows[: part.size // BLOCK_SAMPLES - 2]


def interpolation_weights(
    phase: int, points: int = OVERSAMPLING, crossings: int = _AFTER, beta: float = _KAISER_BETA
) -> NDArray[np.float64]:
    """Return weights of the samples -15 to 16 for point ``phase`` of ``points`` per sample.

    crossings: of zero on either side; beta: of Kaiser's window
    """
    distance = np.arange(-_BEFORE, _AFTER + 1) - phase / points
    within = np.abs(distance) < crossings
    edge = np.sqrt(1 - np.minimum(1, np.abs(distance) / crossings) ** 2)
    window = np.i0(beta * edge) * within
    weights: NDArray[np.float64] = np.sinc(distance) * window
    weights /= weights.sum()
    return weights


@functools.cache
def _interpolator(points: int) -> tuple[NDArray[np.float32], float]:
    """Return matrix from a block with its surroundings to the points between, and its largest
    gain.
    """
    kernels = _USUAL if points == OVERSAMPLING else _FINE
    rows = [
        interpolation_weights(phase, points, *kernel)
        for kernel in kernels
        for phase in range(1, points)
    ]
    bound = max(1.0, *(float(np.abs(weights).sum()) for weights in rows))
    matrix = np.zeros((BLOCK_SAMPLES, len(rows), _WIDTH))
    for sample in range(BLOCK_SAMPLES):
        matrix[sample, :, sample : sample + _TAPS] = rows
    return matrix.reshape(-1, _WIDTH).astype(np.float32), bound
