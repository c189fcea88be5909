"""The lexicon of prompts: words and phrases of three languages, found by stem."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from src.core.errors import InvalidInputError
from src.music.genre.genres import GENRES, genre_grammar
from src.music.prompt.text import Word, words_of
from src.music.theory.library import CATEGORIES

_NAMED = ("genres", "styles", "moods", "qualifiers", "groups", "refusals", "sections")
_MIN_FUZZY = 5
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: its kind ("mood") and value ("dark").

    category, part: of an instrument; a part does not stand for its whole category
    """

    kind: str
    value: str
    category: str = ""
    part: bool = False


@dataclass(frozen=True)
class Phrase:
    """Words with their meaning; open ones match any ending."""

    words: tuple[str, ...]
    open_ends: tuple[bool, ...]
    meaning: Meaning

    def fits(self, words: Sequence[Word], start: int) -> bool:
        """Whether the phrase stands at this place."""
        if start + len(self.words) > len(words):
            return False
        return all(
            word.text.startswith(stem) if is_open else word.text == stem
            for stem, is_open, word in zip(self.words, self.open_ends, words[start:], strict=False)
        )

    @property
    def rank(self) -> tuple[int, int, int]:
        """More words win, then closed words over stems, then longer stems."""
        return len(self.words), -sum(self.open_ends), sum(len(word) for word in self.words)


class Lexicon:
    """Finds the longest known phrase at a place in a sentence."""

    def __init__(self, phrases: Iterator[Phrase]) -> None:
        self._closed: dict[str, list[Phrase]] = {}
        self._open: dict[str, list[Phrase]] = {}
        self._single: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            first, is_open = phrase.words[0], phrase.open_ends[0]
            table = self._open if is_open else self._closed
            table.setdefault(first[:3] if is_open else first, []).append(phrase)
            if len(phrase.words) == 1 and len(first) >= _MIN_FUZZY - 1:
                self._single.setdefault(first[0], []).append(phrase)

    def find(self, words: Sequence[Word], start: int) -> Phrase | None:
        """The longest phrase that stands at this place; None where nothing is known."""
        first = words[start].text
        options = [*self._closed.get(first, ()), *self._open.get(first[:3], ())]
        fitting = [phrase for phrase in options if phrase.fits(words, start)]
        return max(fitting, key=lambda phrase: phrase.rank, default=None)

    def guess(self, word: Word) -> Phrase | None:
        """The known word that a mistyped one of five or more letters was meant to be."""
        text = word.text
        if len(text) < _MIN_FUZZY or not text.isalpha():
            return None
        allowed = 1 if len(text) < 8 else 2
        best: tuple[int, Phrase] | None = None
        for phrase in self._single.get(text[0], ()):
            stem, is_open = phrase.words[0], phrase.open_ends[0]
            longer = len(text) - len(stem)
            if longer < -allowed or (longer > allowed and not is_open):
                continue
            if len(set(stem) - set(text)) > allowed:
                continue
            distance = _stem_distance(stem, text, is_open=is_open)
            if distance <= min(allowed, (len(stem) - 1) // 4) and (
                best is None or distance < best[0]
            ):
                best = distance, phrase
        return best[1] if best else None


@cache
def prompt_lexicon() -> Lexicon:
    """The lexicon of ``words.yaml``, read once."""
    file = resources.files("src.music.prompt") / "words.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Lexicon(_phrases(yaml.load(file.read_text(encoding="utf-8"), Loader=loader)))


def _phrases(data: dict[str, Any]) -> Iterator[Phrase]:
    """All phrases; where two kinds share a phrase, the earlier one in the file has it."""
    seen: set[tuple[tuple[str, ...], tuple[bool, ...]]] = set()
    for meaning, text in _meanings(data):
        if not isinstance(text, str):
            raise InvalidInputError(f"words of {meaning} must be texts (quoted), got {text!r}")
        for spelling in _spellings(text):
            phrase = _phrase(spelling, meaning)
            if (phrase.words, phrase.open_ends) not in seen:
                seen.add((phrase.words, phrase.open_ends))
                yield phrase


def _meanings(data: dict[str, Any]) -> Iterator[tuple[Meaning, Any]]:
    for genre in GENRES:
        for text in genre_grammar(genre).words:
            yield Meaning("genre", genre), text
    for name, entry in data.items():
        if name == "instruments":
            for instrument, facts in entry.items():
                if facts["category"] not in CATEGORIES:
                    raise InvalidInputError(f"{instrument} has no category: {facts['category']!r}")
                part = bool(facts.get("part", False))
                for text in facts["words"]:
                    yield Meaning("instrument", instrument, facts["category"], part), text
        elif name in _NAMED:
            for value, texts in entry.items():
                for text in texts:
                    yield Meaning(name.removesuffix("s"), value), text
        else:
            for text in entry:
                yield Meaning(name, name), text


def _spellings(text: str) -> set[str]:
    """With umlauts and with what is typed for them."""
    plain = text
    for umlaut, letters in _UMLAUTS.items():
        plain = plain.replace(umlaut, letters)
    return {text, plain}


def _phrase(text: str, meaning: Meaning) -> Phrase:
    marked = [(piece.rstrip("*"), piece.endswith("*")) for piece in text.split()]
    words: list[str] = []
    open_ends: list[bool] = []
    for piece, is_open in marked:
        parts = [word.text for word in words_of(piece)]
        words += parts
        open_ends += [False] * (len(parts) - 1) + [is_open]
    if not words or (open_ends[0] and len(words[0]) < 3):
        raise InvalidInputError(f"a phrase must start with three letters or a word, got {text!r}")
    return Phrase(tuple(words), tuple(open_ends), meaning)


def _stem_distance(stem: str, text: str, *, is_open: bool) -> int:
    """Edits between the words, counting swapped neighbours as one; of a stem any ending."""
    rows = _edit_rows(stem, text)
    if not is_open:
        return rows[-1][-1]
    return min(rows[-1][min(len(stem) - 1, len(text)) : len(stem) + 2])


def _edit_rows(first: str, second: str) -> list[list[int]]:
    """Table of the optimal string alignment distance."""
    rows = [list(range(len(second) + 1))]
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows
