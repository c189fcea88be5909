"""Where the beats of a generated clip really lie, near a tempo that was asked for.

A model drifts: its tempo is a little off, it begins late, its beats wander. All of it is read from
the onsets as phases of a known tempo (the mean resultant of circular statistics; Mardia 1972).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.onsets import onset_times_s
from src.audio.basics.validation import Audio

Times = NDArray[np.float64]

SEARCHED = 0.06
"""How far the tempo is looked for from the one asked for, as a share."""

LEAST_ONSETS = 8
"""Fewer tell no beat: a pad, or a riser."""

_HARMONICS = (1, 2, 4)
"""A beat, its halves and its quarters: whichever the onsets keep best."""

_ATTACK_S = 0.04
_AROUND_BEATS = 2.5


@dataclass(frozen=True)
class BeatGrid:
    """The beats of a clip.

    ratio: its tempo over the one asked for
    start_s: of the beat nearest to the clip's beginning, may be negative
    coherence: 0..1, how well the onsets keep to it; random ones reach some 0.3
    beats_s: of each beat within the clip, wandering with it; shape (beats,)
    """

    ratio: float
    start_s: float
    coherence: float
    beats_s: Times


def find_beats(audio: Audio, *, sample_rate: int, tempo_bpm: float) -> BeatGrid | None:
    """Find the beats of a clip that should have a tempo. None where hardly anything begins.

    audio: float32, shape (channels, samples)
    """
    times = onset_times_s(audio, sample_rate=sample_rate)
    if times.size < LEAST_ONSETS:
        return None
    weights = _loudness_after(audio, times, sample_rate)
    ratio = _best_ratio(times, weights, tempo_bpm)
    period_s = 60.0 / (tempo_bpm * ratio)
    resultants = [_resultant(times, weights, period_s / one) for one in _HARMONICS]
    best = int(np.argmax(np.abs(resultants)))
    start_s = _start(resultants, period_s)
    beats_s = _wandering(
        times, weights, start_s, period_s, _HARMONICS[best],
        duration_s=audio.shape[1] / sample_rate,
    )  # fmt: skip
    return BeatGrid(ratio, start_s, float(np.abs(resultants[best])), beats_s)


def grid_deviations_s(audio: Audio, *, sample_rate: int, tempo_bpm: float) -> Times:
    """Measure how far each onset of a clip lies from the nearest sixteenth, in seconds, signed."""
    times = onset_times_s(audio, sample_rate=sample_rate)
    step_s = 60.0 / tempo_bpm / 4.0
    deviations: Times = times - np.round(times / step_s) * step_s
    return deviations


def _loudness_after(audio: Audio, times: Times, sample_rate: int) -> Times:
    """Weigh each onset by the level of what follows it at once, so that a kick outweighs a tick."""
    length = round(_ATTACK_S * sample_rate)
    starts = (times * sample_rate).astype(np.int64)
    energies = [float(np.mean(audio[:, start : start + length] ** 2)) for start in starts]
    weights: Times = np.sqrt(np.asarray(energies)) + 1e-12
    return weights


def _resultant(times: Times, weights: Times, period_s: float) -> complex:
    """Return the weighted mean of the onsets' phases: its length says how alike they are."""
    turns = np.exp(2j * np.pi * times / period_s)
    return complex((weights * turns).sum() / weights.sum())


def _best_ratio(times: Times, weights: Times, tempo_bpm: float) -> float:
    """Search the tempo whose beats, halves and quarters the onsets keep best, coarse then fine."""
    best, width, count = 1.0, SEARCHED, 481
    for _ in range(2):
        ratios = np.linspace(best - width, best + width, count)
        scores = [_score(times, weights, 60.0 / (tempo_bpm * ratio)) for ratio in ratios]
        best = float(ratios[int(np.argmax(scores))])
        width, count = width / 240.0, 41
    return best


def _score(times: Times, weights: Times, period_s: float) -> float:
    return sum(abs(_resultant(times, weights, period_s / one)) for one in _HARMONICS)


def _start(resultants: list[complex], period_s: float) -> float:
    """Tell when the beat nearest to the beginning is: by whole beats where they tell, else halves.

    Only the phase of whole beats tells a clip that is half a beat late from one that is not.
    """
    whole, halves = resultants[0], resultants[1]
    if abs(whole) >= 0.3 * abs(halves):
        return float(np.angle(whole) / (2.0 * np.pi) * period_s)
    return float(np.angle(halves) / (2.0 * np.pi) * period_s / 2.0)


def _wandering(
    times: Times,
    weights: Times,
    start_s: float,
    period_s: float,
    harmonic: int,
    *,
    duration_s: float,
) -> Times:
    """Follow the beats through the clip: each by the phase of the onsets around it."""
    count = int((duration_s - start_s) / period_s) + 1
    regular = start_s + period_s * np.arange(count)
    step_s = period_s / harmonic
    shifts = np.zeros(count)
    for beat, moment in enumerate(regular):
        near = np.abs(times - moment) <= _AROUND_BEATS * period_s
        if not near.any():
            shifts[beat] = shifts[beat - 1] if beat else 0.0
            continue
        around = _resultant(times[near] - start_s, weights[near], step_s)
        turn = np.angle(around * np.exp(-2j * np.pi * shifts[max(beat - 1, 0)] / step_s))
        shifts[beat] = shifts[max(beat - 1, 0)] + turn / (2.0 * np.pi) * step_s
    found: Times = regular + shifts
    return found[(found >= 0.0) & (found <= duration_s)]
