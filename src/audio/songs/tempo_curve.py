"""Tempo of a song over its whole length, as a path that may drift and may jump.

A Fourier comb over windows of the onset strength rates every tempo at every moment; one octave is
chosen for the whole song, then the likeliest path is found (Viterbi), on which drift is cheap and
a jump has its price.

Sources: Fourier tempogram (Grosche and Müller 2011); log-normal prior (Ellis 2007).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.songs.onsets import FRAME_RATE, SongOnsets

SLOWEST_BPM, FASTEST_BPM = 45.0, 230.0
STEPS_PER_OCTAVE = 96
"""A step is 0.7 %."""

WINDOW_S, HOP_S = 10.0, 1.0
USUAL_BPM, USUAL_SPREAD = 118.0, 0.55
HARMONICS = {1: 1.0, 2: 0.8, 3: 0.35, 4: 0.5}
_DRIFT_STEPS = 2
_DRIFT_COST = 0.15
_JUMP_COST = 3.0
_CONTRAST = 6.0

Values = NDArray[np.float64]


@dataclass(frozen=True)
class TempoCurve:
    """Tempo at evenly spaced moments. bpm: shape (moments,); times_s: their middles"""

    times_s: Values
    bpm: Values

    def at(self, times_s: Values) -> Values:
        """Tempo at any times, between moments as a straight line."""
        moments: Values = np.interp(times_s, self.times_s, self.bpm)
        return moments


def tempo_grid() -> Values:
    """List the tempos that are rated, evenly spaced in octaves."""
    octaves = np.log2(FASTEST_BPM / SLOWEST_BPM)
    grid: Values = SLOWEST_BPM * 2.0 ** (
        np.arange(int(octaves * STEPS_PER_OCTAVE) + 1) / STEPS_PER_OCTAVE
    )
    return grid


def tempo_prior(bpm: Values) -> Values:
    """Rate how usual tempos are, as log odds."""
    prior: Values = -0.5 * np.square(np.log2(bpm / USUAL_BPM) / USUAL_SPREAD)
    return prior


def tempo_curve(onsets: SongOnsets) -> TempoCurve | None:
    """Follow the tempo of a song. None where hardly anything begins, or for under four seconds."""
    strength = onsets.strength + 0.5 * onsets.low
    if onsets.duration_s < 4.0 or float(strength.max(initial=0.0)) <= 0.0:
        return None
    times_s, ratings = _tempogram(strength)
    grid = tempo_grid()
    path = _likeliest_path(_CONTRAST * ratings + tempo_prior(grid))
    return TempoCurve(times_s, grid[path])


def _tempogram(strength: Values) -> tuple[Values, Values]:
    """Rate each tempo in each window: moments in seconds, and ratings (windows, tempos)."""
    grid = tempo_grid()
    size = min(round(WINDOW_S * FRAME_RATE), strength.size)
    hop = round(HOP_S * FRAME_RATE)
    half = size // 2
    padded = np.pad(strength, (half, half))
    starts = np.arange(0, strength.size, hop)
    window = np.hanning(size)
    blocks = np.stack([padded[start : start + size] for start in starts])
    blocks = (blocks - blocks.mean(axis=1, keepdims=True)) * window
    norm = np.sqrt(np.square(blocks).sum(axis=1, keepdims=True) * size) + 1e-9
    moments = np.arange(size) / FRAME_RATE
    ratings = np.zeros((starts.size, grid.size))
    for harmonic, weight in HARMONICS.items():
        turning = np.exp(-2j * np.pi * np.outer(moments, harmonic * grid / 60.0))
        ratings += weight * np.abs(blocks @ turning) / norm
    return starts / FRAME_RATE, ratings / (ratings.max(axis=1, keepdims=True) + 1e-9)


def _likeliest_path(scores: Values) -> NDArray[np.int64]:
    """Path of tempos through time. scores: log odds, shape (windows, tempos)"""
    moments, tempos = scores.shape
    best = scores[0].copy()
    came_from = np.zeros((moments, tempos), np.int64)
    indices = np.arange(tempos)
    for moment in range(1, moments):
        leader = int(np.argmax(best))
        chosen = np.full(tempos, leader)
        reached = np.full(tempos, best[leader] - _JUMP_COST)
        for step in range(-_DRIFT_STEPS, _DRIFT_STEPS + 1):
            source = np.clip(indices - step, 0, tempos - 1)
            drifted = best[source] - _DRIFT_COST * abs(step)
            better = drifted > reached
            reached, chosen = np.where(better, drifted, reached), np.where(better, source, chosen)
        best, came_from[moment] = reached + scores[moment], chosen
    path = np.zeros(moments, np.int64)
    path[-1] = int(np.argmax(best))
    for moment in range(moments - 1, 0, -1):
        path[moment - 1] = came_from[moment, path[moment]]
    return path
