"""Loop or one-shot, from what names, metadata and the sound claim."""

import math
from collections.abc import Sequence

from src.music.evidence.estimates import Candidate, Finding, weight_of


def fuse_loop(candidates: Sequence[Candidate[bool]]) -> Finding[bool]:
    """Loop or one-shot: the odds of all sources multiplied. weight: probability of the value.

    Nothing known means one-shot, with confidence 0.5.
    """
    log_odds = 0.0
    for candidate in candidates:
        probability = min(0.98, max(0.02, candidate.weight))
        odds = math.log(probability / (1.0 - probability))
        log_odds += odds if candidate.value else -odds
    chance = 1.0 / (1.0 + math.exp(-log_odds))
    value = chance > 0.5
    agreeing = [c for c in candidates if c.value is value]
    source = max(agreeing, key=weight_of).source if agreeing else "audio"
    return Finding(value, chance if value else 1.0 - chance, source)
