"""Which slots have which words, found exactly, by beginning, or with a typo."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SHORTEST_MENDED = 4
"""Shorter words are taken as they are: one letter more or less makes another word of them."""

_TWO_TYPOS_FROM = 8
_GRAMS_PER_TYPO = 4


@dataclass(frozen=True)
class Postings:
    """Where a word stands. slots: rising; weights: how much it says of each, 0..1."""

    slots: NDArray[np.intp]
    weights: NDArray[np.float32]


_NOWHERE = Postings(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32))


class WordIndex:
    """Words over slots, with weights. Words that no slot has any more are forgotten.

    Typos are mended by trigrams over the vocabulary, never by a look at all slots.
    Not safe to share between threads without a lock of the owner's.
    """

    def __init__(self) -> None:
        self._weights: dict[str, dict[int, float]] = {}
        self._postings: dict[str, Postings] = {}
        self._grams: dict[str, set[str]] = {}
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
                for gram in _grams(word):
                    self._grams.setdefault(gram, set()).add(word)
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
                for gram in _grams(word):
                    self._grams[gram].discard(word)
                    if not self._grams[gram]:
                        del self._grams[gram]

    def count(self, word: str) -> int:
        """How many slots have the word."""
        return len(self._weights.get(word, ()))

    def words(self) -> list[str]:
        """All words, in the order of the alphabet. Don't write."""
        if self._sorted is None:
            self._sorted = sorted(self._weights)
        return self._sorted

    def postings(self, word: str) -> Postings:
        """Where a word stands; nowhere if it is unknown. Don't write into its arrays."""
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
        """All words that begin so, in the order of the alphabet."""
        known = self.words()
        found = []
        for place in range(bisect_left(known, start), len(known)):
            if not known[place].startswith(start):
                break
            found.append(known[place])
        return found

    def near(self, word: str) -> list[str]:
        """Words with one typo (two from eight letters on), the likeliest first.

        Fewer typos come first, then words that more slots have. A typo is a letter too
        many, missing, wrong, or swapped with its neighbour. Short words and words with
        digits are never mended.
        """
        typos = typos_allowed(word)
        if typos == 0:
            return []
        shared = Counter(other for gram in _grams(word) for other in self._grams.get(gram, ()))
        least = max(1, len(word) + 2 - _GRAMS_PER_TYPO * typos)
        found = []
        for other, count in shared.items():
            if count >= least and abs(len(other) - len(word)) <= typos:
                distance = edit_distance(word, other)
                if distance <= typos and not any(sign.isdigit() for sign in other):
                    found.append((distance, -self.count(other), other))
        return [other for _, _, other in sorted(found)]


def typos_allowed(word: str) -> int:
    """How many typos a word may have and still be recognised."""
    if len(word) < SHORTEST_MENDED or not word.isalpha():
        return 0
    return 2 if len(word) >= _TWO_TYPOS_FROM else 1


def edit_distance(first: str, second: str) -> int:
    """Letters to insert, drop, change or swap (optimal string alignment distance)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        last, row, before = before, [i], row
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _grams(word: str) -> set[str]:
    """Its trigrams, with two blanks at either end."""
    padded = f"  {word}  "
    return {first + second[1] for first, second in pairwise(map("".join, pairwise(padded)))}
