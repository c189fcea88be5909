"""Panning that moves: a part drifts from side to side in time with the bars."""

import math
from collections.abc import Sequence

from src.music.genre.movement import Sway
from src.music.model.score import Automation, AutomationPoint
from src.music.model.timeline import SectionTime

_POINTS = 16
"""So many points draw one sway; the straight lines between them are within 2 % of a sine."""


def pan_of(
    sway: Sway | None,
    own_pan: float,
    sections: Sequence[SectionTime],
    beats_per_bar: float,
    *,
    turn: float,
) -> tuple[Automation, ...]:
    """Compute the pan of a part over its sections; nothing where it stands still.

    own_pan: the place it moves about, -1..1
    turn: 0..1, where in its sway it is at the track's start

    The sway counts from the track's start, so that it goes on where a section ends.
    """
    if sway is None or sway.width <= 0.0 or not sections:
        return ()
    step = sway.bars * beats_per_bar / _POINTS
    points: list[AutomationPoint] = []
    for section in sections:
        first, last = math.ceil(section.start / step), math.ceil(section.end / step)
        for number in range(first, last):
            angle = 2.0 * math.pi * (number / _POINTS + turn)
            value = max(-1.0, min(1.0, own_pan + sway.width * math.sin(angle)))
            points.append(AutomationPoint(number * step, round(value, 4)))
    return (Automation("pan", tuple(points)),)
