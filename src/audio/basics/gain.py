"""Levels: decibels and factors, panning, curves over time."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def db_to_gain(level_db: float) -> float:
    """Return factor of a level: 0 dB is 1, -6.02 dB is a half, -inf is 0."""
    return float(10 ** (level_db / 20))


def gain_to_db(gain: float) -> float:
    """Level of a factor in dB; 0 and less is -inf."""
    return 20 * math.log10(gain) if gain > 0 else -math.inf


def pan_gains(pan: float) -> tuple[float, float]:
    """Return factors of the left and right channel for a position from -1 (left) to 1 (right).

    Equal power, scaled so that the middle leaves both channels as they are.
    """
    angle = (min(max(pan, -1.0), 1.0) + 1) * math.pi / 4
    return math.sqrt(2) * math.cos(angle), math.sqrt(2) * math.sin(angle)


def pan_curves(pan: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compute ``pan_gains`` for a position per sample: shape (2, samples)."""
    angle = (np.clip(pan, -1.0, 1.0) + 1) * np.float32(math.pi / 4)
    return np.float32(math.sqrt(2)) * np.stack([np.cos(angle), np.sin(angle)])


def curve(
    points: Sequence[tuple[float, float]], start: int, stop: int
) -> NDArray[np.float32] | float:
    """Return values of a line through breakpoints for the samples from ``start`` to ``stop``.

    points: (sample, value), rising in time, at least one; before the first and after the
        last the line is level. Two points at one sample are a jump.

    Returns one number where the line is level throughout, else one value per sample.
    """
    positions = np.array([position for position, _ in points], np.float64)
    values = np.array([value for _, value in points], np.float64)
    ends = np.interp([start, stop - 1], positions, values)
    inside = values[(positions >= start) & (positions < stop)]
    if ends[0] == ends[1] and (inside == ends[0]).all():
        return float(ends[0])
    line: NDArray[np.float32] = np.interp(np.arange(start, stop), positions, values).astype(
        np.float32
    )
    return line
