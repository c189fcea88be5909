"""The tempo that loops of a kit share, and what it tells each of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_consensus import KitFolder, Voices, advise
from src.music.evidence.kit_evidence import STATED_TRUST, StemEvidence, stated
from src.music.theory.tempo import beats_in, beats_miss_s

Values = NDArray[np.float64]


SAME_TEMPO = 0.006
"""Tempos closer than this (as a share) are the same."""

USUAL_BPM, USUAL_SPREAD = 122.0, 0.45
"""Centre of the tempos that loops have, and their standard deviation in octaves."""

TRUST = 0.3
"""How much each further loop of a kit counts: their errors go together."""

HALF_READ, DOUBLE_READ = 0.5, 0.05
"""How often a loop of a kit moves at half or double the kit's tempo: layers are rather slow."""

MOST_TEMPOS = 48
"""How many tempos a kit is asked about at most."""

_LEAST_REST = 0.03
_FITS_S = 0.006
_USUAL_LENGTH, _WHOLE_BARS = 0.15, 0.05
_LEAST_CONFIDENCE = 0.5
_CLEAR = 0.75
_MOST_SURE = 0.85
"""Octaves of a kit are misheard together: it is never surer than that of what it changed."""

_WHOLE_TEMPO = 0.002


@dataclass(frozen=True)
class _Own:
    """What a loop says of its tempo: tempos with probabilities, and the rest."""

    bpm: Values
    chance: Values
    rest: float


def common_tempos(
    loops: Sequence[StemEvidence], positions: Sequence[KitFolder]
) -> list[Estimate[float] | None]:
    """Estimate the tempo of each loop, its kit considered. places: where each lies.

    A tempo of the user's, of a name or of metadata stays as it is, but counts for the others.
    """
    if len(loops) < 2:
        return [loop.bpm for loop in loops]
    own = [_own(loop) for loop in loops]
    tempos = _requested(own)
    if tempos.size == 0:
        return [loop.bpm for loop in loops]
    usual = _usual(tempos)
    ratios = np.stack([_ratios(one, loop, tempos) for one, loop in zip(own, loops, strict=True)])
    prior = np.append(usual, max(0.05, 1.0 - usual.sum()))
    trust = np.array([STATED_TRUST if stated(loop.bpm) else TRUST for loop in loops])
    advice = advise(Voices(ratios, prior / prior.sum(), trust), positions)
    return [
        _settled(loop, one, tempos, follows, ratio)
        for loop, one, follows, ratio in zip(loops, own, advice, ratios, strict=True)
    ]


def _own(loop: StemEvidence) -> _Own:
    """List the tempos that a loop could have; a tempo that it is named leaves little to the
    sound.
    """
    pairs = list(loop.tempos)
    if loop.bpm is not None and stated(loop.bpm):
        named, sure = loop.bpm.value, loop.bpm.confidence
        others = [(bpm, chance * (1.0 - sure)) for bpm, chance in pairs if not _same(bpm, named)]
        pairs = [(named, sure), *others]
    bpm = np.array([bpm for bpm, _ in pairs])
    chance = np.array([chance for _, chance in pairs])
    whole = float(chance.sum())
    chance = chance * min(1.0, (1.0 - _LEAST_REST) / max(whole, 1e-9))
    return _Own(bpm, chance, 1.0 - float(chance.sum()))


def _requested(own: Sequence[_Own]) -> Values:
    """List the tempos that the loops support, those with most support first; alike ones once."""
    bpm = np.concatenate([one.bpm for one in own])
    chance = np.concatenate([one.chance for one in own])
    order = np.argsort(bpm, kind="stable")
    bpm, chance = bpm[order], chance[order]
    summed = np.append(0.0, np.cumsum(chance))
    moment = np.append(0.0, np.cumsum(chance * bpm))
    first = np.searchsorted(bpm, bpm / (1.0 + SAME_TEMPO))
    last = np.searchsorted(bpm, bpm * (1.0 + SAME_TEMPO), side="right")
    support = summed[last] - summed[first]
    centre = (moment[last] - moment[first]) / np.maximum(support, 1e-12)
    kept: list[float] = []
    for position in np.argsort(-np.round(support, 9), kind="stable"):
        if support[position] < 1e-6 or len(kept) == MOST_TEMPOS:
            break
        if not any(_same(bpm[position], other) for other in kept):
            kept.append(_whole(float(centre[position])))
    return np.array(kept)


