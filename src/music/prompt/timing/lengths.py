"""Lengths as a prompt writes them beside a section, a fade or a moment."""

import re

from src.music.prompt.length import Length
from src.words.timeline_words import timeline_words


def length_of(number: str, unit: str) -> Length:
    """Read a number with what it counts: bars, minutes, or else seconds."""
    words = timeline_words()
    value = words.number_of(number)
    if re.fullmatch(words["bar"], unit):
        return Length(bars=value)
    return Length(seconds=value * (60.0 if re.fullmatch(words["minute"], unit) else 1.0))
