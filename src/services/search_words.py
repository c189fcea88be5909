"""The words by which stems are found: of names, kits and tags, in one language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from src.db.word_index import WordIndex
from src.embeddings.lexicon import WORDS_KEPT, Mention, concept_of, is_filler, mentions, words_of
from src.music.keys import KEYS, parse_key

_JOINT = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ][a-zа-яё])|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=\d)")
_TEMPO = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?)\s*-?\s*(?:bpm|уд)", re.IGNORECASE)
_KEY = re.compile(
    r"(?<![\w#])([A-Ha-h](?:#|b|is|es)?)[\s-]?"
    r"(minor|major|min|maj|moll|dur|m)(?![\w#])",
)


@dataclass(frozen=True)
class Asked:
    """What a prompt asks for.

    words, denied: as ``index_words`` writes them; bpm, key: None where not said
    """

    mentions: tuple[Mention, ...] = ()
    words: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    bpm: float | None = None
    key: str | None = None


def index_words(text: str) -> list[str]:
    """Words of a name, each also as the concept that it names: "Dunkle_Kick" is dark, kick."""
    found: list[str] = []
    for word in words_of(_JOINT.sub(" ", text)):
        found += _canonical(word)
    return found


def asked_of(prompt: str) -> Asked:
    """Read a prompt: concepts wanted and denied, plain words, tempo and key."""
    found = mentions(prompt)
    rest = _TEMPO.sub(" ", prompt)
    wanted = [word for word in index_words(rest) if not is_filler(word)]
    denied = {mention.concept for mention in found if mention.weight < 0}
    named = [m.concept for m in found if m.weight > 0 and m.concept not in denied]
    # a word that is said in a denial names no wish
    said_no = {word for m in found if m.weight < 0 for part in m.word.split() for word in
               _canonical(part)}  # fmt: skip
    words = dict.fromkeys([*named, *(word for word in wanted if word not in said_no)])
    return Asked(
        mentions=found,
        words=tuple(words),
        denied=tuple(sorted(denied)),
        bpm=_tempo_in(prompt),
        key=_key_in(prompt),
    )


def word_scores(words: Sequence[str], index: WordIndex, size: int) -> NDArray[np.float32]:
    """How many of the words each stem has, rare words counting more, in 0..1. Shape (size,).

    Words that no stem has are left out; where none is left, all are 0. The weight of a
    word is its inverse document frequency (Spärck Jones, 1972), times what it says of the stem.
    """
    scores = np.zeros(size, dtype=np.float32)
    total = 0.0
    for word in words:
        found = index.postings(word)
        if found.slots.size:
            weight = float(np.log(1.0 + size / found.slots.size))
            scores[found.slots] += np.float32(weight) * found.weights
            total += weight
    return scores / np.float32(total) if total else scores


@lru_cache(maxsize=WORDS_KEPT)
def _canonical(word: str) -> tuple[str, ...]:
    if len(word) < 2 or word in {",", ";", "."}:
        return ()
    concept = concept_of(word)
    return (word,) if concept is None or concept == word else (word, concept)


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
