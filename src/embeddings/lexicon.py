"""Reads what a text wants to hear: concepts in English, German and Russian."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

_WORD = re.compile(r"[a-z0-9а-я&+'/]+|,|;|\.(?=\s|$)")
_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ё": "е", "’": "'"})
_STRENGTH = {"strong": 1.5, "slight": 0.5, "too": 1.0}
_REACH = 3
_LONGEST_PHRASE = 4

WORDS_KEPT = 65_536
"""Words whose meaning is remembered; prompts bring new ones as long as a server runs."""

Kind = Literal["concept", "negation", "join", "intensity", "filler"]


@dataclass(frozen=True)
class Mention:
    """A concept that a text asks for. weight is negative where the text denies it.

    meaning: weights on attributes and categories, already times ``weight``
    """

    concept: str
    word: str
    weight: float
    meaning: dict[str, float]


@dataclass(frozen=True)
class _Entry:
    kind: Kind
    name: str


@dataclass
class _Scope:
    """What the words so far say of the next concept.

    denied: kind of the denial in force; ended: kind of one that a join may take up again
    """

    denied: str = ""
    strength: float = 1.0
    reach: int = 0
    ended: str = ""

    def sign(self) -> float:
        return -1.0 if self.denied else 1.0


@dataclass
class _Words:
    """Known phrases. whole: exact; beginnings: by first three letters, longest first."""

    whole: dict[tuple[str, ...], _Entry] = field(default_factory=dict)
    beginnings: dict[str, list[tuple[str, _Entry]]] = field(default_factory=dict)
    open_phrases: list[tuple[tuple[str, ...], _Entry]] = field(default_factory=list)

    def phrase(self, parts: tuple[str, ...]) -> _Entry | None:
        """The entry of two words or more; None where they mean nothing together."""
        if parts in self.whole:
            return self.whole[parts]
        for pattern, entry in self.open_phrases:
            if len(pattern) == len(parts) and all(map(_fits, pattern, parts)):
                return entry
        return None

    def word(self, word: str) -> tuple[_Entry, ...]:
        """The entries of one word: itself, its two parts, or what it begins with."""
        whole = self.whole.get((word,))
        if whole is not None:
            return (whole,)
        return self._parts(word) or self._beginning(word) or self._denied(word)

    def _parts(self, word: str) -> tuple[_Entry, ...]:
        for cut in range(len(word) - 3, 2, -1):
            first, second = self.whole.get((word[:cut],)), self.whole.get((word[cut:],))
            if first and second and first.kind == second.kind == "concept":
                return (first, second)
        return ()

    def _beginning(self, word: str) -> tuple[_Entry, ...]:
        for start, entry in self.beginnings.get(word[:3], ()):
            if word.startswith(start):
                return (entry,)
        return ()

    def _denied(self, word: str) -> tuple[_Entry, ...]:
        """ "неяркий", "unsauber": a denial within the word."""
        for prefix in ("не", "un"):
            rest = word[len(prefix) :]
            if word.startswith(prefix) and len(rest) > 3:
                entries = self._beginning(rest)
                if entries and entries[0].kind == "concept":
                    return (_Entry("negation", "narrow"), *entries)
        return ()


def mentions(text: str) -> tuple[Mention, ...]:
    """The concepts that a text asks for or denies, in its order.

    "not", "ohne", "без" ... deny what follows; "very", "etwas", "очень" ... weigh it.
    Unknown words are passed over; a text that says nothing known gives an empty tuple.
    """
    found: list[Mention] = []
    scope = _Scope()
    for phrase, entry in _entries(words_of(text)):
        if entry is None or entry.kind == "filler":
            scope = _passed(scope, phrase)
        elif entry.kind == "concept":
            found.append(_mention(entry.name, " ".join(phrase), scope))
            denied = scope.denied
            scope = _Scope(denied=denied if denied == "wide" else "", ended=denied, reach=_REACH)
        else:
            scope = _turned(scope, entry)
    return tuple(found)


def words_of(text: str) -> list[str]:
    """Lower-case words, spellings unified, hyphens and underscores as spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SPELLINGS)
    return _WORD.findall(re.sub(r"[-_–—]", " ", plain))


