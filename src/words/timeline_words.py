"""Words that say when something happens in a track, as pieces of regular expressions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

from src.words.entries import LANGUAGES
from src.words.spelling import fold

_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))


@dataclass(frozen=True)
class SectionWord:
    """What a section of a form is called.

    kind: its part in a track (intro, groove, build, drop, break, outro)
    title: how plans name it
    pattern: of its words in all languages
    """

    kind: str
    title: str
    pattern: str


class TimelineWords:
    """Words by their names, in the spelling of ``fold``."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._words = {
            str(name): alternatives(_all_languages(body)) for name, body in data["words"].items()
        }
        self.sections = tuple(
            SectionWord(body["kind"], body["title"], alternatives(_all_languages(body)))
            for body in data["sections"].values()
        )
        self._numbers = _by_word(data["numbers"])
        self._ordinals = _by_word(data["ordinals"])

    def __getitem__(self, name: str) -> str:
        """Return a pattern without groups that matches the whole words of an entry."""
        return self._words[name]

    def any_of(self, *names: str) -> str:
        """Return a pattern of several entries."""
        return f"(?:{'|'.join(self._words[name] for name in names)})"

    @cached_property
    def section(self) -> str:
        """A pattern of every section's name."""
        return f"(?:{'|'.join(one.pattern for one in self.sections)})"

    @cached_property
    def unit(self) -> str:
        """A pattern of what a length is counted in; "s" only stands behind a digit."""
        plain = self.any_of("bar", "minute", "second")
        return rf"(?:{plain}|(?<=\d)[sс](?!\w))"

    @cached_property
    def number(self) -> str:
        """A pattern of numbers, in digits or in words."""
        return rf"(?:(?<![\w.,:/])\d{{1,4}}(?:[.,]\d{{1,2}})?|{alternatives(self._numbers)})"

    @cached_property
    def ordinal(self) -> str:
        """A pattern of ordinals in words."""
        return alternatives(self._ordinals)

    def number_of(self, written: str) -> float:
        """Read a number that ``number`` matched."""
        plain = " ".join(fold(written).replace("-", " ").split())
        known = self._numbers.get(plain)
        return float(plain.replace(",", ".")) if known is None else known

    def ordinal_of(self, written: str) -> int:
        """Read an ordinal that ``ordinal`` matched; -1 is the last."""
        return int(self._ordinals[" ".join(fold(written).split())])

    def section_of(self, written: str) -> SectionWord:
        """Find the section that a word names. Raises KeyError for another word."""
        for one in self.sections:
            if re.fullmatch(one.pattern, fold(written)):
                return one
        raise KeyError(written)


def alternatives(words: Iterable[str]) -> str:
    """Make a pattern of words and phrases, the longest first. A star stands for any ending."""
    spelled = {other for word in words for other in _spellings(fold(word))}
    ranked = sorted(spelled, key=lambda word: (-len(word), word))
    joined = "|".join(
        re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"[\s-]+") for word in ranked
    )
    return rf"(?<![^\W\d_])(?:{joined})(?![\w])"


def _spellings(word: str) -> Iterable[str]:
    """List a word as it is, and with its umlauts written out."""
    yield word
    plain = word
    for umlaut, letters in _UMLAUTS:
        plain = plain.replace(umlaut, letters)
    if plain != word:
        yield plain


def _all_languages(body: Mapping[str, Any]) -> list[str]:
    return [word for language in LANGUAGES for word in body.get(language, ())]


def _by_word(data: Mapping[Any, Iterable[str]]) -> dict[str, float]:
    return {
        spelled: float(value)
        for value, words in data.items()
        for word in words
        for spelled in _spellings(fold(word))
    }


@cache
def timeline_words() -> TimelineWords:
    """Load the words that ship, once."""
    text = (files("src.words") / "data" / "timeline.yaml").read_text(encoding="utf-8")
    return TimelineWords(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
