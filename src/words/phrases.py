"""Finding words and phrases of the vocabulary in a text."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from src.core.errors import InvalidInputError
from src.words.dictionary import is_ordinary
from src.words.entries import WordEntry
from src.words.spelling import Word, plain, words_of
from src.words.typing_errors import Spellings

DENYING_PREFIXES = ("не", "un")
"""Beginnings that turn an adjective into its opposite: "неяркий", "unsauber"."""

_SHORTEST_PART = 3
_JOINTS = ("", "s", "n", "en", "e", "es", "er")
"""What German puts between the parts of a compound: "Liebeslied", "Flötenmusik"."""

_ENDING_AS = dict.fromkeys(
    ("los", "lose", "loser", "loses", "losen", "losem", "freie", "freier", "freies", "freien",
     "less"), "frei")  # fmt: skip
"""Endings of compounds that deny what stands before them -> the word that does: "basslos"."""

_INFLECTIONS = ("", "e", "en", "n", "s")

_GLUED_KINDS = ("instrument", "genre", "style", "foreign_genre")
"""Kinds whose phrases may be written as one word: "surfrock", "hangdrum"."""

_SHORTEST_DENIED = 4
_SHORTEST_CORRECTED_TO = 4


class Phrase(NamedTuple):
    """Words in plain spelling, with their meaning; open ones match any ending."""

    words: tuple[str, ...]
    open_ends: tuple[bool, ...]
    entry: WordEntry

    def fits(self, words: Sequence[Word], start: int) -> bool:
        """Tell whether the phrase stands at this position."""
        if start + len(self.words) > len(words):
            return False
        return all(
            word.plain.startswith(stem) if is_open else word.plain == stem
            for stem, is_open, word in zip(self.words, self.open_ends, words[start:], strict=False)
        )

    @property
    def rank(self) -> tuple[int, int, int]:
        """More words win, then closed words over stems, then longer stems."""
        return len(self.words), -sum(self.open_ends), sum(len(word) for word in self.words)


@dataclass(frozen=True)
class Found:
    """A meaning that stands in a text. written: as it was; denied: by its own first letters"""

    entry: WordEntry
    written: str
    denied: bool = False


class PhraseTable:
    """Finds what the words of a text mean.

    phrases: pattern and entry; of the same pattern the first counts
    ordinary: words that mean nothing here, whatever they look like
    known: further words that are no typing errors
    """

    def __init__(
        self,
        phrases: Iterable[tuple[str, WordEntry]],
        *,
        ordinary: AbstractSet[str] = frozenset(),
        known: AbstractSet[str] = frozenset(),
    ) -> None:
        self._closed: dict[str, list[Phrase]] = {}
        self._open: dict[str, list[Phrase]] = {}
        self._whole: dict[str, WordEntry] = {}
        self._glued: dict[str, WordEntry] = {}
        self._ordinary, self._known = ordinary, known
        seen: set[tuple[tuple[str, ...], tuple[bool, ...]]] = set()
        for pattern, entry in phrases:
            phrase = read_pattern(pattern, entry)
            if (phrase.words, phrase.open_ends) not in seen:
                seen.add((phrase.words, phrase.open_ends))
                self._add(phrase)

    def _add(self, phrase: Phrase) -> None:
        first, is_open = phrase.words[0], phrase.open_ends[0]
        table = self._open if is_open else self._closed
        table.setdefault(first[:3] if is_open else first, []).append(phrase)
        if len(phrase.words) == 1 and (first not in self._whole or not is_open):
            self._whole[first] = phrase.entry
        if len(phrase.words) > 1 and phrase.entry.kind in _GLUED_KINDS:
            self._glued.setdefault("".join(phrase.words), phrase.entry)

    def find(self, words: Sequence[Word], start: int) -> tuple[tuple[Found, ...], int]:
        """Find what stands at a position, and how many words of it; nothing known is one word.

        The longest phrase wins; a word of one piece may be two ("Technokick") or deny itself.
        """
        first = words[start].plain
        options = self._closed.get(first, [])
        if first not in self._ordinary:
            options = [*options, *self._open.get(first[:3], ())]
        fitting = [phrase for phrase in options if phrase.fits(words, start)]
        best = max(fitting, key=lambda phrase: phrase.rank, default=None)
        if best is not None and len(best.words) > 1:
            size = len(best.words)
            written = " ".join(word.raw for word in words[start : start + size])
            return (Found(best.entry, written),), size
        return tuple(self._word(words[start], best)), 1

    def corrected(self, word: str) -> str | None:
        """Correct a mistyped word to a known one, in plain spelling; None if none is near.

        A word that a dictionary of the three languages holds is no typing error.
        """
        better = self._spellings.corrected(plain(word))
        return None if better is None or is_ordinary(word.lower()) else better

    def knows(self, word: str) -> bool:
        """Tell whether a word needs no correction: it means something, or is an ordinary one.

        word: in plain spelling; words that only stand within phrases are known as well
        """
        return (
            word in self._ordinary
            or word in self._known
            or word in self._within_phrases
            or bool(self.word(word))
        )

    def word(self, word: str) -> tuple[Found, ...]:
        """Return what one word means; nothing where it is unknown or no single word."""
        words = words_of(word)
        return self.find(words, 0)[0] if len(words) == 1 else ()

    @cached_property
    def _spellings(self) -> Spellings:
        single = [phrase for phrase in self._phrases() if len(phrase.words) == 1]
        words = {phrase.words[0] for phrase in single if not phrase.open_ends[0]}
        stems = {phrase.words[0] for phrase in single if phrase.open_ends[0]}
        return Spellings(
            words | stems,
            stems,
            is_known=self.knows,
            has_meaning=self._is_word_or_short_inflection,
        )

    def _is_word_or_short_inflection(self, word: str) -> bool:
        """Tell whether a word stands here, or a stem of four letters or more with a short
        ending.
        """
        if word in self._within_phrases and len(word) >= _SHORTEST_CORRECTED_TO:
            return True
        options = [*self._closed.get(word, ()), *self._open.get(word[:3], ())]
        return any(
            len(phrase.words) == 1
            and word.startswith(stem := phrase.words[0])
            and len(word) - len(stem) <= len(stem) // 2 * phrase.open_ends[0]
            and len(stem) >= _SHORTEST_CORRECTED_TO
            for phrase in options
        )

    @cached_property
    def _within_phrases(self) -> frozenset[str]:
        return frozenset(word for phrase in self._phrases() for word in phrase.words)

    def _phrases(self) -> Iterator[Phrase]:
        for table in (self._closed, self._open):
            for phrases in table.values():
                yield from phrases

    def _word(self, word: Word, best: Phrase | None) -> Iterator[Found]:
        if best is not None and not best.open_ends[0]:
            yield Found(best.entry, word.raw)
            return
        if word.plain in self._ordinary:
            return
        parts = self._parts(word, len(best.words[0]) if best else 0)
        if parts:
            yield from parts
        elif best is not None:
            yield Found(best.entry, word.raw)
        elif word.plain in self._glued:
            yield Found(self._glued[word.plain], word.raw)
        else:
            yield from self._denied(word)

    def _parts(self, word: Word, longer_than: int) -> tuple[Found, ...]:
        """Split a compound in two words, the first longer than any stem that fits."""
        text = word.plain
        for cut in range(len(text) - _SHORTEST_PART, max(_SHORTEST_PART - 1, longer_than - 1), -1):
            second = self._last_part(text[cut:])
            first = self._first_part(text[:cut])
            if first and second and (second.is_content or second.kind in ("whole", "free")):
                position = _raw_place(word.raw, text[:cut])
                return Found(first, word.raw[:position]), Found(second, word.raw[position:])
        return ()

    def _first_part(self, part: str) -> WordEntry | None:
        """Find what begins a compound, with or without the letters that join it to the next."""
        for joint in _JOINTS:
            entry = self._whole.get(part.removesuffix(joint)) if part.endswith(joint) else None
            if entry is not None and entry.is_content:
                return entry
        return None

    def _last_part(self, part: str) -> WordEntry | None:
        """Find what ends a compound, with its inflection: "Barockvioline"."""
        part = _ENDING_AS.get(part, part)
        stems = (part.removesuffix(ending) for ending in _INFLECTIONS if part.endswith(ending))
        found = (self._whole.get(stem) for stem in stems if len(stem) >= _SHORTEST_PART)
        return next((entry for entry in found if entry is not None), None)

    def _denied(self, word: Word) -> Iterator[Found]:
        for prefix in DENYING_PREFIXES:
            rest = word.plain[len(prefix) :]
            if word.plain.startswith(prefix) and len(rest) >= _SHORTEST_DENIED:
                options = [p for p in self._open.get(rest[:3], ()) if len(p.words) == 1]
                fitting = [p for p in options if rest.startswith(p.words[0])]
                best = max(fitting, key=lambda phrase: phrase.rank, default=None)
                if best is not None and best.entry.kind == "mood":
                    yield Found(best.entry, word.raw, denied=True)
                    return


def read_pattern(pattern: str, entry: WordEntry) -> Phrase:
    """Read a pattern such as "open hi hat*" as words.

    Raises InvalidInputError for one without a word, or with a star after fewer than three letters.
    """
    words: list[str] = []
    open_ends: list[bool] = []
    for fragment in pattern.split():
        stem = fragment.rstrip("*")
        parts = [plain(stem)] if stem.isalnum() else [word.plain for word in words_of(stem)]
        words += parts
        open_ends += [False] * (len(parts) - 1) + [fragment.endswith("*")] if parts else []
    if not words or (open_ends[0] and len(words[0]) < _SHORTEST_PART):
        raise InvalidInputError(
            f"a phrase must start with three letters or a word, got {pattern!r} in {entry.name!r}"
        )
    return Phrase(tuple(words), tuple(open_ends), entry)


def _raw_place(raw: str, first: str) -> int:
    """Find where a word as written has to be cut so that it begins with a part in plain
    spelling.
    """
    positions = (position for position in range(len(raw)) if plain(raw[:position]) == first)
    return next(positions, len(raw))
