"""Grooves in symbols: how much begins on each sixteenth of a bar."""

import math
from collections.abc import Sequence

SLOTS = 16
_LEAST_SHARE = 0.25


def groove_at(groove: Sequence[float], *, bpm: float, target_bpm: float) -> tuple[float, ...]:
    """Map a groove to the bars of another tempo, read in double or half time.

    groove: 16 values, at the tempo ``bpm``

    Within a quarter of an octave of the same tempo it stays as it is. At twice the tempo its
    bar is folded onto two of the new ones; at half of it, it is played twice in a new bar.
    Empty where the tempos are no octaves of each other, or further apart than one.
    """
    octaves = math.log2(target_bpm / bpm)
    whole = round(octaves)
    if abs(octaves - whole) > _LEAST_SHARE or len(groove) != SLOTS or abs(whole) > 1:
        return ()
    if whole == 0:
        return tuple(groove)
    folded = [0.0] * SLOTS
    for slot, value in enumerate(groove):
        positions = (2 * slot % SLOTS,) if whole == 1 else (slot // 2, slot // 2 + SLOTS // 2)
        for position in positions:
            folded[position] += value
    highest = max(folded)
    return tuple(value / highest for value in folded) if highest > 0.0 else tuple(folded)
