"""What a prompt does not want: instruments and sounds that must not be cast."""

import re
from collections.abc import Sequence
from functools import lru_cache

from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES, StemCard
from src.words.name_words import singular
from src.words.vocabulary import vocabulary

_FULL_KITS = ("kick", "snare", "hihat")
_NAMED = 0.6
"""How often a file of a name must be of a category for the name to be suspect."""

_WORD = re.compile(r"[a-z]+|\d+")


def refused_categories(excluded: Sequence[str]) -> frozenset[str]:
    """Categories that may not be cast. No drums means none of the drum categories."""
    refused = {word for word in excluded if word in CATEGORIES}
    if "drums" in refused:
        refused.update(DRUM_CATEGORIES)
    return frozenset(refused)


def words_of(card: StemCard) -> frozenset[str]:
    """List what the stem is called: words of its name, and the tags that surely apply."""
    sure = " ".join(tag for tag, score in card.tags.items() if score >= 0.5)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", card.name)
    words = set(_WORD.findall(f"{name} {sure}".lower()))
    if {"hi", "hat"} <= words or {"hi", "hats"} <= words:
        words.add("hihat")
    return frozenset(words)


def suspicion(card: StemCard, excluded: Sequence[str]) -> float:
    """Rate how likely it is that a stem holds something refused, 0..1.

    1.0: its category is refused. 0.9: its name says so. 0.5: a full drum loop, which as a
    rule holds kick, snare and hi-hat. Words that are no category are looked for in tags.
    """
    if card.category in refused_categories(excluded):
        return 1.0
    words = {form for word in words_of(card) for form in (word, singular(word))}
    worst = 0.0
    for refused in excluded:
        if words & names_of(refused):
            worst = max(worst, 0.9)
        elif card.category == "drums" and refused in _FULL_KITS:
            worst = max(worst, 0.5)
        else:
            worst = max(worst, 0.6 * card.tags.get(refused, 0.0))
    return worst


@lru_cache(maxsize=1024)
def names_of(refused: str) -> frozenset[str]:
    """List the words by which files of a refused category or sound are named, in any language."""
    weights = vocabulary().names.categories.get(refused, {})
    named = {word for word, weight in weights.items() if weight >= _NAMED}
    return frozenset({refused, singular(refused)} | named)