def _whole(bpm: float) -> float:
    """Round a tempo within 0.2 % of a whole number to that number."""
    return float(round(bpm)) if abs(bpm / round(bpm) - 1.0) < _WHOLE_TEMPO else bpm


def _usual(tempos: Values) -> Values:
    """Rate how usual each tempo is: the share of all loops that are the same."""
    width = 2.0 * math.log2(1.0 + SAME_TEMPO)
    octaves = np.log2(tempos / USUAL_BPM) / USUAL_SPREAD
    height = width / (USUAL_SPREAD * math.sqrt(2.0 * math.pi))
    usual: Values = np.maximum(height * np.exp(-0.5 * np.square(octaves)), 1e-4)
    return usual


def _ratios(own: _Own, loop: StemEvidence, tempos: Values) -> Values:
    """Compute how much likelier the loop is in a kit of each tempo than anywhere, and of another
    one.

    A tempo that it does not speak of may still fit its length.
    """
    whole = np.array([_fit(loop.duration_s, bpm) for bpm in tempos])
    ratios = (_chance(own, tempos) + own.rest * whole) / _usual(tempos) + own.rest
    for octave, share in ((0.5, HALF_READ), (2.0, DOUBLE_READ)):
        read = _chance(own, tempos * octave) / _usual(tempos * octave)
        ratios = ratios + share * (read - ratios).clip(min=0.0)
    return np.append(ratios, own.rest)


def _chance(own: _Own, tempos: Values) -> Values:
    """Rate how likely the sound makes each tempo."""
    same = np.abs(own.bpm[None, :] / tempos[:, None] - 1.0) < SAME_TEMPO
    return same @ own.chance


def _fit(duration_s: float, bpm: float) -> float:
    """Rate a length in whole bars among all tempos that a loop could have."""
    if beats_miss_s(duration_s, bpm) > _FITS_S:
        return 0.0
    beats = round(beats_in(duration_s, bpm))
    if beats >= 4 and beats & (beats - 1) == 0:
        return _USUAL_LENGTH
    return _WHOLE_BARS if beats > 0 and beats % 4 == 0 else 0.0


def _settled(
    loop: StemEvidence, own: _Own, tempos: Values, follows: Values, ratios: Values
) -> Estimate[float] | None:
    """Choose the likeliest tempo of a loop: that of its kit, or one of its own."""
    alone = loop.bpm
    if stated(alone):
        return alone
    kit = follows[:-1] * ratios[:-1]
    single = 1.0 - float(follows.sum())
    total = float(kit.sum() + follows[-1] * ratios[-1]) + single
    requested = np.concatenate([own.bpm, tempos])
    same = np.abs(requested[:, None] / tempos[None, :] - 1.0) < SAME_TEMPO
    likely = (same @ kit + single * _chance(own, requested)) / max(total, 1e-12)
    best = int(np.argmax(np.round(likely, 9)))
    bpm, confidence = float(requested[best]), min(0.99, float(likely[best]))
    if alone is not None and _same(alone.value, bpm):
        return Estimate(alone.value, 0.5 * (confidence + alone.confidence), alone.source)
    if confidence < _LEAST_CONFIDENCE or (alone is not None and _clearly_else(alone, bpm)):
        return alone
    return Estimate(bpm, _MOST_SURE * confidence, "kit")


def _clearly_else(alone: Estimate[float], bpm: float) -> bool:
    """Tell whether the sound is clear, and not of this tempo in any octave."""
    octaves = math.log2(alone.value / bpm)
    octave = abs(octaves - round(octaves)) < SAME_TEMPO and abs(octaves) < 1.5
    return alone.confidence >= _CLEAR and not octave


def _same(first: float, second: float) -> bool:
    return abs(first / second - 1.0) < SAME_TEMPO
