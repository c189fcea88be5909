"""Which slots have which words, found exactly, by beginning, or with a typo."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.words.typing_errors import near_words


@dataclass(frozen=True)
class Postings:
    """Where a word stands. slots: rising; weights: how much it says of each, 0..1."""

    slots: NDArray[np.intp]
    weights: NDArray[np.float32]


_NOWHERE = Postings(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32))


class WordIndex:
    """Words over slots, with weights. Words that no slot has any more are forgotten.

    Not safe to share between threads without a lock of the owner's.
    """

    def __init__(self) -> None:
        self._weights: dict[str, dict[int, float]] = {}
        self._postings: dict[str, Postings] = {}
        self._sorted: list[str] | None = None

    def __contains__(self, word: str) -> bool:
        return word in self._weights

    def __len__(self) -> int:
        return len(self._weights)

    def put(self, slot: int, weights: Mapping[str, float]) -> None:
        """Note the words of a slot that has none yet."""
        for word, weight in weights.items():
            if word not in self._weights:
                self._weights[word] = {}
                self._sorted = None
            self._weights[word][slot] = weight
            self._postings.pop(word, None)

    def forget(self, slot: int, words: Mapping[str, float]) -> None:
        """Take back what ``put`` noted."""
        for word in words:
            where = self._weights[word]
            del where[slot]
            self._postings.pop(word, None)
            if not where:
                del self._weights[word]
                self._sorted = None

    def count(self, word: str) -> int:
        """Count the slots that have a word."""
        return len(self._weights.get(word, ()))

    def words(self) -> list[str]:
        """List all words in alphabetical order. Don't write."""
        if self._sorted is None:
            self._sorted = sorted(self._weights)
        return self._sorted

    def postings(self, word: str) -> Postings:
        """Return the slots and weights of a word; empty if it is unknown. Don't write."""
        where = self._weights.get(word)
        if where is None:
            return _NOWHERE
        found = self._postings.get(word)
        if found is None:
            slots = np.fromiter(where, dtype=np.intp, count=len(where))
            weights = np.fromiter(where.values(), dtype=np.float32, count=len(where))
            order = np.argsort(slots)
            found = self._postings[word] = Postings(slots[order], weights[order])
        return found

    def beginning(self, start: str) -> list[str]:
        """List all words that begin so, in alphabetical order."""
        known = self.words()
        found = []
        for location in range(bisect_left(known, start), len(known)):
            if not known[location].startswith(start):
                break
            found.append(known[location])
        return found

    def near(self, word: str) -> list[str]:
        """Return words with one typo (two from ten letters on), the likeliest first.

        Fewer typos come first, then words that more slots have. A typo is a letter too
        many, missing, wrong, or swapped with its neighbour. Short words and words with
        digits are never mended.
        """
        found = near_words(word, self.words())
        found.sort(key=lambda pair: (pair[1], -self.count(pair[0]), pair[0]))
        return [other for other, _ in found]
