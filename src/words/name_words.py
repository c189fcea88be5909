"""What words in the names of files and folders say: category, loop or one-shot, tag, counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from src.words.entries import NameFacts, WordEntry
from src.words.loading import name_facts
from src.words.spelling import plain


@dataclass(frozen=True)
class NameWords:
    """Words of names in one piece: plain spelling, without blanks and without a plural s.

    categories: category -> word -> how often a file of that name is one, 0..1
    loops, shots: word -> how sure it is that the file repeats, or sounds once
    tags: word -> tag; genres: words that also name a genre
    counters: a bare number after one counts or names a machine; measures: before one it measures
    counted: before one it is a count ("100 kicks")
    keyless: a lone letter before one is no key; sentence: "Am" before one is none either
    sorting: a folder of such words alone sorts the sounds of a kit
    rises, falls: what leads into a section, and what lands on its start
    open_hats, closed_hats: which hi-hat it is
    """

    categories: Mapping[str, Mapping[str, float]]
    loops: Mapping[str, float]
    shots: Mapping[str, float]
    tags: Mapping[str, str]
    genres: frozenset[str]
    counters: frozenset[str]
    measures: frozenset[str]
    counted: frozenset[str]
    keyless: frozenset[str]
    sentence: frozenset[str]
    sorting: frozenset[str]
    rises: frozenset[str]
    falls: frozenset[str]
    open_hats: frozenset[str]
    closed_hats: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """All words that mean something in a name, so that none of them is a typing error."""
        said = {word for words in self.categories.values() for word in words}
        return frozenset(said).union(
            self.loops, self.shots, self.tags, self.counters, self.measures, self.counted
        )


def name_words(
    entries: Iterable[WordEntry], lists: Mapping[str, Any], order: Iterable[str]
) -> NameWords:
    """Gather what entries and the lists of ``names.yaml`` say of words in names.

    order: of the categories, which decides between equal weights
    """
    facts: dict[str, NameFacts] = {}
    for entry in entries:
        facts |= {_key(word): said for word, said in entry.names.items()}
    for word, said in lists["words"].items():
        facts[_key(word)] = name_facts(f"names.yaml, {word}", said, "")
    categories: dict[str, dict[str, float]] = {category: {} for category in order}
    for word, said in facts.items():
        for category, weight in said.categories.items():
            categories[category][word] = weight
    return NameWords(
        categories,
        loops={word: said.loop for word, said in facts.items() if said.loop},
        shots={word: said.shot for word, said in facts.items() if said.shot},
        tags={word: said.tag for word, said in facts.items() if said.tag},
        genres=frozenset(word for word, said in facts.items() if said.genre),
        counters=frozenset(lists["not a tempo after"]),
        measures=frozenset(lists["not a tempo before"]),
        counted=frozenset(lists["counted"]),
        keyless=frozenset(lists["not a key before"]),
        sentence=frozenset(lists["sentence"]),
        sorting=frozenset(lists["sorting"]),
        rises=frozenset(lists["rises"]),
        falls=frozenset(lists["falls"]),
        open_hats=frozenset(lists["open hats"]),
        closed_hats=frozenset(lists["closed hats"]),
    )


def singular(word: str) -> str:
    """Drop the s of a plural from a word of a name."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _key(word: str) -> str:
    return singular(plain(word).replace(" ", ""))
