"""Key of loops, from the tones that sound.

Peaks of long spectra that stand clear of the noise around them lose what is likely an overtone
of a lower peak, and are folded onto twelve pitch classes after the clip's own tuning is found.
What sounds in all, what the lowest voice plays and what a single voice plays then speak for
each of the 24 keys (key_model).

Sources: harmonic pitch class profiles (Gómez 2006); an own profile for each voice instead of
published ones, since those are of songs (Faraldo, Gómez, Jordà and Herrera 2016).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.harmony.tone_peaks import (
    blackman_spectra,
    folded,
    lowest_voice,
    tone_peaks,
)
from src.audio.analysis.key_model import key_views, log_posterior, log_prior

_WINDOW_S = 0.68
_MAX_FRAMES = 64
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
    peaks = tone_peaks(*_long_spectra(low, rate))
    if peaks.silent:
        return Chroma(np.zeros(12), np.zeros(12), 0.0, 0.0)
    tonal = min(1.0, float(peaks.weights.sum()) / (_TONAL * len(peaks.weights)))
    tuned = peaks.midi - peaks.tuning
    lowest = np.where(lowest_voice(peaks.midi, peaks.loudness), peaks.loudness, 0.0)
    return Chroma(
        all=tonal * _shares(folded(tuned, peaks.weights)),
        low=tonal * _shares(folded(tuned, lowest)),
        tuning=peaks.tuning,
        clarity=tonal * abs(peaks.turn),
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
    return blackman_spectra(padded, starts, length=length, rate=rate)


def _shares(chroma: Values) -> Values:
    """Chroma of all frames as shares of the whole."""
    total = chroma.sum(axis=0)
    shares: Values = total / max(float(total.sum()), 1e-12)
    return shares
