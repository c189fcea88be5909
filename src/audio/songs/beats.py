"""Beats of a song: its tempo laid out as a phase, and where in the phase its beats lie.

The tempo curve gives how many beats have gone by at any moment, up to a shift. Onsets of some
seconds are folded onto one beat and rate every shift: beats and eighths should begin with onsets,
and beats more than the eighths between them with kicks. The likeliest path of shifts is found
(Viterbi), on which a drift is cheap and a jump, such as to the off-beat, has its price. Folding
over several beats keeps syncopated bars from pulling the beat along.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from src.audio.songs.onsets import FRAME_RATE, LARGEST_RISE_DB, LOW_BANDS, SongOnsets, evened
from src.audio.songs.tempo_curve import TempoCurve

BINS = 48
"""Parts of a beat in which its place is looked for."""

_WINDOW_S, _HOP_S = 6.0, 1.0
_SMOOTH_S = 0.012
_EIGHTHS, _SIXTEENTHS = 0.6, 0.2
_PULSE, _PARITY = 3.0, 2.0
_DRIFT_BINS, _DRIFT_COST, _JUMP_COST = 3, 0.12, 80.0
_SNAP_S = 0.03

Values = NDArray[np.float64]


def track_beats(onsets: SongOnsets, tempo: TempoCurve) -> Values:
    """Find the times of a song's beats in seconds, rising."""
    times_s = np.arange(onsets.strength.size) / FRAME_RATE
    phase = np.cumsum(tempo.at(times_s)) / 60.0 / FRAME_RATE
    moments, ratings = _shift_ratings(onsets, phase)
    path = _likeliest_shifts(ratings)
    shift = np.interp(
        times_s, moments / FRAME_RATE, np.unwrap(2 * np.pi * path / BINS) / (2 * np.pi)
    )
    count = np.maximum.accumulate(phase - shift)
    first, last = int(np.ceil(count[0])), int(np.floor(count[-1]))
    beats = np.interp(np.arange(first, last + 1), count, times_s)
    return _snapped(beats, onsets.strength)


def _shift_ratings(onsets: SongOnsets, phase: Values) -> tuple[Values, Values]:
    """Rate each shift in each window: middles in frames, and ratings (windows, bins)."""
    pulse = onsets.strength + 0.5 * onsets.low
    beat = _beat_evidence(onsets)
    bins = np.floor((phase % 1.0) * BINS).astype(int) % BINS
    size, hop = round(_WINDOW_S * FRAME_RATE), round(_HOP_S * FRAME_RATE)
    middles = np.arange(0, phase.size, hop)
    ratings = np.zeros((middles.size, BINS))
    for row, middle in enumerate(middles):
        part = slice(max(middle - size // 2, 0), middle + size // 2)
        spread = (
            _SMOOTH_S
            * BINS
            * (phase[part][-1] - phase[part][0])
            * FRAME_RATE
            / max(phase[part].size, 1)
        )
        folded = [_folded(curve[part], bins[part], spread) for curve in (pulse, beat)]
        ratings[row] = _PULSE * _pulse_rating(folded[0]) + _PARITY * (
            folded[1] - np.roll(folded[1], BINS // 2)
        )
    return middles.astype(np.float64), ratings


def _folded(curve: Values, bins: NDArray[np.int64], spread: float) -> Values:
    """Mean of a curve in each part of a beat, shape (bins,)."""
    sums = np.bincount(bins, curve, minlength=BINS)
    counts = np.bincount(bins, minlength=BINS)
    means = sums / np.maximum(counts, 1)
    smooth: Values = gaussian_filter1d(means, max(spread, 0.7), mode="wrap")
    return smooth


def _pulse_rating(profile: Values) -> Values:
    """Rate how well beats, eighths and sixteenths from each shift on meet onsets."""
    quarter = BINS // 4
    rating: Values = profile - profile.mean()
    sixteenths = np.roll(rating, quarter) + np.roll(rating, -quarter)
    both: Values = rating + _EIGHTHS * np.roll(rating, BINS // 2) + _SIXTEENTHS * sixteenths
    return both


def _beat_evidence(onsets: SongOnsets) -> Values:
    """Curve of what begins on beats rather than between them: kicks, bass, attacks of air."""
    levels = onsets.levels_db
    rise = np.clip(np.diff(levels, axis=1, prepend=levels[:, :1]), 0.0, LARGEST_RISE_DB)
    reach = round(0.08 * FRAME_RATE)
    total = np.cumsum(np.pad(levels[:LOW_BANDS].mean(axis=0), (reach + 1, reach), mode="edge"))
    after = total[2 * reach :] - total[reach:-reach]
    before = total[reach:-reach] - total[: -2 * reach]
    swell = np.maximum(after - before, 0.0)[: levels.shape[1]] / reach
    curve: Values = (
        evened(swell) + evened(rise[:2].mean(axis=0)) + 0.5 * evened(rise[-2:].mean(axis=0))
        + 0.3 * onsets.strength
    )  # fmt: skip
    return curve


def _likeliest_shifts(ratings: Values) -> NDArray[np.int64]:
    """Path of shifts through the windows (Viterbi). ratings: shape (windows, bins)"""
    best, came_from = ratings[0].copy(), np.zeros(ratings.shape, np.int64)
    indices = np.arange(BINS)
    for window in range(1, len(ratings)):
        leader = int(np.argmax(best))
        chosen, reached = np.full(BINS, leader), np.full(BINS, best[leader] - _JUMP_COST)
        for step in range(-_DRIFT_BINS, _DRIFT_BINS + 1):
            source = (indices - step) % BINS
            drifted = best[source] - _DRIFT_COST * abs(step)
            better = drifted > reached
            reached, chosen = np.where(better, drifted, reached), np.where(better, source, chosen)
        best, came_from[window] = reached + ratings[window], chosen
    path = np.zeros(len(ratings), np.int64)
    path[-1] = int(np.argmax(best))
    for window in range(len(ratings) - 1, 0, -1):
        path[window - 1] = came_from[window, path[window]]
    return path


def _snapped(beats_s: Values, strength: Values) -> Values:
    """Move beats towards the onset nearby, by at most 30 ms."""
    reach = round(_SNAP_S * FRAME_RATE)
    frames = np.round(beats_s * FRAME_RATE).astype(int)
    around = np.clip(frames[:, None] + np.arange(-reach, reach + 1), 0, strength.size - 1)
    weights = np.square(strength[around]) + 1e-3
    centre = (weights * np.arange(-reach, reach + 1)).sum(axis=1) / weights.sum(axis=1)
    moved: Values = np.sort(np.maximum(beats_s + centre / FRAME_RATE, 0.0))
    return moved
