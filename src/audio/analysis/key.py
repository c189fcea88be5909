"""Key of loops, from the tones that sound.

Peaks of long spectra that stand clear of the noise around them lose what is likely an overtone
of a lower peak, and are folded onto twelve pitch classes after the clip's own tuning is found.
What sounds in all, what the lowest voice plays and what a single voice plays then speak for
each of the 24 keys (key_model).

Sources: harmonic pitch class profiles (Gómez 2006); an own profile for each voice instead of
published ones, since those are of songs (Faraldo, Gómez, Jordà and Herrera 2016).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.key_model import key_views, log_posterior, log_prior

LOWEST_HZ, HIGHEST_HZ = 50.0, 2_600.0
_WINDOW_S = 0.68
_MAX_FRAMES = 64
_PEAKS_PER_FRAME = 24
_LOUDNESS_POWER = 0.3
_CLEAR_NEPERS = (1.5, 3.5)
"""A peak this far above the mean level around it counts not at all, or fully."""

_AROUND = 48
"""How many bins to each side that mean is taken over."""

_OVERTONES = 12.0 * np.log2(np.array([3.0, 5.0, 6.0, 7.0, 9.0, 10.0, 12.0]))
"""Where overtones other than octaves lie above their note, in semitones."""

_OVERTONE_SHARE = 0.85
_TONAL = 0.1
"""Frames whose peaks weigh less than this on average hold less than a quiet, seldom note."""

_LEAST_TONAL = 0.05
Mono = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Chroma:
    """How much sounds on each pitch class, 0 is C.

    all: shape (12,), sums to 1; to less where hardly anything tonal sounds, 0 in silence
    low: the same of the lowest voice
    tuning: deviation from 440 Hz in semitones, -0.5..0.5
    clarity: 0..1; share of the peaks that lies close to the tuned semitones, lower where
        hardly anything tonal sounds
    """

    all: Values
    low: Values
    tuning: float
    clarity: float


@dataclass(frozen=True)
class KeyEstimate:
    """A key by its tonic's pitch class and mode.

    confidence: 0..1, the chance that it is exactly this key
    scores: probability of all 24 keys, majors by pitch class first, then minors; sum to 1
    log_likelihood: shape (24,); natural logarithm of how well each key explains the sound, up
        to a constant: scores without the prior. Of several clips in one key these add up;
        clips of one kit are alike, so add less than the sum.
    """

    tonic: int
    minor: bool
    confidence: float
    scores: Values
    log_likelihood: Values


def chroma_of(low: Mono, *, rate: int) -> Chroma:
    """Chroma of a clip at a low sample rate (see pitch.low_rate).

    low: float32, shape (samples,). Silence and an empty clip give zeros.
    """
    magnitude, freqs = _long_spectra(low, rate)
    midi, loudness = _peaks(magnitude, freqs)
    if not loudness.any():
        return Chroma(np.zeros(12), np.zeros(12), 0.0, 0.0)
    weights = _without_overtones(midi, loudness)
    tonal = min(1.0, float(weights.sum()) / (_TONAL * len(weights)))
    mean_turn = (np.exp(2j * np.pi * midi) * weights).sum() / weights.sum()
    tuning = float(np.angle(mean_turn) / (2.0 * np.pi))
    lowest = _lowest_voice(midi, loudness)
    return Chroma(
        all=tonal * _folded(midi - tuning, weights),
        low=tonal * _folded(midi - tuning, np.where(lowest, loudness, 0.0)),
        tuning=tuning,
        clarity=tonal * float(np.abs(mean_turn)),
    )


def estimate_key(chroma: Chroma, melody: Values | None = None) -> KeyEstimate | None:
    """Estimate the likeliest key. None where nothing tonal sounds.

    melody: shape (12,), sums to at most 1: what a single voice plays (pitch.melody_chroma);
        without it what the lowest voice plays
    """
    voice = chroma.low if melody is None else melody
    if float(chroma.all.sum()) + float(voice.sum()) <= _LEAST_TONAL:
        return None
    believed = log_posterior(key_views(chroma.all, chroma.low, voice))
    scores = np.exp(believed)
    best = int(np.argmax(scores))
    return KeyEstimate(
        best % 12, best >= 12, float(scores[best]), scores, log_likelihood=believed - log_prior()
    )


def _long_spectra(low: Mono, rate: int) -> tuple[NDArray[np.float32], Values]:
    """Magnitudes of long Blackman frames, shape (frames, bins); at most 64 over the clip."""
    length = fft.next_fast_len(int(_WINDOW_S * rate), real=True)
    padded = np.pad(low, (0, max(0, length - low.size)))
    starts = np.arange(0, padded.size - length + 1, length // 3)
    if starts.size > _MAX_FRAMES:
        starts = starts[np.linspace(0, starts.size - 1, _MAX_FRAMES).round().astype(int)]
    frames = padded[starts[:, None] + np.arange(length)]
    spectra = fft.rfft(frames * _blackman(length), axis=1)
    freqs = fft.rfftfreq(length, 1.0 / rate)
    requested = (freqs >= LOWEST_HZ * 0.9) & (freqs <= HIGHEST_HZ)
    return np.abs(spectra[:, requested]).astype(np.float32), freqs[requested]


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


def _folded(midi: Values, weights: Values) -> Values:
    """Peaks folded onto pitch classes; between two semitones they count less."""
    nearest = np.round(midi)
    closeness = np.square(np.cos(np.pi * (midi - nearest)))
    classes = nearest.astype(int) % 12
    chroma = np.bincount(classes.ravel(), (weights * closeness).ravel(), minlength=12)
    total = float(chroma.sum())
    shares: Values = chroma / max(total, 1e-12)
    return shares


def _lowest_voice(midi: Values, loudness: Values) -> NDArray[np.bool_]:
    """Marks the lowest strong peak of every frame."""
    strong = (loudness > 0.0) & (loudness >= 0.76 * loudness.max(axis=1, keepdims=True))
    lowest = np.where(strong, midi, np.inf).argmin(axis=1)
    marks: NDArray[np.bool_] = np.zeros(loudness.shape, np.bool_)
    marks[np.arange(len(lowest)), lowest] = True
    marks &= strong
    return marks
