"""Tempo relations: how far two tempos lie apart when half and double time are allowed."""

import math
from dataclasses import dataclass

from src.core.errors import InvalidInputError

BEATS_PER_BAR = 4
"""Beats of a bar where nobody says otherwise: loops are counted so."""

OCTAVES = (1.0, 2.0, 0.5)
"""Ways to read a tempo: as it is, in double time, in half time."""

STRETCH_SCALE = 0.22
"""Octaves of stretch at which the cost reaches 63 %: 3 % costs 0.04, 10 % 0.32, 25 % 0.88."""

OCTAVE_COST = 0.08
"""What reading a loop in half or double time costs by itself."""

_ALMOST_A_BEAT = 0.05
"""By how much of a beat the last one may be cut short."""

_FITS_S, _FITS_SHARE = 0.005, 0.002


@dataclass(frozen=True)
class TempoRelation:
    """How a loop is brought to a tempo.

    ratio: how its own tempo is read: 1.0, 2.0 (double time) or 0.5 (half time)
    factor: output length / input length of the stretch that remains; 1.0 plays as it is
    """

    ratio: float
    factor: float

    @property
    def cost(self) -> float:
        """How much it hurts, in 0..1: the stretch, and a little for half or double time."""
        kept = 1.0 - stretch_cost(self.factor)
        return 1.0 - kept * (1.0 if self.ratio == 1.0 else 1.0 - OCTAVE_COST)


def tempo_relation(source_bpm: float, target_bpm: float) -> TempoRelation:
    """The cheapest way from one tempo to another, half and double time allowed.

    87 to 174 is no stretch at all in double time: ratio 2.0, factor 1.0.
    """
    _check(source_bpm, "source_bpm")
    _check(target_bpm, "target_bpm")
    relations = (TempoRelation(ratio, source_bpm * ratio / target_bpm) for ratio in OCTAVES)
    return min(relations, key=lambda relation: (relation.cost, abs(math.log(relation.factor))))


def stretch_cost(factor: float) -> float:
    """How much a stretch hurts, in 0..1; the same for faster and slower.

    factor: output length / input length

    A bell over octaves of stretch: free near 1.0, nearly 1 beyond a third.
    """
    _check(factor, "factor")
    return 1.0 - math.exp(-((math.log2(factor) / STRETCH_SCALE) ** 2))


def beats_in(duration_s: float, bpm: float) -> float:
    """How many beats a stretch of time holds."""
    _check(bpm, "bpm")
    return duration_s * bpm / 60.0


def beats_miss_s(duration_s: float, bpm: float) -> float:
    """How far a duration lies from the nearest whole number of beats (at least one), seconds."""
    beats = beats_in(duration_s, bpm)
    return abs(beats - max(1.0, float(round(beats)))) * 60.0 / bpm


def bars_from_beats(beats: float, *, exact: bool) -> float | None:
    """Count the bars of four beats that so many beats make.

    exact: the beats are all there is, to the nearest whole one, at least one; each counts as a
        quarter of a bar. Else what is beyond the last bar is a tail: only whole bars count, or
        whole beats where they make no bar

    None for less than a beat that is not exact.
    """
    if exact:
        return max(1, round(beats)) / BEATS_PER_BAR
    whole = math.floor(beats + _ALMOST_A_BEAT)
    if whole < 1:
        return None
    return float(whole // BEATS_PER_BAR) if whole >= BEATS_PER_BAR else whole / BEATS_PER_BAR


def fits_beats(duration_s: float, bpm: float) -> bool:
    """Whether a loop is cut to whole beats: to 5 ms, or to 0.2 % of a longer one."""
    return beats_miss_s(duration_s, bpm) < max(_FITS_S, _FITS_SHARE * duration_s)


def loop_bars(duration_s: float, bpm: float, *, downbeat_s: float) -> float | None:
    """Count the bars of a loop; from its first downbeat on where it is not cut to whole beats."""
    if fits_beats(duration_s, bpm):
        return bars_from_beats(beats_in(duration_s, bpm), exact=True)
    return bars_from_beats(beats_in(max(duration_s - downbeat_s, 0.0), bpm), exact=False)


def _check(value: float, name: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise InvalidInputError(f"{name} must be a positive number, got {value!r}")
