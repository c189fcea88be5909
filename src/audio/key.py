"""Key of loops, from the tones that sound.

Peaks of long spectra lose what is likely an overtone of a lower peak, and are folded onto
twelve pitch classes after the clip's own tuning is found. The chroma is compared with
profiles of the 24 keys; what the lowest voice plays counts extra, since a bass rests on its
tonic.

Sources: harmonic pitch class profiles (Gómez 2006); profiles fitted to electronic dance
music (Faraldo, Gómez, Jordà and Herrera 2016).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

LOWEST_HZ, HIGHEST_HZ = 50.0, 2_600.0
_WINDOW_S = 0.68
_MAX_FRAMES = 64
_PEAKS_PER_FRAME = 24
_LOUDNESS_POWER = 0.2
_OVERTONES = 12.0 * np.log2(np.array([3.0, 5.0, 6.0, 7.0, 9.0, 10.0, 12.0]))
"""Where overtones other than octaves lie above their note, in semitones."""

_OVERTONE_SHARE = 0.85
_LOW_WEIGHT = 0.4
_TEMPERATURE = 0.1

_MAJOR = (1.00, 0.29, 0.50, 0.40, 0.60, 0.56, 0.32, 0.80, 0.31, 0.45, 0.42, 0.39)
_MINOR = (1.00, 0.31, 0.44, 0.58, 0.33, 0.49, 0.29, 0.78, 0.43, 0.29, 0.53, 0.32)

Mono = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Chroma:
    """How much sounds on each pitch class, 0 is C.

    all: shape (12,), sums to 1, or all 0 where nothing tonal sounds
    low: the same of the lowest voice
    tuning: deviation from 440 Hz in semitones, -0.5..0.5
    clarity: 0..1; share of the peaks' energy that lies close to the tuned semitones
    """

    all: Values
    low: Values
    tuning: float
    clarity: float


@dataclass(frozen=True)
class KeyEstimate:
    """A key by its tonic's pitch class and mode, with a confidence in 0..1.

    scores: of all 24 keys, majors by pitch class first, then minors; sum to 1
    """

    tonic: int
    minor: bool
    confidence: float
    scores: Values


def chroma_of(low: Mono, *, rate: int) -> Chroma:
    """Chroma of a clip at a low sample rate (see pitch.low_rate).

    low: float32, shape (samples,). Silence and an empty clip give zeros.
    """
    magnitude, freqs = _long_spectra(low, rate)
    midi, loudness = _peaks(magnitude, freqs)
    if not loudness.any():
        return Chroma(np.zeros(12), np.zeros(12), 0.0, 0.0)
    weights = _without_overtones(midi, loudness)
    mean_turn = (np.exp(2j * np.pi * midi) * weights).sum() / weights.sum()
    tuning = float(np.angle(mean_turn) / (2.0 * np.pi))
    lowest = _lowest_voice(midi, loudness)
    return Chroma(
        all=_folded(midi - tuning, weights),
        low=_folded(midi - tuning, np.where(lowest, loudness, 0.0)),
        tuning=tuning,
        clarity=float(np.abs(mean_turn)),
    )


def estimate_key(chroma: Chroma, melody: Values | None = None) -> KeyEstimate | None:
    """The key whose profile is most like the chroma. None where nothing tonal sounds.

    melody: shape (12,), sums to at most 1: what a single voice plays (pitch.melody_chroma)
    """
    if float(chroma.all.sum()) <= 0.0:
        return None
    likeness = np.concatenate([_correlations(chroma.all, mode) for mode in (_MAJOR, _MINOR)])
    voice = chroma.low if melody is None else 0.5 * (chroma.low + melody)
    likeness = likeness + _LOW_WEIGHT * np.tile(voice, 2)
    odds = np.exp((likeness - likeness.max()) / _TEMPERATURE)
    scores = odds / odds.sum()
    best = int(np.argmax(scores))
    clear = min(1.0, chroma.clarity / 0.5)
    return KeyEstimate(best % 12, best >= 12, float(scores[best]) * (0.4 + 0.6 * clear), scores)


def _long_spectra(low: Mono, rate: int) -> tuple[NDArray[np.float32], Values]:
    """Magnitudes of long Blackman frames, shape (frames, bins); at most 64 over the clip."""
    length = fft.next_fast_len(int(_WINDOW_S * rate), real=True)
    padded = np.pad(low, (0, max(0, length - low.size)))
    starts = np.arange(0, padded.size - length + 1, length // 3)
    if starts.size > _MAX_FRAMES:
        starts = starts[np.linspace(0, starts.size - 1, _MAX_FRAMES).round().astype(int)]
    frames = padded[starts[:, None] + np.arange(length)]
    spectra = fft.rfft(frames * _blackman(length), 2 * length, axis=1)
    freqs = fft.rfftfreq(2 * length, 1.0 / rate)
    wanted = (freqs >= LOWEST_HZ * 0.9) & (freqs <= HIGHEST_HZ)
    return np.abs(spectra[:, wanted]).astype(np.float32), freqs[wanted]


@cache
def _blackman(length: int) -> NDArray[np.float32]:
    return np.blackman(length).astype(np.float32)


def _peaks(magnitude: NDArray[np.float32], freqs: Values) -> tuple[Values, Values]:
    """The 24 strongest peaks of every frame: MIDI numbers and loudness, both (frames, 24).

    Loudness is compressed, so that quiet voices count too; places without a peak have 0.
    """
    loudest = float(magnitude.max()) if magnitude.size else 0.0
    if loudest <= 0.0:
        return np.zeros((0, 1)), np.zeros((0, 1))
    inner = magnitude[:, 1:-1]
    is_peak = (inner > magnitude[:, :-2]) & (inner >= magnitude[:, 2:]) & (inner > 0.003 * loudest)
    strengths, places = _side_by_side(is_peak, inner)
    strongest = np.argpartition(strengths, -_PEAKS_PER_FRAME, axis=1)[:, -_PEAKS_PER_FRAME:]
    place = np.take_along_axis(places, strongest, axis=1)
    found = np.take_along_axis(strengths, strongest, axis=1).astype(np.float64)
    before, here, after = (
        np.log(np.take_along_axis(magnitude, place + k, axis=1).astype(np.float64) + 1e-12)
        for k in (0, 1, 2)
    )
    curve = before - 2.0 * here + after
    shift = 0.5 * (before - after) / np.where(curve < -1e-9, curve, -1.0)
    hertz = freqs[place + 1] + np.clip(shift, -0.5, 0.5) * (freqs[1] - freqs[0])
    return 69.0 + 12.0 * np.log2(hertz / 440.0), (found / loudest) ** _LOUDNESS_POWER


def _side_by_side(
    is_peak: NDArray[np.bool_], heights: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The peaks of each frame moved to its left: heights and places, then zeros.

    Of a thousand bins few are peaks; looking for the strongest among those only is faster.
    """
    frames, bins = np.nonzero(is_peak)
    counts = is_peak.sum(axis=1)
    before = np.cumsum(counts) - counts
    column = np.arange(frames.size) - before[frames]
    shape = (len(heights), max(_PEAKS_PER_FRAME, int(counts.max())))
    strengths, places = np.zeros(shape, np.float32), np.zeros(shape, np.intp)
    strengths[frames, column] = heights[frames, bins]
    places[frames, column] = bins
    return strengths, places


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


@cache
def _centred_profiles(profile: tuple[float, ...]) -> Values:
    """The profile on each of the twelve tonics, less its mean, shape (12, 12)."""
    rows = np.stack([np.roll(profile, tonic) for tonic in range(12)])
    centred: Values = rows - rows.mean(axis=1, keepdims=True)
    return centred


def _correlations(chroma: Values, profile: tuple[float, ...]) -> Values:
    """Pearson correlation of a chroma with a profile on each of the twelve tonics."""
    rows = _centred_profiles(profile)
    centred = chroma - chroma.mean()
    norms = np.linalg.norm(rows, axis=1) * max(float(np.linalg.norm(centred)), 1e-12)
    likeness: Values = rows @ centred / norms
    return likeness
