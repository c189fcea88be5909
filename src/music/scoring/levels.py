"""Gain staging: every part sits at the level its genre gives to its role."""

import math
from collections.abc import Mapping

from src.music.casting.fit import Fit
from src.music.theory.library import StemCard

KICK_LUFS = -16.0
"""Loudness of a kick part before mastering; the grammars give all others relative to it."""

UNKNOWN_LUFS = -20.0
"""Taken where a stem's loudness could not be measured."""

MAX_LIFT_DB, MAX_CUT_DB = 18.0, -30.0
"""Limits of the gain: more lift would bring up the noise of a recording."""

HEADROOM_DBFS = -4.0
"""No part's peaks lie higher before mastering: sparse hits are made audible, not huge."""

_UNKNOWN_ROLE_DB = -10.0
_MOST_DENSITY_DB = 5.0
_BLOCK_S = 0.4


def part_gain_db(
    card: StemCard, fit: Fit, category: str, mix_db: Mapping[str, float], hits_per_s: float
) -> float:
    """Compute the gain that brings a part to its level, in dB.

    category: the role it plays
    mix_db: level of each role relative to the kick
    hits_per_s: mean density of a part made of one-shots; 0 for recorded material
    """
    loudness = UNKNOWN_LUFS if card.loudness_lufs is None else card.loudness_lufs
    if fit.way == "steps" and hits_per_s > 0.0:
        loudness += _density_db(card.duration_s, hits_per_s)
    target = KICK_LUFS + mix_db.get(category, _UNKNOWN_ROLE_DB)
    most = MAX_LIFT_DB
    if card.true_peak_dbtp is not None:
        most = min(most, HEADROOM_DBFS - card.true_peak_dbtp)
    return min(most, max(MAX_CUT_DB, target - loudness))


def _density_db(duration_s: float, hits_per_s: float) -> float:
    """Compute what a hit's loudness becomes in a row: its energy spread over the time between hits.

    The meter works in blocks of 0.4 s (ITU-R BS.1770), so a long sound counts that much.
    The ear judges single hits by themselves, so rare ones are not raised without end.
    """
    filled = 10.0 * math.log10(min(1.0, hits_per_s * min(duration_s, _BLOCK_S)))
    return max(-_MOST_DENSITY_DB, filled)
