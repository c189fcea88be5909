"""Onsets: where sounds begin.

A strength curve for rhythm (tempo, loop or one-shot) and exact times for slicing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d

from src.audio.basics.validation import Audio

BANDS = 24
FLOOR_DB = 72.0
"""Everything this far below a clip's loudest band is taken as silence."""

LARGEST_RISE = 0.3
"""A band counts for no more than this share of 72 dB per frame, so that a start out of
silence does not dwarf the hits within a dense clip."""

_COARSE_WINDOW, _COARSE_HOP = 1024, 256
_MIN_GAP_S = 0.03
_LOOK_BACK_S = 0.025
_LOOK_AHEAD_S = 0.02
_ENVELOPE_S = 0.0005
_ATTACK_SHARE = 0.1

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class OnsetStrength:
    """How strongly something begins, frame by frame.

    values: float32, shape (frames,), at least 0, the strongest 1 (all 0 for a steady sound)
    low: the same for what lies below 200 Hz: kicks and bass notes
    bands: float32, shape (24, frames): the rise of level in each band, at least 0
    frame_rate: frames per second; frame i is centred at i / frame_rate seconds
    """

    values: FloatArray
    low: FloatArray
    bands: FloatArray
    frame_rate: float


def onset_strength(
    magnitude: FloatArray, freqs_hz: FloatArray, *, frame_rate: float
) -> OnsetStrength:
    """Rise of level in 24 bands, on a decibel scale so that quiet hits count as well.

    magnitude: float32, shape (bins, frames), of a short-time spectrum
    freqs_hz: shape (bins,)
    frame_rate: frames per second

    Half-wave rectified flux of log band levels (Klapuri 1999; Dixon 2006). Levels more than
    72 dB below the loudest count as silence. No frames give no values.
    """
    if magnitude.shape[1] == 0:
        empty = np.zeros(0, np.float32)
        return OnsetStrength(empty, empty, np.zeros((BANDS, 0), np.float32), frame_rate)
    levels, lows = _band_levels(magnitude, freqs_hz)
    rise = np.clip(np.diff(levels, axis=1, prepend=np.float32(0.0)), 0.0, LARGEST_RISE)
    return OnsetStrength(
        values=_scaled(rise.mean(axis=0)),
        low=_scaled(rise[:lows].mean(axis=0)),
        bands=rise,
        frame_rate=frame_rate,
    )


def onset_times_s(
    audio: Audio, *, sample_rate: int, sensitivity: float = 0.5
) -> NDArray[np.float64]:
    """Find when sounds begin, in seconds, accurate to about a millisecond, rising.

    audio: float32, shape (channels, samples)
    sensitivity: 0 keeps only the strongest attacks, 1 also faint ones

    Peaks of the onset strength are moved back to the foot of their attack in the energy of
    all channels (so that channels of opposite sign do not cancel). Silence has no onsets.
    """
    energy = _energy(audio)
    if energy.size < _COARSE_HOP or float(energy.max()) <= 1e-12:
        return np.zeros(0, np.float64)
    magnitude = _coarse_magnitude(loudest_channel_mix(audio))
    freqs_hz = np.fft.rfftfreq(_COARSE_WINDOW, 1.0 / sample_rate).astype(np.float32)
    frame_rate = sample_rate / _COARSE_HOP
    strength = onset_strength(magnitude, freqs_hz, frame_rate=frame_rate)
    peaks = pick_peaks(strength.values, frame_rate=frame_rate, sensitivity=sensitivity)
    return _refine(energy, peaks / frame_rate, sample_rate)


def pick_peaks(
    values: FloatArray, *, frame_rate: float, sensitivity: float = 0.5
) -> NDArray[np.int64]:
    """Frames where a strength curve peaks above its surroundings, at least 30 ms apart.

    The threshold follows the local median and mean (Böck, Krebs, Schedl 2012).
    """
    if values.size == 0 or float(values.max()) <= 0:
        return np.zeros(0, np.int64)
    around = max(3, round(0.1 * frame_rate) * 2 + 1)
    gap = max(1, round(_MIN_GAP_S * frame_rate))
    height = 0.3 - 0.22 * float(np.clip(sensitivity, 0.0, 1.0))
    local = median_filter(values, size=around, mode="constant")
    local = local + 0.5 * uniform_filter1d(values, size=around, mode="constant")
    is_peak = values == maximum_filter1d(values, size=2 * gap + 1, mode="nearest")
    frames = np.flatnonzero(is_peak & (values > local + height))
    keep = np.diff(frames, prepend=-gap - 1) > gap
    return frames[keep].astype(np.int64)


