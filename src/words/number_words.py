"""Numbers that are written as words: "a hundred and forty", "hundertzwanzig", "сто двадцать"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from src.core.yaml_files import read_yaml

_LEAST_BARE, _MOST_BARE = 60, 220
"""Between these a number behind "at" or "tempo" can be a tempo."""


@dataclass(frozen=True, eq=False)
class _Language:
    """Number words of one language, each with its value."""

    pattern: re.Pattern[str]
    values: Mapping[str, int]

    def value(self, written: str) -> int:
        """Add up a number; "one forty" is one hundred and forty, as musicians say it."""
        total, last = 0, 0
        for word in self.pattern.findall(written):
            value = self.values.get(word)
            if value is None:
                continue
            if value == 100 and 0 < total < 10:
                total *= 100
            elif 0 < last < 10 and 10 <= value < 100 and total == last and not self.glued:
                total = 100 * total + value
            else:
                total += value
            last = value
        return total

    @property
    def glued(self) -> bool:
        """Whether its numbers are one word, with the units first: "achtundzwanzig"."""
        return "zwanzig" in self.values


def with_digits(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Write the numbers of a text in digits where something is counted; the text stays as long.

    text: in the spelling of ``fold``. "A hundred and forty bpm" becomes "140", blanks and
    "bpm". Numbers below ten, and those that count nothing a track has, stay as they are.

    Returns the text, and where the words of each number stood.
    """
    if not _may_count().search(text):
        return text, ()
    spans = []
    for start, end, value in _numbers(text):
        text = text[:start] + str(value).ljust(end - start) + text[end:]
        spans.append((start, end))
    return text, tuple(spans)


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Find (start, end, value) of each number that counts something, or is a tempo."""
    for language in _languages():
        for match in _row_of(language).finditer(text):
            value = language.value(match["n"])
            bare = match["counted"] is None
            before = text[: match.start("n")]
            numbered = _after("bars").search(before)
            seconds = value < 60 and _after("minutes").search(before)
            counts = value >= 10 and (not bare or _is_tempo(value, before))
            if numbered or seconds or counts:
                yield (*match.span("n"), value)


def _is_tempo(value: int, before: str) -> bool:
    return _LEAST_BARE <= value <= _MOST_BARE and bool(_after("tempo").search(before))


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_yaml(files("src.words") / "data" / "numbers.yaml")
    return data


@cache
def _languages() -> Sequence[_Language]:
    found = []
    for name in ("en", "de", "ru"):
        body = _data()[name]
        parts = (body[part] for part in ("units", "teens", "tens", "hundreds"))
        values = {word: value for part in parts for word, value in part.items()}
        ranked = sorted(values, key=len, reverse=True)
        found.append(_Language(re.compile("|".join(ranked)), values))
    return tuple(found)


@cache
def _row_of(language: _Language) -> re.Pattern[str]:
    """Match a number, with what it counts where that stands behind it."""
    word = language.pattern.pattern
    joint = r"(?:und)?" if language.glued else r"(?:\s+(?:and\s+)?|-)"
    article = r"(?:a\s+(?=hundred))?" if "hundred" in language.values else ""
    counted = "|".join(_data()["counted"].split())
    return re.compile(
        rf"(?<!\w)(?P<n>{article}(?:{word})(?:{joint}(?:{word}))*)(?!\w)"
        rf"(?=(?:[\s-]+(?P<counted>{counted})(?!\w))?)"
    )


@cache
def _after(name: str) -> re.Pattern[str]:
    """Match the end of a text where it says that a number follows. name: a list of the file"""
    return re.compile(rf"(?<!\w)(?:{'|'.join(_data()[name].split())})[\s:]*$")


@cache
def _may_count() -> re.Pattern[str]:
    """Match what all numbers from ten on hold, so that most texts are left at once."""
    found = []
    for language in _languages():
        found += [word for word, value in language.values.items() if value >= 10]
    return re.compile("|".join(sorted(found, key=len, reverse=True)))
