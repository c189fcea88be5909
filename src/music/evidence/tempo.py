"""One tempo from what names, metadata, the kit and the sound claim."""

import math
from collections.abc import Sequence

from src.music.evidence.estimates import TRUST, Candidate, Finding, fuse, weight_of
from src.music.theory.tempo import beats_in, beats_miss_s

SAME_TEMPO = 0.006
"""Tempos closer than this (as a share) are the same."""

FITS_LENGTH_S = 0.012
"""A length fits a tempo where it misses whole beats by less than this."""

LEAST_TEMPO = 0.12
"""Below this confidence a tempo is not known."""

_FIT_BONUS, _MISFIT = 0.5, 0.45
_CLEAR_CLAIM = 0.4


def fuse_tempo(
    candidates: Sequence[Candidate[float]], *, duration_s: float, heard_exact: bool
) -> Finding[float] | None:
    """One tempo from all that is claimed.

    duration_s: length of the clip, which a true tempo mostly fits in whole beats
    heard_exact: whether the tempo that was heard fits the length; then a claim that does not
        fit, nor agrees with it, loses to it

    Where a name and the sound differ by an octave, the name wins.
    """
    sane = [c for c in candidates if math.isfinite(c.value) and 20.0 < c.value < 999.0]
    heard = max((c for c in sane if c.source == "audio"), key=weight_of, default=None)

    def whole_bars(candidate: Candidate[float]) -> bool:
        fits = beats_miss_s(duration_s, candidate.value) < FITS_LENGTH_S
        return fits and round(beats_in(duration_s, candidate.value)) % 4 == 0

    def belief(candidate: Candidate[float]) -> float:
        weight = candidate.weight * TRUST[candidate.source]
        if candidate.source == "user":
            return weight
        if candidate.source == "audio":
            others = (c for c in sane if c.source != "audio" and c.weight >= _CLEAR_CLAIM)
            overruled = any(_octave_apart(c, candidate) and whole_bars(c) for c in others)
            return weight * (_MISFIT if overruled else 1.0)
        if whole_bars(candidate):
            return weight + (1.0 - weight) * _FIT_BONUS
        if heard is not None and heard_exact and not _octave_apart(candidate, heard, same=True):
            return weight * _MISFIT
        return weight

    return fuse(sane, belief, _same_tempo, least=LEAST_TEMPO)


def _same_tempo(first: float, second: float) -> bool:
    return abs(first / second - 1.0) < SAME_TEMPO


def _octave_apart(first: Candidate[float], second: Candidate[float], *, same: bool = False) -> bool:
    """Whether one tempo is half or double the other (or the same, with ``same``)."""
    octaves = math.log2(first.value / second.value)
    whole = abs(octaves - round(octaves)) < 0.01 and abs(octaves) < 1.5
    return whole and (same or round(octaves) != 0)
