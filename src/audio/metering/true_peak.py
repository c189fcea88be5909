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

BLOCK_SAMPLES = 32
"""Grain of ``block_true_peaks``: one value for so many samples."""

_TAPS = 32
_KAISER_BETA = 6.0
_BEFORE = _TAPS // 2 - 1
_AFTER = _TAPS // 2
_BATCH = 64
_WIDTH = BLOCK_SAMPLES + _BEFORE + _AFTER
_CHUNK_SAMPLES = 2048 * BLOCK_SAMPLES


def true_peak_dbtp(audio: Audio, *, sample_rate: int) -> float:
    """Measure the highest point of the curve between the samples, in dBTP.

    audio: float32, shape (channels, samples)
    sample_rate: Hz; four points per sample are looked at whatever it is

    Silence and an empty clip give -inf. The interpolator is a Kaiser-windowed sinc of 32 taps
    per phase, flat to 0.44 of the sample rate; the method is that of ITU-R BS.1770-4, annex 2.
    """
    audio = valid_audio(audio)
    if sample_rate <= 0 or audio.shape[1] == 0:
        return -math.inf
    peak = float(max(audio.max(), -audio.min()))

    def highest(block: tuple[int, int]) -> float:
        return float(_stretch_peaks(audio, *block, peak).max())

    peak = max(peak, *side_by_side(highest, blocks(audio.shape[1], _CHUNK_SAMPLES)))
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def block_true_peaks(
    audio: Audio, *, floor: float, only: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Find the true peak of each run of 32 samples, over all channels.

    audio: float32, shape (channels, samples); beyond its ends lies silence
    floor: linear; runs whose curve can't rise above it are not interpolated, and hold
        their sample peak. Such a run is known by its samples: the curve can't rise higher
        than they do times the sum of the interpolator's weights.
    only: runs that may be interpolated; the others hold their sample peak. None: all

    Returns linear peaks, shape (ceil(samples / 32),).
    """
    if audio.shape[1] == 0:
        return np.zeros(0, np.float32)

    def found(block: tuple[int, int]) -> NDArray[np.float32]:
        first, last = block[0] // BLOCK_SAMPLES, -(-block[1] // BLOCK_SAMPLES)
        return _stretch_peaks(audio, *block, floor, None if only is None else only[first:last])

    return np.concatenate(side_by_side(found, blocks(audio.shape[1], _CHUNK_SAMPLES)))


def _stretch_peaks(
    audio: Audio, start: int, stop: int, floor: float, only: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    count = -(-(stop - start) // BLOCK_SAMPLES)
    peaks = np.zeros(count, np.float32)
    for channel in audio:
        part = with_surroundings(channel, start, count)
        np.maximum(peaks, _channel_peaks(part, floor, only), out=peaks)
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
    part: NDArray[np.float32], floor: float, only: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    levels = _block_levels(part)
    peaks: NDArray[np.float32] = levels[1:-1].copy()
    near = np.maximum(np.maximum(levels[:-2], levels[2:]), peaks)
    matrix, bound = _interpolator()
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


def interpolation_weights(phase: int) -> NDArray[np.float64]:
    """Return weights of the samples -15 to 16 for the point at ``phase`` quarters of a sample."""
    distance = np.arange(-_BEFORE, _AFTER + 1) - phase / OVERSAMPLING
    window = np.i0(_KAISER_BETA * np.sqrt(1 - np.minimum(1, np.abs(distance) / _AFTER) ** 2))
    weights: NDArray[np.float64] = np.sinc(distance) * window
    weights /= weights.sum()
    return weights


@functools.cache
def _interpolator() -> tuple[NDArray[np.float32], float]:
    """Return matrix from a block with its surroundings to the points between, and its largest
    gain.
    """
    matrix = np.zeros((BLOCK_SAMPLES * (OVERSAMPLING - 1), _WIDTH))
    bound = 1.0
    for phase in range(1, OVERSAMPLING):
        weights = interpolation_weights(phase)
        bound = max(bound, float(np.abs(weights).sum()))
        for sample in range(BLOCK_SAMPLES):
            matrix[sample * (OVERSAMPLING - 1) + phase - 1, sample : sample + _TAPS] = weights
    return matrix.astype(np.float32), bound
