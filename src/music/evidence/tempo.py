"""One tempo from the evidence of names, metadata, kit and sound."""

import math
from collections.abc import Sequence

from src.music.evidence.estimates import TRUST, Estimate, Evidence, fuse, weight_of
from src.music.theory.tempo import BEATS_PER_BAR, beats_in, beats_miss_s

SAME_TEMPO = 0.006
"""Tempos closer than this (as a share) are the same."""

FITS_LENGTH_S = 0.012
"""A length fits a tempo where it misses whole beats by less than this."""

LEAST_TEMPO = 0.12
"""Below this confidence a tempo is not known."""

_FIT_BONUS, _MISFIT = 0.5, 0.45
_CLEAR_NAME = 0.4


def fuse_tempo(
    evidence: Sequence[Evidence[float]], *, duration_s: float, sound_exact: bool
) -> Estimate[float] | None:
    """Estimate one tempo from all evidence.

    duration_s: length of the clip, which a true tempo mostly fits in whole beats
    sound_exact: whether the tempo of the sound fits the length; then a name that does not
        fit, nor agrees with it, loses to it

    Where a name and the sound differ by an octave, the name wins.
    """
    sane = [e for e in evidence if math.isfinite(e.value) and 20.0 < e.value < 999.0]
    sound = max((e for e in sane if e.source == "audio"), key=weight_of, default=None)

    def whole_bars(one: Evidence[float]) -> bool:
        fits = beats_miss_s(duration_s, one.value) < FITS_LENGTH_S
        return fits and round(beats_in(duration_s, one.value)) % BEATS_PER_BAR == 0

    def belief(one: Evidence[float]) -> float:
        weight = one.weight * TRUST[one.source]
        if one.source == "user":
            return weight
        if one.source == "audio":
            named = (e for e in sane if e.source != "audio" and e.weight >= _CLEAR_NAME)
            overruled = any(_octave_apart(e, one) and whole_bars(e) for e in named)
            return weight * (_MISFIT if overruled else 1.0)
        if whole_bars(one):
            return weight + (1.0 - weight) * _FIT_BONUS
        if sound is not None and sound_exact and not _octave_apart(one, sound, same=True):
            return weight * _MISFIT
        return weight

    return fuse(sane, belief, _same_tempo, least=LEAST_TEMPO)


def _same_tempo(first: float, second: float) -> bool:
    return abs(first / second - 1.0) < SAME_TEMPO


def _octave_apart(first: Evidence[float], second: Evidence[float], *, same: bool = False) -> bool:
    """Whether one tempo is half or double the other (or the same, with ``same``)."""
    octaves = math.log2(first.value / second.value)
    whole = abs(octaves - round(octaves)) < 0.01 and abs(octaves) < 1.5
    return whole and (same or round(octaves) != 0)
