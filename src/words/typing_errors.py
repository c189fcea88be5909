"""One correction of typing errors: which known word a mistyped one was meant to be.

A typing error is a letter too many, a missing one, two swapped neighbours, the key beside the right
one, or a letter that sounds like it. Any other makes another word: "sleep" is no "sweep".

Distances are rapidfuzz's, which is imported where it is used: that takes some 20 ms, and most
prompts have no typing error.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

SHORTEST_CORRECTED = 4
"""Shorter words are taken as they are: one letter more or less makes another word of them."""

SHORTEST_OF_VOCABULARY, SHORTEST_STEM = 5, 5
"""Words and stems of the vocabulary, which are many, are recognised from so many letters on where
more than two letters are swapped."""

LONGEST_ENDING = 4
"""So many letters an inflection may add to a stem; more make another word of it."""

_TWO_TYPOS_FROM = 10
_STEM_END = 2
"""So many letters at the end of a stem have to be right: what follows is not compared at all."""

_KEYBOARDS = (
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("йцукенгшщзх", "фывапролджэ", "ячсмитьбю"),
)
_ALIKE = [
    "bp",
    "ck",
    "dt",
    "fv",
    "gk",
    "iy",
    "sz",
    "vw",
    "бп",
    "гк",
    "ао",
    "ая",
    "ую",
    "еи",
    "еэ",
    "иы",
    "сз",
    "дт",
    "шщ",
]
"""Letters that sound alike."""


def typos_allowed(word: str) -> int:
    """Return how many typing errors a word may have and still be recognised."""
    if len(word) < SHORTEST_CORRECTED or not word.isalpha():
        return 0
    return 2 if len(word) >= _TWO_TYPOS_FROM else 1


def typos_between(first: str, second: str) -> int:
    """Letters to insert, drop, change or swap (optimal string alignment distance)."""
    from rapidfuzz.distance import OSA

    return int(OSA.distance(first, second))


def near_words(word: str, known: Sequence[str]) -> list[tuple[str, int]]:
    """Known words with as few wrong letters as allowed, and how many, the nearest first.

    Words with digits are never corrected, nor taken for a correction.
    """
    typos = typos_allowed(word)
    if typos == 0:
        return []
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=typos, limit=None)
    return [(other, int(distance)) for other, distance, _ in found if other.isalpha()]


class Spellings:
    """Words and stems that can be recognised with a typing error.

    words: whole words; stems: beginnings to which an ending may be added, in plain spelling
    is_known: whether a word needs no correction; it is never turned into another
    has_meaning: whether a word is one to be corrected to
    """

    def __init__(
        self,
        words: Iterable[str],
        stems: Iterable[str],
        *,
        is_known: Callable[[str], bool],
        has_meaning: Callable[[str], bool],
    ) -> None:
        self._words = _by_beginning(word for word in words if len(word) >= SHORTEST_OF_VOCABULARY)
        self._stems = _by_beginning(stem for stem in stems if len(stem) >= SHORTEST_STEM)
        self._is_known, self._has_meaning = is_known, has_meaning

    def corrected(self, word: str) -> str | None:
        """Find the known word that is likeliest meant; None where the word is known or none is
        near.

        Two swapped letters are the likeliest slip. The first letter has to be right, or swapped
        with the second.
        """
        if len(word) < SHORTEST_CORRECTED or not word.isalpha() or self._is_known(word):
            return None
        swapped = next(filter(self._has_meaning, _with_swapped_letters(word)), None)
        if swapped is not None or len(word) < SHORTEST_OF_VOCABULARY:
            return swapped
        found = [*self._near_words(word), *self._near_stems(word)]
        return min(found)[-1] if found else None

    def _near_words(self, word: str) -> Iterator[tuple[int, int, str]]:
        for other, distance in near_words(word, _beginning_like(self._words, word)):
            if distance <= typos_allowed(other) and _is_slip(word, other):
                yield distance, 0, other

    def _near_stems(self, word: str) -> Iterator[tuple[int, int, str]]:
        """Stems with another ending: "melanholisch" begins almost like "melanchol"."""
        for stem in _beginning_like(self._stems, word):
            allowed = min(typos_allowed(word), typos_allowed(stem))
            first = max(len(stem) - allowed, len(word) - LONGEST_ENDING)
            for end in range(first, min(len(stem) + allowed, len(word)) + 1):
                start = word[:end]
                if start[-_STEM_END:] != stem[-_STEM_END:]:
                    continue
                distance = typos_between(start, stem)
                if distance <= allowed and _is_slip(start, stem):
                    yield distance, 1, stem + word[end:]


def _with_swapped_letters(word: str) -> Iterator[str]:
    """Yield the word with each pair of neighbours swapped; the ae of an umlaut may be one
    letter.
    """
    for letters in (list(word), re.findall("[aou]e|.", word)):
        for position in range(len(letters) - 1):
            swapped = [letters[position + 1], letters[position]]
            yield "".join([*letters[:position], *swapped, *letters[position + 2 :]])


def _by_beginning(words: Iterable[str]) -> dict[str, list[str]]:
    """Words of letters alone by their first one."""
    found: dict[str, list[str]] = {}
    for word in sorted({*words}):
        if word.isalpha():
            found.setdefault(word[0], []).append(word)
    return found


def _beginning_like(words: dict[str, list[str]], word: str) -> list[str]:
    """Words with the same first letter, or with the first two swapped."""
    swapped = [other for other in words.get(word[1], ()) if other[:2] == word[1::-1]]
    return words.get(word[0], []) + (swapped if word[0] != word[1] else [])


def _is_slip(word: str, known: str) -> bool:
    """Tell whether each letter that was changed is swapped, on a key beside, or sounds alike."""
    from rapidfuzz.distance import Levenshtein

    edits = Levenshtein.editops(word, known)
    changed = [(edit.src_pos, edit.dest_pos) for edit in edits if edit.tag == "replace"]
    for here, there in changed:
        before, after = word[here - 1 : here + 1], word[here : here + 2]
        swapped = (
            before == known[there - 1 : there + 1][::-1],
            after == known[there : there + 2][::-1],
        )
        if not any(swapped) and known[there] not in _beside(word[here]):
            return False
    return True


@cache
def _beside(letter: str) -> frozenset[str]:
    """Letters that sound like one or lie beside it on German, English or Russian keyboards."""
    near = {other for pair in _ALIKE if letter in pair for other in pair}
    for rows in _KEYBOARDS:
        for row, keys in enumerate(rows):
            position = keys.find(letter)
            if position >= 0:
                near.update(keys[max(0, position - 1) : position + 2])
                for other in (*rows[max(0, row - 1) : row], *rows[row + 1 : row + 2]):
                    near.update(other[max(0, position - 1) : position + 2])
    return frozenset(near)
