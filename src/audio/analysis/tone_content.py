"""How tonal a sound is: periodicity, its pitch and how steady it stays."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.spectrum import Spectrum

LOWEST_HZ, HIGHEST_HZ = 32.0, 2_000.0
_SEGMENTS = 8

Values = NDArray[np.float64]


def tone_descriptors(mono: NDArray[np.float32], spectrum: Spectrum) -> dict[str, float]:
    """Periodicity in 0..1, pitch in octaves above 32 Hz, its movement, and chroma spread.

    mono: shape (samples,), the same stretch that the spectrum was made of
    Periodicity: height of the normalised autocorrelation's best peak (Boersma, 1993), in
    segments of 85 ms at eight places that sound. Silence and noise give about 0.
    """
    strengths, octaves = _segments(mono, spectrum.sample_rate)
    tonal = strengths > 0.5
    steady = octaves[tonal]
    return {
        "harmonicity": float(np.mean(strengths)),
        "harmonicity_best": float(np.max(strengths)),
        "harmonicity_start": float(strengths[0]),
        "pitch_octave": float(np.median(steady)) if steady.size else 0.0,
        "pitch_spread": float(steady.std()) if steady.size > 1 else 0.0,
        "pitch_fall": float(steady[0] - steady[-1]) if steady.size > 1 else 0.0,
        "tonal_share": float(tonal.mean()),
    } | _chroma(spectrum)


def _segments(mono: NDArray[np.float32], sample_rate: int) -> tuple[Values, Values]:
    length = max(64, round(0.0853 * sample_rate))
    padded = np.pad(mono, (0, max(0, length - mono.size)))
    starts = _loud_starts(padded, length)
    blocks = padded[starts[:, None] + np.arange(length)].astype(np.float64)
    blocks -= blocks.mean(axis=1, keepdims=True)
    window, ideal = _segment_window(length)
    low = max(2, int(sample_rate / HIGHEST_HZ))
    high = min(int(sample_rate / LOWEST_HZ), int(length * 0.6))
    correlation = _autocorrelation(blocks * window, high)
    power = correlation[:, :1]
    normal = np.where(power > 1e-12, correlation / np.maximum(power, 1e-12), 0.0)
    normal /= ideal[:high]
    return _best_lags(normal[:, low:], low, sample_rate)


def _loud_starts(padded: NDArray[np.float32], length: int) -> NDArray[np.intp]:
    """Evenly spread places whose level is within 30 dB of the loudest."""
    hop = max(1, min(length // 2, (padded.size - length) // 64 + 1))
    starts = np.arange(0, padded.size - length + 1, hop)
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]
    energy = np.einsum("ws,ws->w", windows, windows)
    loud = starts[energy >= energy.max() * 1e-3]
    chosen = np.linspace(0, loud.size - 1, min(_SEGMENTS, loud.size)).round().astype(int)
    positions: NDArray[np.intp] = loud[chosen]
    return positions


@cache
def _segment_window(length: int) -> tuple[Values, Values]:
    """Make a Hann window and its own autocorrelation, at least 0.05, for segments."""
    window = np.hanning(length)
    ideal = _autocorrelation(window[None, :], length)[0]
    return window, np.maximum(ideal / ideal[0], 0.05)


def _autocorrelation(rows: Values, lags: int) -> Values:
    """Of each row, at lags from 0 up to (not including) ``lags``."""
    size = fft.next_fast_len(rows.shape[1] + lags, real=True)
    spectra = fft.rfft(rows, size, axis=1)
    correlation: Values = fft.irfft(spectra.real**2 + spectra.imag**2, size, axis=1)[:, :lags]
    return correlation


def _best_lags(normal: Values, low: int, sample_rate: int) -> tuple[Values, Values]:
    """Earliest peak within 8 % of the highest that follows a dip below zero."""
    strengths, octaves = np.zeros(len(normal)), np.zeros(len(normal))
    for i, row in enumerate(normal):
        negative = np.flatnonzero(row < 0.0)
        start = int(negative[0]) if negative.size else 0
        rest = row[start:]
        inner = np.flatnonzero((rest[1:-1] >= rest[:-2]) & (rest[1:-1] > rest[2:])) + 1
        if inner.size == 0:
            continue
        heights = rest[inner]
        lag = low + start + int(inner[np.argmax(heights >= 0.92 * heights.max())])
        strengths[i] = np.clip(row[lag - low], 0.0, 1.0)
        octaves[i] = np.log2(sample_rate / lag / LOWEST_HZ)
    return strengths, octaves


def _chroma(spectrum: Spectrum) -> dict[str, float]:
    """Measure how narrow the peaks are and over how many of twelve pitch classes they spread."""
    freqs = spectrum.freqs_hz
    requested = np.flatnonzero((freqs >= 60.0) & (freqs <= 5_000.0))
    mean = np.sqrt(spectrum.power[requested].mean(axis=1).astype(np.float64))
    if mean.size < 16 or mean.max() <= 0.0:
        return {"peakiness": 0.0, "chroma_entropy": 0.0}
    smooth = np.convolve(np.pad(mean, 7, mode="edge"), np.full(15, 1 / 15), mode="valid")
    excess = np.maximum(mean - 1.3 * smooth, 0.0)
    classes = np.round(12.0 * np.log2(freqs[requested] / 440.0)).astype(int) % 12
    chroma = np.bincount(classes, weights=excess, minlength=12)
    total = chroma.sum()
    if total <= 0.0:
        return {"peakiness": 0.0, "chroma_entropy": 1.0}
    shares = chroma / total
    entropy = -(shares * np.log(shares + 1e-12)).sum() / np.log(12.0)
    return {"peakiness": float(total / mean.sum()), "chroma_entropy": float(entropy)}
