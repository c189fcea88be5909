"""Measuring the beat grid of a finished file: how far its tempo and beats lie from a plan's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.validation import Audio

HOP_SAMPLES = 96
"""Step of the onset curve: 2 ms at 48 kHz."""

HARMONICS = (1, 2, 4)
"""The grid is looked for in beats, eighths and sixteenths; the clearest is taken."""

WINDOW_BEATS = 16.0
CLEAR = 0.12
"""Below this coherence there is no beat to be measured (an ambient track, say)."""

SURE_BPM = 0.03
"""A tempo whose standard error is larger is not claimed: the onsets do not keep one."""

_SMOOTH = np.ones(3) / 3.0
_FLOOR = 1e-3
_LAG_STEPS = 5
_LEAST_RISE_DB = 4.0

Curve = NDArray[np.float64]


@dataclass(frozen=True)
class BeatGrid:
    """What the file's onsets say.

    bpm_error: its tempo minus the plan's, by regression of the phase over time
    offset_ms: mean place of the onsets against the grid (the attack's own rise included)
    spread_ms: how far single windows lie from the line, median absolute deviation
    bpm_uncertainty: standard error of the regression's slope, in BPM
    coherence: 0..1, how clearly there is a grid at all; below CLEAR nothing is claimed
    """

    bpm_error: float
    offset_ms: float
    spread_ms: float
    bpm_uncertainty: float
    coherence: float

    @property
    def clear(self) -> bool:
        """Whether there is a beat that can be measured."""
        return self.coherence >= CLEAR and self.bpm_uncertainty <= SURE_BPM


def beat_grid(audio: Audio, *, sample_rate: int, bpm: float) -> BeatGrid:
    """Compare a file's onsets with a grid that starts at sample 0.

    audio: shape (channels, samples)

    The onset curve is multiplied by a turning phasor at the tempo of the plan (or its
    eighths, sixteenths) and summed over windows of 16 beats. A wrong tempo makes the
    windows' phases drift, and the slope of that drift is the error: a drift of 1 ms over a
    whole track shows. It is the phase method of frequency estimation (S. Kay, 1989).
    """
    curve = onset_curve(audio, sample_rate=sample_rate)
    times = (np.arange(curve.size) + 0.5) * HOP_SAMPLES / sample_rate
    measured = [_grid(curve, times, bpm, harmonic) for harmonic in HARMONICS]
    return max(measured, key=lambda grid: (grid.clear, grid.coherence))


def onset_curve(audio: Audio, *, sample_rate: int) -> Curve:
    """How suddenly the level rises, in steps of 2 ms, shape (steps,).

    Summed over three bands (below 150 Hz, to 2 kHz, above), each in dB so that a kick
    counts as much as a hat. Rises of less than 4 dB in 10 ms are no hits and count nothing.
    """
    from scipy.signal import butter, sosfilt

    mono = audio.mean(axis=0, dtype=np.float64)
    bands = (
        butter(2, 150.0, "lowpass", fs=sample_rate, output="sos"),
        butter(2, (150.0, 2_000.0), "bandpass", fs=sample_rate, output="sos"),
        butter(2, 2_000.0, "highpass", fs=sample_rate, output="sos"),
    )
    steps = mono.size // HOP_SAMPLES
    total = np.zeros(steps)
    for band in bands:
        squares = np.asarray(sosfilt(band, mono))[: steps * HOP_SAMPLES] ** 2
        power = np.convolve(squares.reshape(steps, HOP_SAMPLES).mean(axis=1), _SMOOTH, "same")
        level = 10.0 * np.log10(power + np.percentile(power, 99) * _FLOOR + 1e-12)
        rise = level[_LAG_STEPS:] - level[:-_LAG_STEPS]
        total[_LAG_STEPS:] += np.maximum(rise - _LEAST_RISE_DB, 0.0) ** 2
    return total


def _grid(curve: Curve, times: Curve, bpm: float, harmonic: int) -> BeatGrid:
    frequency = bpm / 60.0 * harmonic
    turned = curve * np.exp(-2j * np.pi * frequency * times)
    size = max(1, round(WINDOW_BEATS * 60.0 / bpm * curve.size / max(times[-1], 1e-9)))
    windows = curve.size // size
    if windows < 3:
        return _no_grid(0.0)
    sums = turned[: windows * size].reshape(windows, size).sum(axis=1)
    energy = curve[: windows * size].reshape(windows, size).sum(axis=1) + 1e-12
    coherences = np.abs(sums) / energy
    clear = coherences >= CLEAR
    if clear.sum() < 3:
        return _no_grid(float(np.median(coherences)))
    middles = (np.flatnonzero(clear) + 0.5) * size * times[-1] / curve.size
    phases = np.unwrap(np.angle(sums[clear]))
    slope, start = np.polyfit(middles, phases, 1, w=np.abs(sums[clear]))
    rest = phases - (slope * middles + start)
    spread = np.sqrt((rest**2).sum() / max(1, rest.size - 2))
    slope_error = spread / np.sqrt(((middles - middles.mean()) ** 2).sum())
    to_ms = 1000.0 / (2 * np.pi * frequency)
    return BeatGrid(
        bpm_error=float(slope / (2 * np.pi) * 60.0 / harmonic),
        offset_ms=float(-np.angle(sums[clear].sum()) * to_ms),
        spread_ms=float(np.median(np.abs(rest)) * to_ms),
        bpm_uncertainty=float(slope_error / (2 * np.pi) * 60.0 / harmonic),
        coherence=float(np.median(coherences[clear])),
    )


def _no_grid(coherence: float) -> BeatGrid:
    nan = float("nan")
    return BeatGrid(nan, nan, nan, float("inf"), coherence)
