"""Peaks of long spectra: which tones sound, frame by frame.

Peaks that stand clear of the noise around them lose what is likely an overtone of a lower peak.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

LOWEST_HZ, HIGHEST_HZ = 50.0, 2_600.0
_PEAKS_PER_FRAME = 24
_LOUDNESS_POWER = 0.3
_CLEAR_NEPERS = (1.5, 3.5)
"""A peak this far above the mean level around it counts not at all, or fully."""

_AROUND = 48
"""How many bins to each side that mean is taken over."""

_OVERTONES = 12.0 * np.log2(np.array([3.0, 5.0, 6.0, 7.0, 9.0, 10.0, 12.0]))
"""Where overtones other than octaves lie above their note, in semitones."""

_OVERTONE_SHARE = 0.85
Mono = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True)
class TonePeaks:
    """The strongest peaks of each frame. All of shape (frames, peaks).

    midi: MIDI numbers, not rounded
    loudness: compressed and 0..1, so that quiet voices count too; 0 where there is no peak, or
        none that stands clear
    weights: loudness less what each peak may owe to a lower one of its frame
    """

    midi: Values
    loudness: Values
    weights: Values

    @property
    def silent(self) -> bool:
        """Whether nothing stands clear anywhere."""
        return not bool(self.loudness.any())

    @property
    def turn(self) -> complex:
        """Mean place between semitones as an angle, longer the more peaks agree on it."""
        turned = (np.exp(2j * np.pi * self.midi) * self.weights).sum()
        return complex(turned / self.weights.sum())

    @property
    def tuning(self) -> float:
        """Deviation from 440 Hz in semitones, -0.5..0.5."""
        return float(np.angle(self.turn) / (2.0 * np.pi))


def blackman_spectra(
    low: Mono, starts: NDArray[np.intp], *, length: int, rate: int
) -> tuple[NDArray[np.float32], Values]:
    """Magnitudes of the frames that begin at ``starts``, shape (frames, bins), and their Hz.

    low: float32, shape (samples,); holds every frame whole; length: of a frame in samples
    """
    frames = low[starts[:, None] + np.arange(length)]
    spectra = fft.rfft(frames * _blackman(length), axis=1)
    freqs = fft.rfftfreq(length, 1.0 / rate)
    requested = (freqs >= LOWEST_HZ * 0.9) & (freqs <= HIGHEST_HZ)
    return np.abs(spectra[:, requested]).astype(np.float32), freqs[requested]


def tone_peaks(magnitude: NDArray[np.float32], freqs: Values) -> TonePeaks:
    """Find the 24 strongest peaks of every frame.

    magnitude: shape (frames, bins); freqs: of the bins in Hz. Silence gives no peaks.
    """
    midi, loudness = _peaks(magnitude, freqs)
    weights = _without_overtones(midi, loudness) if loudness.any() else np.zeros_like(loudness)
    return TonePeaks(midi, loudness, weights)


def folded(midi: Values, weights: Values) -> Values:
    """Fold the peaks of each frame onto pitch classes, shape (frames, 12).

    Between two semitones they count less.
    """
    nearest = np.round(midi)
    closeness = np.square(np.cos(np.pi * (midi - nearest)))
    classes = nearest.astype(int) % 12 + 12 * np.arange(len(midi))[:, None]
    chroma = np.bincount(classes.ravel(), (weights * closeness).ravel(), minlength=12 * len(midi))
    return chroma.reshape(-1, 12).astype(np.float64)


def lowest_voice(midi: Values, loudness: Values) -> NDArray[np.bool_]:
    """Mark the lowest strong peak of every frame."""
    strong = (loudness > 0.0) & (loudness >= 0.76 * loudness.max(axis=1, keepdims=True))
    lowest = np.where(strong, midi, np.inf).argmin(axis=1)
    marks: NDArray[np.bool_] = np.zeros(loudness.shape, np.bool_)
    marks[np.arange(len(lowest)), lowest] = True
    marks &= strong
    return marks


@cache
def _blackman(length: int) -> NDArray[np.float32]:
    return np.blackman(length).astype(np.float32)


def _peaks(magnitude: NDArray[np.float32], freqs: Values) -> tuple[Values, Values]:
    """Find the 24 strongest peaks of every frame: MIDI numbers and loudness, both (frames, 24).

    Loudness is compressed, so that quiet voices count too, and falls to 0 for peaks that do
    not stand clear of their surroundings, as in noise; places without a peak have 0.
    """
    loudest = float(magnitude.max()) if magnitude.size else 0.0
    if loudest <= 0.0:
        return np.zeros((0, 1)), np.zeros((0, 1))
    inner = magnitude[:, 1:-1]
    is_peak = (inner > magnitude[:, :-2]) & (inner >= magnitude[:, 2:]) & (inner > 0.003 * loudest)
    strengths, positions = _side_by_side(is_peak, inner)
    strongest = np.argpartition(strengths, -_PEAKS_PER_FRAME, axis=1)[:, -_PEAKS_PER_FRAME:]
    position = np.take_along_axis(positions, strongest, axis=1)
    found = np.take_along_axis(strengths, strongest, axis=1).astype(np.float64)
    before, here, after = (
        np.log(np.take_along_axis(magnitude, position + k, axis=1).astype(np.float64) + 1e-12)
        for k in (0, 1, 2)
    )
    curve = before - 2.0 * here + after
    shift = 0.5 * (before - after) / np.where(curve < -1e-9, curve, -1.0)
    hertz = freqs[position + 1] + np.clip(shift, -0.5, 0.5) * (freqs[1] - freqs[0])
    least, full = _CLEAR_NEPERS
    above = here - _level_around(magnitude / np.float32(loudest), position) - np.log(loudest)
    clear = np.clip((above - least) / (full - least), 0.0, 1.0)
    return 69.0 + 12.0 * np.log2(hertz / 440.0), (found / loudest) ** _LOUDNESS_POWER * clear


def _level_around(magnitude: NDArray[np.float32], position: NDArray[np.intp]) -> Values:
    """Mean logarithm of the magnitudes (loudest 1) around places, from every fourth bin."""
    thinned = np.log(magnitude[:, ::4] + np.float32(1e-7)).astype(np.float64)
    summed = np.pad(np.cumsum(thinned, axis=1), ((0, 0), (1, 0)))
    first = np.clip(position // 4 - _AROUND // 4, 0, thinned.shape[1] - 1)
    last = np.clip(position // 4 + _AROUND // 4, 1, thinned.shape[1])
    total = np.take_along_axis(summed, last, axis=1) - np.take_along_axis(summed, first, axis=1)
    mean: Values = total / (last - first)
    return mean


def _side_by_side(
    is_peak: NDArray[np.bool_], heights: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Move the peaks of each frame to its left: heights and positions, then zeros.

    Of a thousand bins few are peaks; looking for the strongest among those only is faster.
    """
    frames, bins = np.nonzero(is_peak)
    counts = is_peak.sum(axis=1)
    before = np.cumsum(counts) - counts
    column = np.arange(frames.size) - before[frames]
    shape = (len(heights), max(_PEAKS_PER_FRAME, int(counts.max())))
    strengths, positions = np.zeros(shape, np.float32), np.zeros(shape, np.intp)
    strengths[frames, column] = heights[frames, bins]
    positions[frames, column] = bins
    return strengths, positions


def _without_overtones(midi: Values, loudness: Values) -> Values:
    """Loudness of the peaks, less what each may owe to a lower peak of its frame."""
    above = midi[:, :, None] - midi[:, None, :]
    owed = np.zeros_like(loudness)
    for interval in _OVERTONES:
        owner = np.where(np.abs(above - interval) < 0.4, loudness[:, None, :], 0.0)
        owed = np.maximum(owed, owner.max(axis=2))
    weights: Values = np.maximum(loudness - _OVERTONE_SHARE * owed, 0.05 * loudness)
    return weights
