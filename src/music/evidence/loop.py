"""Loop or one-shot, from the evidence of names, metadata and sound."""

import math
from collections.abc import Sequence

from src.music.evidence.estimates import Estimate, Evidence, weight_of


def fuse_loop(evidence: Sequence[Evidence[bool]]) -> Estimate[bool]:
    """Estimate loop or one-shot: the odds of all evidence multiplied.

    evidence: its weights are probabilities of its values

    Nothing known means one-shot, with confidence 0.5.
    """
    log_odds = 0.0
    for one in evidence:
        probability = min(0.98, max(0.02, one.weight))
        odds = math.log(probability / (1.0 - probability))
        log_odds += odds if one.value else -odds
    chance = 1.0 / (1.0 + math.exp(-log_odds))
    value = chance > 0.5
    agreeing = [e for e in evidence if e.value is value]
    source = max(agreeing, key=weight_of).source if agreeing else "audio"
    return Estimate(value, chance if value else 1.0 - chance, source)
