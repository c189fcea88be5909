"""The key that tonal loops of a kit share, and what it tells each of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_consensus import KitFolder, Voices, advise
from src.music.evidence.kit_evidence import STATED_TRUST, StemEvidence, stated
from src.music.theory.keys import KEYS

Values = NDArray[np.float64]

TRUST = 0.9
"""How much each further loop of a kit counts: they play the same chords."""

TAKEN_FOR = {"relative": 0.06, "fifth": 0.04, "fourth": 0.04, "parallel": 0.03}
"""How often a loop sounds as if in a neighbour of its kit's key, beyond what its own chances
of keys say; these and TRUST were judged on composed kits."""

ANYTHING = 0.06
"""How often it sounds like anything else."""

MINOR_SHARE = 0.7
"""How usual minor is; the chances that the sound gives have it in them (key_model.log_prior)."""

PRIOR = np.repeat([(1.0 - MINOR_SHARE) / 12.0, MINOR_SHARE / 12.0], 12)
"""How usual each of the 24 keys is, before anything is known of a kit."""

_LEAST_CONFIDENCE = 0.3
_CLEAR = 0.9


def common_keys(
    loops: Sequence[StemEvidence], positions: Sequence[KitFolder]
) -> list[Estimate[str] | None]:
    """Estimate the key of each tonal loop, its kit considered. places: where each lies.

    A key of the user's, of a name or of metadata stays as it is, but counts for the others.
    """
    if len(loops) < 2:
        return [loop.key for loop in loops]
    own = np.stack([_own(loop) for loop in loops])
    ratios = _ratios(loops, own)
    trust = np.array([STATED_TRUST if stated(loop.key) else TRUST for loop in loops])
    advice = advise(Voices(ratios, PRIOR, trust), positions)
    return [
        _settled(loop, chances, follows * ratio, 1.0 - float(follows.sum()))
        for loop, chances, follows, ratio in zip(loops, own, advice, ratios, strict=True)
    ]


def _ratios(loops: Sequence[StemEvidence], own: Values) -> Values:
    """Compute how much likelier each loop sounds as it does in a kit of each key than in any kit.

    That minor is usual counts once for the kit, so it is taken out of each loop's own:
    else ten doubtful loops would swear to the relative minor. A name says its key outright.
    Shape (loops, 24).
    """
    named = np.array([stated(loop.key) for loop in loops])
    chances = np.where(named[:, None], own, own / PRIOR)
    chances = chances / chances.sum(axis=1, keepdims=True)
    likely: Values = chances @ _taken_for().T
    ratios: Values = likely / (likely @ PRIOR)[:, None]
    return ratios


def _own(loop: StemEvidence) -> Values:
    """Compute the probability of each key for one loop, shape (24,), sums to 1."""
    chances = np.array(loop.keys if loop.keys else np.full(len(KEYS), 1.0 / len(KEYS)))
    chances = chances / max(float(chances.sum()), 1e-9)
    if loop.key is not None and stated(loop.key):
        named = np.zeros(len(KEYS))
        named[KEYS.index(loop.key.value)] = 1.0
        chances = loop.key.confidence * named + (1.0 - loop.key.confidence) * chances
    return chances


def _taken_for() -> Values:
    """Return how often a loop of each key (rows) is taken for each key (columns), shape (24,
    24).
    """
    table = np.full((24, 24), ANYTHING / 24)
    for key in range(24):
        minor, tonic = divmod(key, 12)
        relative = (tonic + (3 if minor else 9)) % 12 + 12 * (1 - minor)
        near = {
            "relative": relative,
            "fifth": (tonic + 7) % 12 + 12 * minor,
            "fourth": (tonic + 5) % 12 + 12 * minor,
            "parallel": tonic + 12 * (1 - minor),
        }
        for name, position in near.items():
            table[key, position] += TAKEN_FOR[name]
        table[key, key] += 1.0 - ANYTHING - sum(TAKEN_FOR.values())
    return table


def _settled(loop: StemEvidence, own: Values, kit: Values, single: float) -> Estimate[str] | None:
    """Choose the likeliest key of a loop: its kit's, or its own.

    kit: how likely it follows each common key; single: that it goes its own way
    """
    alone = loop.key
    if stated(alone):
        return alone
    likely = (kit + single * own) / (float(kit.sum()) + single)
    best = int(np.argmax(np.round(likely, 9)))
    key, confidence = KEYS[best], min(0.99, float(likely[best]))
    if alone is not None and alone.value == key:
        return Estimate(key, confidence, alone.source)
    if confidence < _LEAST_CONFIDENCE or (alone is not None and alone.confidence >= _CLEAR):
        return alone
    return Estimate(key, confidence, "kit")
