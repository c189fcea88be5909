"""Reads what a text wants to hear: sounds in English, German and Russian, wanted and denied."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from src.words.entries import WordEntry
from src.words.phrases import PhraseTable
from src.words.spelling import BREAKS, plain, words_of
from src.words.vocabulary import vocabulary

WORDS_KEPT = 65_536
"""Words whose meaning is remembered; prompts bring new ones as long as a server runs."""

_STRENGTH = {"strong": 1.5, "slight": 0.5, "too": 1.0}
_REACH = 3
_UNDOES = ("without", "forget")
"""Denials that take back a "not" right before them: "not without reverb", "don't forget"."""


@dataclass(frozen=True)
class ConceptMention:
    """A concept that a text asks for. weight is negative where the text denies it.

    word: in plain spelling; meaning: weights on attributes and categories, already times ``weight``
    """

    concept: str
    word: str
    weight: float
    meaning: Mapping[str, float]


@dataclass(frozen=True)
class _Scope:
    """What the words so far say of the next concept.

    denied: kind of the denial in force; ended: kind of one that a join may take up again
    reach: words that said nothing since
    """

    denied: str = ""
    strength: float = 1.0
    reach: int = 0
    ended: str = ""

    @property
    def sign(self) -> float:
        return -1.0 if self.denied else 1.0

    def after(self, word: str) -> "_Scope":
        """After a word that says nothing. A sign, or the third such word, ends a denial."""
        if word in (",", *BREAKS) or self.reach >= _REACH:
            return _Scope()
        return _Scope(self.denied, self.strength, self.reach + 1)

    def turned(self, entry: WordEntry) -> "_Scope":
        """After a word that denies, weighs or joins."""
        if entry.scope.startswith("denies"):
            undone = self.denied == "denies_next" and self.reach == 0 and entry.kind in _UNDOES
            return _Scope() if undone else _Scope(denied=entry.scope)
        if entry.scope in _STRENGTH:
            # "not too bright", "nicht sehr hell": a mild denial
            return _Scope(self.denied, 0.5 if self.denied else _STRENGTH[entry.scope])
        if entry.scope == "or" or self.ended == "denies_all":
            return _Scope(denied=self.ended)
        return _Scope()

    def ended_by_mention(self) -> "_Scope":
        """After a concept: "without" goes on denying, "not" does not."""
        goes_on = self.denied if self.denied == "denies_all" else ""
        return _Scope(denied=goes_on, ended=self.denied, reach=_REACH)


def mentions(text: str, table: PhraseTable | None = None) -> tuple[ConceptMention, ...]:
    """List the concepts that a text asks for or denies, in its order.

    "not", "ohne", "без" ... deny what follows; "very", "etwas", "очень" ... weigh it. Unknown
    words are passed over; a text that says nothing known gives an empty tuple.

    table: of words; None takes what searches understand
    """
    known = vocabulary().searches if table is None else table
    words = words_of(text)
    found: list[ConceptMention] = []
    scope = _Scope()
    at = 0
    while at < len(words):
        meant, size = known.find(words, at)
        phrase = " ".join(word.plain for word in words[at : at + size])
        for one in meant:
            if one.denied:
                scope = _Scope(denied="denies_next")
            if one.entry.concepts:
                found.append(_mention(one.entry, phrase, scope))
                scope = scope.ended_by_mention()
            elif one.entry.scope == "denies_itself":
                found.append(_refusal(one.entry, phrase, scope))
                scope = _Scope()
            else:
                passed = one.entry.scope in ("", "filler")
                scope = scope.after(phrase) if passed else scope.turned(one.entry)
        if not meant:
            scope = scope.after(phrase)
        at += size
    return tuple(found)


@lru_cache(maxsize=WORDS_KEPT)
def concepts_of(word: str) -> tuple[str, ...]:
    """List the concepts that one word names, such as "dark" for "düsteren"; empty if none.

    Of a compound the last part names it: "technokick" is a kick.
    """
    meant = vocabulary().searches.word(word)
    return meant[-1].entry.concepts if meant else ()


@lru_cache(maxsize=WORDS_KEPT)
def names_for(word: str) -> tuple[str, ...]:
    """List what English names of files call a word: "piano" for "Klavier" and for "пианино".

    The word itself is left out; a word that names do not call anything gives an empty tuple.
    """
    called = (name for one in vocabulary().searches.word(word) for name in one.entry.called)
    return tuple(name for name in dict.fromkeys(called) if name != plain(word))


def is_filler(word: str) -> bool:
    """Tell whether a word says nothing about sound itself ("the", "ein", "для", "very")."""
    meant = vocabulary().searches.word(word)
    return bool(meant) and bool(meant[-1].entry.scope)


def _mention(entry: WordEntry, word: str, scope: _Scope) -> ConceptMention:
    weight = scope.sign * scope.strength
    meaning = {target: share * weight for target, share in entry.meaning.items()}
    return ConceptMention(entry.concepts[0], word, weight, meaning)


def _refusal(entry: WordEntry, word: str, scope: _Scope) -> ConceptMention:
    """Read one word that refuses a category by itself: "instrumental" wants no vocal."""
    weight = -scope.sign
    return ConceptMention(entry.value, word, weight, {entry.value: weight})
