"""Whether a sound is a drum or plays tones: what its kinds and its own tonality say together.

A category model that never met a pack often takes a palm-muted string for a tom. Which of
twenty kinds is likeliest then matters less than all drums weighed against all tonal kinds,
and how tonal the sound itself is. Source: stacked generalisation (Wolpert 1992): a logistic
regression over the odds of models that never met the sound, and few cues beside them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES, TONAL_CATEGORIES

_NOISY = ("fx", "atmo")
_NO_SHARE = 0.02
"""What is added to both sides of the odds; shares below it are not distinguished."""


@dataclass(frozen=True)
class TonalCues:
    """How tonal a sound is, each 0..1.

    tonal_share: share of its frames that are periodic
    key: confidence of the likeliest key, taken as a melody or chords; 0 where there is none
    note: confidence of its one note; 0 where there is none
    """

    tonal_share: float
    key: float
    note: float


@dataclass(frozen=True)
class _Weights:
    """Logarithm of the odds of a drum against a tonal kind, as a sum. kinds: of their odds."""

    offset: float
    kinds: float
    tonal_share: float = 0.0
    key: float = 0.0
    note: float = 0.0


_LOOP = _Weights(4.8, -0.7, tonal_share=-2.7, key=-5.7)
_ONE_SHOT = _Weights(0.7, -1.2, note=-2.0)
"""Rounded; fitted on sounds heard by models that never met their source, each source weighed
by the root of its size, and judged on one source left out after the other."""


def with_tones(
    by_sound: Mapping[str, float], cues: TonalCues, *, is_loop: bool
) -> dict[str, float]:
    """Weigh the probabilities of drums and tonal categories by sound again.

    by_sound: category -> probability by the model. What it gives drums and tonal kinds together
    stays theirs, as do the proportions among the drums and among the tonal ones; other kinds
    stay as they are.
    """
    drums, tonal = _sum(by_sound, DRUM_CATEGORIES), _sum(by_sound, TONAL_CATEGORIES)
    if drums <= 0.0 or tonal <= 0.0:
        return dict(by_sound)
    weights = _LOOP if is_loop else _ONE_SHOT
    odds = (
        weights.offset
        + weights.kinds * math.log((tonal + _NO_SHARE) / (drums + _NO_SHARE))
        + weights.tonal_share * cues.tonal_share
        + weights.key * cues.key
        + weights.note * cues.note
    )
    drum = 1.0 / (1.0 + math.exp(-odds))
    factors = dict.fromkeys(DRUM_CATEGORIES, (drums + tonal) * drum / drums)
    factors |= dict.fromkeys(TONAL_CATEGORIES, (drums + tonal) * (1.0 - drum) / tonal)
    return {kind: share * factors.get(kind, 1.0) for kind, share in by_sound.items()}


def tonal_chance(shares: Mapping[str, float], *, is_loop: bool) -> float:
    """Rate how likely a sound has a key or a root: 0..1, tonal kinds against drums and effects.

    "other" says nothing, nor does "atmo" of a loop. 0.5 where no kind says anything.
    """
    tonal = _sum(shares, TONAL_CATEGORIES)
    against = _sum(shares, (*DRUM_CATEGORIES, *(_NOISY[:1] if is_loop else _NOISY)))
    return tonal / (tonal + against) if tonal + against > 0.0 else 0.5


def likeliest_kind(shares: Mapping[str, float]) -> str:
    """Choose the category: the likeliest, but a drum only where drums outweigh tonal kinds.

    shares: of categories; a missing one is 0. So a pluck that could be any of five tonal kinds
    is not called the one drum that it resembles. The other way round it is the same.
    """
    best = max(CATEGORIES, key=lambda kind: shares.get(kind, 0.0))
    if best not in DRUM_CATEGORIES and best not in TONAL_CATEGORIES:
        return best
    drums, tonal = _sum(shares, DRUM_CATEGORIES), _sum(shares, TONAL_CATEGORIES)
    likelier = DRUM_CATEGORIES if drums > tonal else TONAL_CATEGORIES
    return max(likelier, key=lambda kind: shares.get(kind, 0.0))


def _sum(shares: Mapping[str, float], kinds: tuple[str, ...]) -> float:
    return sum(shares.get(kind, 0.0) for kind in kinds)
