"""Step patterns as text that a musician can read, and what they mean in beats.

One bar is a row of cells, usually sixteen in 4/4, twelve in 3/4 and 12/8; bars are divided by
``|``. Blanks only help the eye.

    X  accent      x  normal hit      o  soft hit      -  ghost note      .  rest
    O  open hit of a hi-hat, which rings until its next hit (elsewhere a strong hit)
    _  the hit before it sounds on through this cell (a held note)
    2 3 4 6  a roll of that many hits within the cell; "3_" is three hits over two cells,
       which in a row of sixteen are triplets
"""

import re
from dataclasses import dataclass
from functools import cache

from src.core.errors import InvalidInputError
from src.music.theory.metre import FOUR_FOUR, Metre

VELOCITIES = {"X": 1.0, "O": 0.9, "x": 0.8, "o": 0.6, "-": 0.35}
OPEN_SIGN = "O"
ROLLS = "2346"

_Hit = tuple[float, float, float, bool]
"""Start in beats, velocity, length in beats, whether it is open."""


@dataclass(frozen=True)
class Step:
    """One hit: beats from the start of the pattern, velocity in 0..1.

    length_beats: how long it is held; None lets the sound ring out
    degree: step of the track's scale (1 root, 5 fifth, 8 octave, 0 or less below the root)
    opened: an open hit of a hi-hat
    """

    beat: float
    velocity: float
    length_beats: float | None = None
    degree: int = 1
    opened: bool = False


@dataclass(frozen=True)
class Pattern:
    """Hits over a number of bars, to be repeated; ``energy`` from which on it is played.

    metre: of its bars
    """

    steps: tuple[Step, ...]
    bars: int
    name: str = ""
    energy: float = 0.0
    metre: Metre = FOUR_FOUR


def read_steps(
    text: str,
    *,
    name: str = "",
    energy: float = 0.0,
    degrees: tuple[int, ...] = (1,),
    bars: int | None = None,
    metre: Metre = FOUR_FOUR,
) -> Pattern:
    """Turn a row of cells into hits.

    degrees: scale degrees, dealt out to the hits in turn and from the start again
    bars: length of the pattern when longer than the text: the rest stays empty

    Raises InvalidInputError for an unknown sign, and for a bar of more or fewer cells than its
    metre can be divided into.
    """
    hits, bars_written = _hits(text, metre)
    held = "_" in text
    steps = tuple(
        Step(
            round(beat, 6),
            velocity,
            round(length, 6) if held else None,
            degrees[i % len(degrees)],
            opened,
        )
        for i, (beat, velocity, length, opened) in enumerate(hits)
    )
    return Pattern(steps, max(bars or 0, bars_written), name, energy, metre)


def swung(beat: float, swing: float, *, note: int = 16) -> float:
    """Move a straight position by the swing: every second sixteenth (or eighth) comes late.

    note: 16 where sixteenths are swung, 8 where eighths are
    swing: 0..0.5, the delay as a share of such a note; 0 is straight, 1/3 is triplet swing
        (66 % on a drum machine), 0.5 is dotted. What lies between is moved in proportion, so
        rolls stay even and nothing changes places.
    """
    late = 4.0 / note
    pair, inside = divmod(beat, 2.0 * late)
    middle = late * (1.0 + swing)
    if inside <= late:
        return pair * 2.0 * late + inside / late * middle
    return pair * 2.0 * late + middle + (inside - late) / late * (2.0 * late - middle)


@cache
def _hits(text: str, metre: Metre) -> tuple[tuple[_Hit, ...], int]:
    """Read the hits of a row of cells, and how many bars it has."""
    rows = ["".join(row.split()) for row in text.split("|")]
    hits: list[_Hit] = []
    for bar, row in enumerate(rows):
        _check_row(row, text, metre)
        _add_row(hits, row, bar, metre)
    return tuple(hits), len(rows)


def _add_row(hits: list[_Hit], row: str, bar: int, metre: Metre) -> None:
    """Append one bar's hits."""
    bar_start = bar * metre.beats_per_bar
    cell = metre.beats_per_bar / len(row)
    for found in re.finditer(r"(.)(_*)", row):
        sign, cells = found[1], len(found[0])
        start = bar_start + found.start() * cell
        if sign == "_":
            if hits:
                hits[-1] = (*hits[-1][:2], hits[-1][2] + cells * cell, hits[-1][3])
        elif sign in VELOCITIES:
            hits.append((start, VELOCITIES[sign], cells * cell, sign == OPEN_SIGN))
        elif sign in ROLLS:
            hits.extend(_roll(start, cells * cell, int(sign)))


def _check_row(row: str, text: str, metre: Metre) -> None:
    if len(row) not in metre.cells:
        *most, last = metre.cells
        raise InvalidInputError(
            f"a bar of a pattern must have {', '.join(map(str, most))} or {last} cells in {metre}, "
            f"got {len(row)} in {text!r}"
        )
    wrong = set(row) - set(VELOCITIES) - set(ROLLS) - {".", "_"}
    if wrong:
        raise InvalidInputError(
            f"a pattern is written with X O x o - . _ 2 3 4 6, got {''.join(sorted(wrong))!r} "
            f"in {text!r}"
        )


def _roll(start: float, span: float, count: int) -> list[_Hit]:
    """Even hits that swell a little towards the end, as a hand plays them."""
    each = span / count
    return [(start + i * each, 0.5 + 0.3 * (i + 1) / count, each, False) for i in range(count)]