def loudest_channel_mix(audio: Audio) -> FloatArray:
    """Reduce a clip to one channel: the mean, or the loudest where the mean cancels.

    audio: float32, shape (channels, samples). Returns float32, shape (samples,).

    Where the mean keeps less than 5 % of the energy of the loudest channel (opposite
    polarity), that channel is taken instead, so that such a clip is not heard as silence.
    """
    first: FloatArray = audio[0]
    if audio.shape[0] == 1 or audio.shape[1] == 0:
        return first
    mean: FloatArray = np.asarray(audio.mean(axis=0), np.float32)
    energies = np.einsum("cs,cs->c", audio, audio)
    loudest = int(np.argmax(energies))
    if float(mean @ mean) < 0.05 * float(energies[loudest]):
        chosen: FloatArray = audio[loudest]
        return chosen
    return mean


def _band_levels(magnitude: FloatArray, freqs_hz: FloatArray) -> tuple[FloatArray, int]:
    """Levels of log-spaced bands in 0..1 (0 is the floor), and how many lie below 200 Hz."""
    step_hz = float(freqs_hz[1] - freqs_hz[0])
    top_hz = min(16_000.0, float(freqs_hz[-1]))
    edges_hz = np.concatenate([[0.6 * step_hz], np.geomspace(60.0, top_hz, BANDS)])
    edges = np.unique(np.searchsorted(freqs_hz, edges_hz))
    edges = edges[edges < magnitude.shape[0]]
    widths = np.diff(np.append(edges, np.searchsorted(freqs_hz, top_hz) + 1))[:-1]
    power = np.add.reduceat(np.square(magnitude), edges, axis=0)[:-1] / widths[:, None]
    lows = int(np.count_nonzero(freqs_hz[edges[1:]] <= 200.0))
    peak = float(power.max())
    if peak <= 0.0:
        return np.zeros(power.shape, np.float32), max(1, lows)
    levels_db = 10.0 * np.log10(power / peak + 10.0 ** (-FLOOR_DB / 10.0))
    levels: FloatArray = (1.0 + levels_db / FLOOR_DB).astype(np.float32)
    return levels, max(1, lows)


def _scaled(values: FloatArray) -> FloatArray:
    peak = float(values.max())
    return values / np.float32(peak) if peak > 1e-6 else np.zeros_like(values)


def _energy(audio: Audio) -> FloatArray:
    energy: FloatArray = np.einsum("cs,cs->s", audio, audio)
    return energy


def _coarse_magnitude(mono: FloatArray) -> FloatArray:
    """Magnitudes of centred windows, shape (bins, frames)."""
    half = _COARSE_WINDOW // 2
    padded = np.pad(mono, (half, half + _COARSE_HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _COARSE_WINDOW)[::_COARSE_HOP]
    window = np.hanning(_COARSE_WINDOW).astype(np.float32)
    magnitude: FloatArray = np.abs(np.fft.rfft(frames * window, axis=1)).astype(np.float32).T
    return magnitude


def _refine(
    energy: FloatArray, rough_s: NDArray[np.float64], sample_rate: int
) -> NDArray[np.float64]:
    """Move rough times to where the energy starts to climb to its peak nearby."""
    step = max(1, round(_ENVELOPE_S * sample_rate))
    whole = energy.size // step * step
    envelope = np.sqrt(energy[:whole].reshape(-1, step).mean(axis=1))
    rate = sample_rate / step
    back, ahead = round(_LOOK_BACK_S * rate), round(_LOOK_AHEAD_S * rate)
    times = []
    for rough in np.rint(rough_s * rate).astype(int):
        start, stop = max(0, rough - back), min(envelope.size, rough + ahead + 1)
        if stop <= start:
            continue
        block = envelope[start:stop]
        rise = np.diff(block, prepend=0.0 if start == 0 else block[0])
        steepest = int(np.argmax(rise))
        top = float(block[steepest : steepest + 2 * ahead].max())
        foot = float(block[: steepest + 1].min())
        limit = foot + _ATTACK_SHARE * (top - foot)
        below = np.flatnonzero(block[: steepest + 1] <= limit)
        times.append((start + (int(below[-1]) + 1 if below.size else 0)) / rate)
    return np.unique(np.asarray(times, np.float64))
