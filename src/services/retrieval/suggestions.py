"""What somebody may be about to type: words of the library and of the lexicon."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from src.core.errors import InvalidInputError
from src.db.index.library_index import LibraryIndex
from src.music.theory.library import CATEGORIES
from src.services.retrieval.space import SearchSpaces
from src.words.typing_errors import near_words
from src.words.vocabulary import vocabulary

MOST_SUGGESTED, LONGEST_TYPED = 50, 200

Kind = Literal["category", "tag", "kit", "word", "name"]
_ORDER: tuple[Kind, ...] = ("category", "tag", "kit", "word", "name")
_NAMES_LOOKED_AT = 20


@dataclass(frozen=True)
class Suggestion:
    """What could be typed, what it is, and how many stems it finds."""

    text: str
    kind: Kind
    count: int


class Suggestions:
    """Completes what is typed. Its sorted lists are made again only after a change."""

    def __init__(self, spaces: SearchSpaces) -> None:
        self._spaces = spaces
        self._seq = -1
        self._names: list[tuple[str, str]] = []
        self._concepts = sorted((word.casefold(), word, name) for word, name in _concepts())
        self._spelled = [word for word, _, _ in self._concepts]

    def suggest(self, typed: str, *, limit: int = 10) -> list[Suggestion]:
        """Return completions of the last word typed: kinds, tags and kits first, frequent ones
        first.

        Where nothing begins so, words with a typo less are told. Nothing typed, nothing told.
        Raises InvalidInputError for a bad limit or too long a text.
        """
        if not 1 <= limit <= MOST_SUGGESTED:
            raise InvalidInputError(f"limit must be from 1 to {MOST_SUGGESTED}, got {limit}")
        if len(typed) > LONGEST_TYPED:
            raise InvalidInputError(
                f"what is typed may have {LONGEST_TYPED} characters, got {len(typed)}"
            )
        whole = " ".join(typed.casefold().split())
        if not whole:
            return []
        last = whole.split()[-1]
        with self._spaces.opened() as space:
            index = space.index
            self._renew(index)
            found = list(self._completions(index, last, whole))
            if not found:
                near = [*index.words.near(last), *self._near(last)]
                found = [one for word in near[:3] for one in self._completions(index, word, word)]
        best: dict[str, Suggestion] = {}
        for one in found:
            best.setdefault(one.text.casefold(), one)
        ranked = sorted(
            best.values(), key=lambda one: (_ORDER.index(one.kind), -one.count, one.text)
        )
        return ranked[:limit]

    def _near(self, typed: str) -> list[str]:
        """Return words of the vocabulary with a typing error less."""
        found = near_words(typed, self._spelled)
        return [word for word, _ in sorted(found, key=lambda pair: (pair[1], pair[0]))]

    def _renew(self, index: LibraryIndex) -> None:
        if self._seq != index.seq:
            self._names = sorted((name.casefold(), name) for name in _living(index))
            self._seq = index.seq

    def _completions(self, index: LibraryIndex, last: str, whole: str) -> Iterator[Suggestion]:
        """Yield all kinds of completions, the more telling kind first."""
        for category in CATEGORIES:
            if category.startswith(last) and index.words.count(category):
                yield Suggestion(category, "category", index.words.count(category))
        for tag in index.tags.beginning(last):
            yield Suggestion(tag, "tag", index.tags.count(tag))
        yield from _kits(index, whole)
        for word in index.words.beginning(last):
            yield Suggestion(word, "word", index.words.count(word))
        for word, concept in _beginning(self._concepts, last):
            if index.words.count(concept):
                yield Suggestion(word, "word", index.words.count(concept))
        names = islice(_beginning_names(self._names, whole), _NAMES_LOOKED_AT)
        yield from (Suggestion(name, "name", 1) for name in names)


def _concepts() -> Iterator[tuple[str, str]]:
    """Return single words of the vocabulary, and what each stands for in names; also beginnings."""
    for entry in vocabulary().entries:
        for pattern in entry.patterns:
            word = pattern.rstrip("*")
            if entry.concepts and word.isalpha():
                yield word, entry.concepts[0]


def _living(index: LibraryIndex) -> Iterator[str]:
    alive = index.column("alive").tolist()
    return (name for name, there in zip(index.names, alive, strict=True) if there)


def _kits(index: LibraryIndex, whole: str) -> Iterator[Suggestion]:
    """Return kits of which a word begins so."""
    for code, (_, name) in enumerate(index.kit_names.names):
        plain = name.casefold()
        if code and (plain.startswith(whole) or f" {whole}" in plain):
            count = int((index.column("kit")[index.column("alive")] == code).sum())
            if count:
                yield Suggestion(name, "kit", count)


def _beginning(known: Sequence[tuple[str, str, str]], start: str) -> Iterator[tuple[str, str]]:
    for position in range(bisect_left(known, (start,)), len(known)):
        plain, word, concept = known[position]
        if not plain.startswith(start):
            return
        yield word, concept


def _beginning_names(names: Sequence[tuple[str, str]], start: str) -> Iterator[str]:
    for position in range(bisect_left(names, (start,)), len(names)):
        plain, name = names[position]
        if not plain.startswith(start):
            return
        yield name
