"""The words by which stems are found: of names, kits and tags, in one language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from src.db.index.word_index import WordIndex
from src.music.theory.keys import KEYS, parse_key
from src.words.mentions import (
    WORDS_KEPT,
    ConceptMention,
    concepts_of,
    is_filler,
    mentions,
    names_for,
)
from src.words.spelling import parted, plain_words
from src.words.typing_errors import typos_between
from src.words.vocabulary import vocabulary

_TEMPO = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?)\s*-?\s*(?:bpm|уд)", re.IGNORECASE)
_KEY = re.compile(
    r"(?<![\w#])([A-Ha-h](?:#|b|is|es)?)[\s-]?"
    r"(minor|major|min|maj|moll|dur|m)(?![\w#])",
)


LITERAL, MEANT = 1.0, 0.3
"""What a word counts where it stands as it was said (or translated), and where only its kind
stands ("keys" for "piano")."""


@dataclass(frozen=True)
class Term:
    """One thing that a prompt says. variants: words of the index, and what each counts."""

    variants: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class PromptTerms:
    """What a prompt asks for.

    denied: words as ``index_words`` writes them; bpm, key: None where not said
    mended: the prompt with its typos mended; None where there are none
    """

    mentions: tuple[ConceptMention, ...] = ()
    terms: tuple[Term, ...] = ()
    denied: tuple[str, ...] = ()
    bpm: float | None = None
    key: str | None = None
    corrected: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """All words of all terms, in the order of the prompt."""
        return tuple(dict.fromkeys(word for term in self.terms for word, _ in term.variants))


def index_words(text: str) -> list[str]:
    """Return words of a name, each also as the concept that it names: "Dunkle_Kick" is dark,
    kick.
    """
    found: list[str] = []
    for word in plain_words(parted(text)):
        found += _canonical(word)
    return found


def terms_of_prompt(prompt: str) -> PromptTerms:
    """Read a prompt: concepts wanted and denied, plain words, tempo and key."""
    found = mentions(prompt)
    rest = _KEY.sub(" ", _TEMPO.sub(" ", prompt)) if _key_in(prompt) else _TEMPO.sub(" ", prompt)
    denied = {mention.concept for mention in found if mention.weight < 0}
    phrases = [m for m in found if m.weight > 0 and " " in m.word and m.concept not in denied]
    within = {part for mention in phrases for part in mention.word.split()}
    # a word that is said in a denial names no request
    said_no = {part for m in found if m.weight < 0 for part in m.word.split()}
    terms = [Term(((mention.concept, LITERAL),)) for mention in phrases]
    for word in plain_words(parted(rest)):
        if word not in within | said_no and not is_filler(word):
            concepts = concepts_of(word)
            if _canonical(word) and not denied.intersection(concepts):
                terms.append(_term(word, concepts))
    return PromptTerms(
        mentions=found,
        terms=tuple(dict.fromkeys(terms)),
        denied=tuple(sorted(denied)),
        bpm=_tempo_in(prompt),
        key=_key_in(prompt),
    )


def corrected(prompt: str, index: WordIndex) -> PromptTerms:
    """Read a prompt as ``asked_of`` does, after mending its typos.

    index: words of the library. A word is only mended where neither they nor the vocabulary
    have it.
    """
    words = plain_words(parted(prompt))
    changed = {word: _corrected_word(word, index) for word in words}
    if all(word == better for word, better in changed.items()):
        return terms_of_prompt(prompt)
    better = _replaced(prompt, changed)
    return replace(terms_of_prompt(better), corrected=better)


def word_scores(terms: Sequence[Term], index: WordIndex, size: int) -> NDArray[np.float32]:
    """Rate how much of the query each stem has, rare words counting more, in 0..1. Shape
    (size,).

    Terms that no stem has are left out; where none is left, all are 0. The weight of a term
    is the inverse document frequency (Spärck Jones, 1972) of its best variant.
    """
    scores = np.zeros(size, dtype=np.float32)
    total = 0.0
    for term in terms:
        there = [(index.postings(word), worth) for word, worth in term.variants if word in index]
        if not there:
            continue
        top = max(worth for _, worth in there)
        rarest = min(found.slots.size for found, worth in there if worth == top)
        weight = float(np.log(1.0 + size / rarest))
        best = np.zeros(size, dtype=np.float32)
        for found, worth in there:
            best[found.slots] = np.maximum(best[found.slots], found.weights * (worth / top))
        scores += np.float32(weight) * best
        total += weight
    return scores / np.float32(total) if total else scores


def denied_slots(requested: PromptTerms, index: WordIndex, size: int) -> NDArray[np.bool_]:
    """Mark the slots that have a word which the prompt denies, shape (size,)."""
    denied = np.zeros(size, dtype=bool)
    for word in requested.denied:
        denied[index.postings(word).slots] = True
    return denied


def _term(word: str, concepts: Sequence[str]) -> Term:
    variants = dict.fromkeys((word, *names_for(word)), LITERAL)
    for concept in concepts:
        variants.setdefault(concept, MEANT)
    return Term(tuple(variants.items()))


def _corrected_word(word: str, index: WordIndex) -> str:
    """Return the word that is likeliest meant; itself where it is known, or nothing is near."""
    known = vocabulary().prompts
    if word in index or known.knows(word):
        return word
    there = index.near(word)[:1]
    said = known.corrected(word)
    found = [*there, *([said] if said is not None else [])]
    return min(found, key=lambda other: typos_between(word, other), default=word)


def _replaced(prompt: str, changed: Mapping[str, str]) -> str:
    """Replace some words of the prompt, everything else as it was."""

    def correct(match: re.Match[str]) -> str:
        words = plain_words(match[0])
        if len(words) != 1 or changed.get(words[0], words[0]) == words[0]:
            return match[0]
        return changed[words[0]]

    return re.sub(r"[^\W_]+(?:['’][^\W_]+)*", correct, parted(prompt))


@lru_cache(maxsize=WORDS_KEPT)
def _canonical(word: str) -> tuple[str, ...]:
    if len(word) < 2:
        return ()
    return tuple(dict.fromkeys([word, *names_for(word), *concepts_of(word)]))


def _tempo_in(prompt: str) -> float | None:
    match = _TEMPO.search(prompt)
    bpm = float(match[1]) if match else 0.0
    return bpm if bpm > 0.0 else None


def _key_in(prompt: str) -> str | None:
    match = _KEY.search(prompt)
    if match is None:
        return None
    mode = "moll" if match[2] in {"m", "min", "minor", "moll"} else "dur"
    tonic = match[1]
    german = match[2] in {"moll", "dur"}
    text = f"{tonic}-{mode}" if german else f"{tonic}{'m' if mode == 'moll' else ''}"
    if not german and tonic[0] in "Hh":
        return None
    key = parse_key(text)
    return key if key in KEYS else None
