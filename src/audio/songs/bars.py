"""Bars of a song: which beats are downbeats, by kicks and by where harmony changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.songs.onsets import FRAME_RATE, SongOnsets

METRES = (4, 3)
_OTHER_METRE_COST = 0.35
_CHROMA_WINDOW_S = 0.37
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 1_800.0
_HARMONY_WEIGHT, _LOW_WEIGHT, _SPECTRUM_WEIGHT = 1.0, 0.7, 0.4

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Bars:
    """The bars of a song.

    downbeats: indices into the beats; beats_per_bar: 3 or 4
    clarity: how far the chosen phase stands out, in standard deviations of the evidence
    """

    downbeats: NDArray[np.int64]
    beats_per_bar: int
    clarity: float


def beat_chroma(low: NDArray[np.float32], beats_s: Values, *, rate: int) -> Values:
    """Chroma between each beat and the next, shape (beats, 12), each of length 1 or silent.

    low: float32, shape (samples,), at a low rate
    """
    size = round(_CHROMA_WINDOW_S * rate)
    freqs = fft.rfftfreq(size, 1.0 / rate)
    used = (freqs >= _LOWEST_HZ) & (freqs <= _HIGHEST_HZ)
    classes = np.round(12.0 * np.log2(np.maximum(freqs, 1.0) / 440.0) + 9).astype(int)[used] % 12
    fold = np.zeros((12, int(used.sum())))
    fold[classes, np.arange(classes.size)] = 1.0
    padded = np.pad(low, (size // 2, size))
    ends = np.append(beats_s[1:], beats_s[-1:] + np.median(np.diff(beats_s)))
    chroma = np.zeros((beats_s.size, 12))
    window = np.hanning(size)
    for share in (0.35, 0.65):
        middles = ((1.0 - share) * beats_s + share * ends) * rate
        starts = np.clip(np.round(middles).astype(int), 0, padded.size - size)
        magnitude = np.abs(fft.rfft(padded[starts[:, None] + np.arange(size)] * window, axis=1))
        chroma += np.sqrt(magnitude[:, used]) @ fold.T
    chroma -= chroma.min(axis=1, keepdims=True)
    unit: Values = chroma / (np.linalg.norm(chroma, axis=1, keepdims=True) + 1e-9)
    return unit


def find_bars(onsets: SongOnsets, beats_s: Values, chroma: Values) -> Bars | None:
    """Find the downbeats among a song's beats. None for fewer than eight beats."""
    if beats_s.size < 8:
        return None
    evidence = (
        _HARMONY_WEIGHT * _standard(_change(chroma))
        + _LOW_WEIGHT * _standard(_around(onsets.low, beats_s))
        + _SPECTRUM_WEIGHT * _standard(_change(_levels_after(onsets.levels_db, beats_s)))
    )
    rated = []
    for metre in METRES:
        means = np.array([evidence[phase::metre].mean() for phase in range(metre)])
        clarity = float(means.max() - np.delete(means, int(np.argmax(means))).mean())
        cost = 0.0 if metre == METRES[0] else _OTHER_METRE_COST
        rated.append((clarity - cost, clarity, metre, int(np.argmax(means))))
    _, clarity, metre, phase = max(rated)
    return Bars(np.arange(phase, beats_s.size, metre), metre, clarity)


def _change(features: Values) -> Values:
    """Measure how far each beat's features lie from those of the beat before, shape (beats,)."""
    steps = np.linalg.norm(np.diff(features, axis=0), axis=1)
    return np.concatenate([steps[:1] * 0.0, steps])


def _around(curve: Values, beats_s: Values) -> Values:
    """Highest value of a curve within 50 ms of each beat."""
    middle = np.round(beats_s * FRAME_RATE).astype(int)
    reach = np.arange(-5, 6)
    highest: Values = curve[np.clip(middle[:, None] + reach, 0, curve.size - 1)].max(axis=1)
    return highest


def _levels_after(levels_db: Values, beats_s: Values) -> Values:
    """Mean level of each band from a beat to the next, shape (beats, bands)."""
    total = np.cumsum(np.pad(levels_db, ((0, 0), (1, 0))), axis=1)
    starts = np.clip(np.round(beats_s * FRAME_RATE).astype(int), 0, levels_db.shape[1] - 1)
    ends = np.clip(np.append(starts[1:], levels_db.shape[1]), starts + 1, levels_db.shape[1])
    means: Values = ((total[:, ends] - total[:, starts]) / (ends - starts)).T
    return means


def _standard(values: Values) -> Values:
    spread = float(values.std())
    standard: Values = (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
    return np.clip(standard, -3.0, 3.0)


def bar_features(onsets: SongOnsets, beats_s: Values, chroma: Values, bars: Bars) -> Values:
    """Describe each bar by its mean levels and chroma, shape (bars, 15 + 12)."""
    levels = _levels_after(onsets.levels_db, beats_s[bars.downbeats]) / 20.0
    groups = np.split(chroma, bars.downbeats[1:])
    groups[0] = groups[0][bars.downbeats[0] :]
    tonal = np.stack([group.mean(axis=0) for group in groups])
    features: Values = np.concatenate([levels, 1.5 * tonal], axis=1)
    return features
