"""Whether a loop can play in a track's metre, and what is cut of its bars if it must be."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from src.core.errors import InvalidInputError
from src.music.theory.groove import SLOTS
from src.music.theory.library import StemCard
from src.music.theory.metre import FOUR_FOUR, Metre, read_metre

LOOP_BARS = (16.0, 8.0, 4.0, 2.0, 1.0, 0.5)
"""Lengths that repeat on the bar grid; a loop of another length is cut to the next shorter."""

STEM_BAR_BEATS = 4.0
"""Beats of a loop's bar where neither its name nor its length says otherwise."""

IN_FOUR = (FOUR_FOUR, Metre(2, 4))
"""Metres in which a loop of four beats stays whole."""

_SUSTAINED = ("pad", "atmo")
_OFF_BEATS = 0.12
"""A loop in which no more begins between its beats than this share has no straight sixteenths."""

_WHOLE = 0.01
_WRITTEN = re.compile(r"(?<!\d)(\d{1,2})[-_/ ]([48])(?!\d)")
_IN_THREES = re.compile(r"triplet|triol|shuffle|swing|swung|триол|шаффл|свинг", re.IGNORECASE)
_WALTZ = re.compile(r"waltz|walzer|вальс", re.IGNORECASE)


@dataclass(frozen=True)
class LoopBars:
    """How a loop lies on the bars of a track.

    beats: length of one pass in the track's beats
    own_bar: beats of the loop's own bars where they are not the track's: each is then cut to a bar
        of the track, or goes on with its beginning; 0 where the loop is played as it is
    """

    beats: float
    own_bar: float = 0.0


def loop_bars_in(
    metre: Metre, beats: float, written: Metre | None, *, drums: bool, straight: bool
) -> LoopBars | None:
    """Lay a loop of so many of a track's beats on its bars; None where it can't be.

    written: the metre that the loop is known to be in
    straight: whether it divides its beats into halves, see ``is_straight``

    In 4/4 and 2/4 every loop is taken for one in four. In any other metre a loop fits that is
    written in it or fills its bars; drums in another metre do not. Of all others each bar is cut to
    the beats that the track's bar has. In 6/8, 9/8 and 12/8 a straight loop keeps its eighths, and
    three of them fall on a beat.
    """
    if metre in IN_FOUR or written == metre:
        return _whole(beats, metre.beats_per_bar)
    if not (metre.compound and straight) and _fills(beats, metre.beats_per_bar):
        return _whole(beats, metre.beats_per_bar)
    if drums or written is not None:
        return None
    own = STEM_BAR_BEATS / (metre.quarters_per_beat if straight else 1.0)
    bars = next((bars for bars in LOOP_BARS if beats >= 0.97 * bars * own), 0.0)
    return None if bars < 1.0 else LoopBars(bars * metre.beats_per_bar, own)


def written_metre(card: StemCard, beats: float) -> Metre | None:
    """Read the metre that a loop's file name tells, if the loop's length agrees.

    beats: of the loop's own tempo, which in 6/8 may count quarters or dotted quarters
    """
    name = f"{card.name} {PurePosixPath(card.original_file).stem}"
    texts = [f"{found[1]}/{found[2]}" for found in _WRITTEN.finditer(name)]
    for text in [*texts, *(["3/4"] if _WALTZ.search(name) else [])]:
        try:
            metre = read_metre(text)
        except InvalidInputError:
            continue
        if _fills(beats, metre.quarters_per_bar) or _fills(beats, metre.beats_per_bar):
            return metre
    return None


def is_straight(card: StemCard, ratio: float) -> bool:
    """Tell whether a loop is heard to divide beats into halves and quarters, not into thirds.

    ratio: 2.0 where it is played in double time, and its eighths are the track's beats

    What is sustained has no parts of beats, nor has a loop in which hardly anything begins between
    the beats; one whose name says triplets, shuffle or swing has thirds. A loop whose onsets were
    not measured counts as straight.
    """
    name = f"{card.name} {PurePosixPath(card.original_file).stem}"
    if card.category in _SUSTAINED or _IN_THREES.search(name):
        return False
    if not any(card.groove):
        return True
    beat = max(1, round(SLOTS / STEM_BAR_BEATS / ratio))
    between = sum(value for slot, value in enumerate(card.groove) if slot % beat)
    return between > _OFF_BEATS * sum(card.groove)


def beats_per_own_beat(
    metre: Metre, beats: float, written: Metre | None, *, straight: bool
) -> float:
    """Return how many beats of the metre one beat of a loop's own tempo is.

    In a compound metre a loop's tempo counts quarters where it is straight, or where it is written
    in that metre and its quarters fill bars.
    """
    if written == metre:
        straight = _fills(beats, metre.quarters_per_bar)
    return 1.0 / metre.quarters_per_beat if straight else 1.0


def _fills(beats: float, bar: float) -> bool:
    """Tell whether beats make one, two, four, eight or sixteen bars."""
    bars = beats / bar
    return any(abs(bars - length) <= _WHOLE * length for length in LOOP_BARS if length >= 1.0)


def _whole(beats: float, bar: float) -> LoopBars | None:
    """Find the longest repeating length that the loop fills.

    A loop may miss up to 3 % of its last bar: tails are often trimmed.
    """
    for length in LOOP_BARS:
        if beats / bar >= length * 0.97 and (length * bar).is_integer():
            return LoopBars(length * bar)
    return None
