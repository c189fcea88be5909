"""Whether the tempo of a kit is half or double of its loops' own estimates.

A ballad at 75 and half time at 150 have the same beats: what tells them apart (snares on two and
four, how fast the hats go, after how many beats basses and chords repeat) is faint in one loop and
clear in many. Each loop brings the chances of its octaves; together they may move the whole kit.
"""

import math
from collections.abc import Sequence

import numpy as np

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence, stated

SAME_TEMPO = 0.006
"""Tempos closer than this (as a share) are the same."""

LEAST_LOOPS = 4
"""How many loops of one tempo it takes to judge its octave."""

LEAST_SHARE = 0.5
"""How many of a kit's loops these have to be, as a share."""

CLEAR = 0.6
"""How much likelier another octave must be, as a difference of logarithms."""

MOST_SURE = 0.85
"""Octaves of a kit are misheard together: it is never surer than that of what it moved."""

_OCTAVES = (0.25, 0.5, 2.0, 4.0)
_LEAST_CHANCE = 1e-3

Tempo = Estimate[float] | None


def in_common_octave(
    loops: Sequence[StemEvidence], kits: Sequence[str], tempos: Sequence[Tempo]
) -> list[Tempo]:
    """Move the tempos of a kit's loops to the octave that what plays in them makes clearer.

    kits: of each loop; tempos: of each loop, as reconciled before

    A kit of which a name, metadata or the user states a tempo stays, as do loops of a tempo
    of their own.
    """
    found = list(tempos)
    members: dict[str, list[int]] = {}
    for number, kit in enumerate(kits):
        members.setdefault(kit, []).append(number)
    for numbers in members.values():
        known = [n for n in numbers if tempos[n] is not None]
        if any(stated(tempos[n]) for n in known):
            continue
        for number, tempo in _moved(loops, tempos, known).items():
            found[number] = tempo
    return found


def _moved(
    loops: Sequence[StemEvidence], tempos: Sequence[Tempo], known: Sequence[int]
) -> dict[int, Estimate[float]]:
    """Find the loops of one kit that change their octave, with their new tempos."""
    bpm = {n: tempo.value for n in known if (tempo := tempos[n]) is not None}
    common = _commonest(list(bpm.values()))
    sharing = [n for n, one in bpm.items() if _same(one, common) and loops[n].octaves]
    if len(sharing) < max(LEAST_LOOPS, LEAST_SHARE * len(bpm)):
        return {}
    heard = [loops[n].octaves for n in sharing]
    here = _likelihood(heard, common)
    octave = max(_OCTAVES, key=lambda one: _likelihood(heard, common * one))
    gain = _likelihood(heard, common * octave) - here
    if gain < CLEAR:
        return {}
    sure = MOST_SURE / (1.0 + math.exp(-gain))
    moved = {}
    for n in sharing:
        alone = tempos[n]
        assert alone is not None
        confidence = sure * max(alone.confidence, 0.5)
        moved[n] = Estimate(alone.value * octave, confidence, "kit")
    return moved


def _commonest(tempos: Sequence[float]) -> float:
    """Find the tempo that most share; 0 of none."""
    if not tempos:
        return 0.0
    values = np.sort(tempos)
    first = np.searchsorted(values, values / (1.0 + SAME_TEMPO))
    last = np.searchsorted(values, values * (1.0 + SAME_TEMPO), side="right")
    return float(values[int(np.argmax(last - first))])


def _likelihood(heard: Sequence[Sequence[tuple[float, float]]], bpm: float) -> float:
    """Sum up the logarithms of the loops' chances; many count as the root of their number.

    Loops of a kit are misheard together.
    """
    logs = [
        math.log(max(sum(chance for one, chance in loop if _same(one, bpm)), _LEAST_CHANCE))
        for loop in heard
    ]
    return sum(logs) / math.sqrt(len(logs))


def _same(first: float, second: float) -> bool:
    return abs(first / second - 1.0) < SAME_TEMPO
