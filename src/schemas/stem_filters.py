"""The one language in which lists, searches, bulk edits, matches and commands narrow stems."""

import re
from typing import Annotated, Protocol, TypedDict

from pydantic import AfterValidator

from src.schemas.common import Text

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})?\s*(\.\.)?\s*({_NUMBER})?")

BPM_AROUND, LOUDNESS_AROUND_LU, DURATION_AROUND = 0.5, 0.5, 0.02
"""How far from a single value still counts as it; of durations as a share."""

Limits = tuple[float | None, float | None]
"""Lowest and highest value; None: no limit."""


def range_of(text: str | None, *, around: float = 0.0) -> Limits:
    """Return lowest and highest value of "120..130", "120..", "..130" or "128"; None: no limit.

    around: how far a value may lie from a single one

    Raises ValueError for anything else.
    """
    if text is None:
        return None, None
    match = _RANGE.fullmatch(text.strip())
    numbers = (None, None) if match is None else (match[1], match[3])
    if match is None or numbers == (None, None) or (match[2] is None and numbers[1] is not None):
        raise ValueError(f"must be a number, or a range such as 1..4, 1.. or ..4, got {text!r}")
    low, high = (None if number is None else float(number) for number in numbers)
    if match[2] is None and low is not None:
        return low - around, low + around
    if low is not None and high is not None and low > high:
        raise ValueError(f"a range must not start above its end, got {text!r}")
    return low, high


def _range_text(text: str) -> str:
    range_of(text)
    return text


RangeText = Annotated[Text, AfterValidator(_range_text)]


class SaidRanges(Protocol):
    """Whatever holds ranges as they were said: parameters, a body, options of a command."""

    @property
    def bpm(self) -> str | None: ...
    @property
    def bpm_min(self) -> float | None: ...
    @property
    def bpm_max(self) -> float | None: ...
    @property
    def duration(self) -> str | None: ...
    @property
    def duration_min_s(self) -> float | None: ...
    @property
    def duration_max_s(self) -> float | None: ...
    @property
    def loudness(self) -> str | None: ...
    @property
    def rating(self) -> str | None: ...


class StemLimits(TypedDict):
    """Lowest and highest values by the names that filters have; None: no limit."""

    bpm_min: float | None
    bpm_max: float | None
    duration_min_s: float | None
    duration_max_s: float | None
    loudness_min_lufs: float | None
    loudness_max_lufs: float | None
    rating_min: float | None
    rating_max: float | None


def limits_of(said: SaidRanges) -> StemLimits:
    """Return the limits by the names that filters have; a range and single limits hold together.

    Raises ValueError for a range that is none.
    """
    low_s, high_s = range_of(said.duration)
    if low_s is not None and low_s == high_s:
        low_s, high_s = low_s * (1.0 - DURATION_AROUND), low_s * (1.0 + DURATION_AROUND)
    bpm = _both(range_of(said.bpm, around=BPM_AROUND), (said.bpm_min, said.bpm_max))
    duration = _both((low_s, high_s), (said.duration_min_s, said.duration_max_s))
    loudness = range_of(said.loudness, around=LOUDNESS_AROUND_LU)
    rating = range_of(said.rating)
    return {
        "bpm_min": bpm[0],
        "bpm_max": bpm[1],
        "duration_min_s": duration[0],
        "duration_max_s": duration[1],
        "loudness_min_lufs": loudness[0],
        "loudness_max_lufs": loudness[1],
        "rating_min": rating[0],
        "rating_max": rating[1],
    }


def _both(first: Limits, second: Limits) -> Limits:
    """Narrow two ranges to what both allow."""
    lows = [limit for limit in (first[0], second[0]) if limit is not None]
    highs = [limit for limit in (first[1], second[1]) if limit is not None]
    return max(lows, default=None), min(highs, default=None)