@lru_cache(maxsize=WORDS_KEPT)
def concept_of(word: str) -> str | None:
    """The concept that one word names, such as "dark" for "düsteren"; None if none.

    Compounds are read by their parts ("technokick" names the kick).
    """
    for one in words_of(word):
        entries = _words().word(one)
        if entries and entries[-1].kind == "concept":
            return entries[-1].name
    return None


def is_filler(word: str) -> bool:
    """Whether a word says nothing about sound ("the", "ein", "для")."""
    entries = _words().word(word)
    return bool(entries) and entries[-1].kind != "concept"


@cache
def concept_words() -> dict[str, str]:
    """Single words as people write them, and the concept that each names; also beginnings."""
    return {
        str(phrase).rstrip("*"): name
        for name, body in _data()["concepts"].items()
        for language in ("en", "de", "ru")
        for phrase in body.get(language, ())
        if " " not in str(phrase)
    }


@cache
def meanings() -> dict[str, dict[str, float]]:
    """What each concept means: weights on attributes and categories."""
    concepts = _data()["concepts"]
    return {name: body.get("means", {name: 1.0}) for name, body in concepts.items()}


def _mention(name: str, word: str, scope: _Scope) -> Mention:
    weight = scope.sign() * scope.strength
    meaning = {target: share * weight for target, share in meanings()[name].items()}
    return Mention(concept=name, word=word, weight=weight, meaning=meaning)


def _passed(scope: _Scope, phrase: tuple[str, ...]) -> _Scope:
    """After a word that says nothing. A comma, or the third such word, ends a denial."""
    if phrase[0] in {",", ";", "."} or scope.reach >= _REACH:
        return _Scope()
    return _Scope(scope.denied, scope.strength, scope.reach + 1)


def _turned(scope: _Scope, entry: _Entry) -> _Scope:
    if entry.kind == "negation":
        return _Scope(denied=entry.name)
    if entry.kind == "intensity":
        # "not too bright", "nicht sehr hell": a mild denial
        return _Scope(scope.denied, 0.5 if scope.denied else _STRENGTH[entry.name])
    if entry.name == "or" or scope.ended == "wide":
        return _Scope(denied=scope.ended)
    return _Scope()


def _entries(words: list[str]) -> Iterator[tuple[tuple[str, ...], _Entry | None]]:
    """Known phrases, the longest first, then single words."""
    known = _words()
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_PHRASE, len(words) - at), 1, -1):
            phrase = tuple(words[at : at + length])
            entry = known.phrase(phrase)
            if entry is not None:
                yield phrase, entry
                at += length
                break
        else:
            for one in known.word(words[at]) or (None,):
                yield (words[at],), one
            at += 1


def _fits(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@cache
def _words() -> _Words:
    data = _data()
    words = _Words()
    for name, body in data["concepts"].items():
        for language in ("en", "de", "ru"):
            _add(words, body.get(language, ()), _Entry("concept", name))
    _add(words, data["fillers"], _Entry("filler", ""))
    groups: tuple[tuple[str, Kind], ...] = (
        ("negation", "negation"), ("joins", "join"), ("intensity", "intensity"),
    )  # fmt: skip
    for group, kind in groups:
        for name, phrases in data[group].items():
            _add(words, phrases, _Entry(kind, name))
    for starts in words.beginnings.values():
        starts.sort(key=lambda pair: -len(pair[0]))
    return words


def _add(words: _Words, phrases: Iterable[str], entry: _Entry) -> None:
    for phrase in phrases:
        parts = tuple(
            part + "*" * starred
            for piece in str(phrase).split()
            for starred in (piece.endswith("*"),)
            for part in words_of(piece.rstrip("*"))
        )
        plain = tuple(part.rstrip("*") for part in parts)
        if parts == plain:
            words.whole[plain] = entry
        elif len(parts) == 1:
            words.whole.setdefault(plain, entry)
            words.beginnings.setdefault(plain[0][:3], []).append((plain[0], entry))
        else:
            words.open_phrases.append((parts, entry))


@cache
def _data() -> dict[str, Any]:
    text = files("src.embeddings").joinpath("data", "lexicon.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data
