"""Text as words: one way to cut it and one spelling to compare words by."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

TAKEN = "\x00"
"""Stands where something was taken out of a text; it ends a clause like a full stop."""

BREAKS = (".", ";", "!", "?", "(", ")", ":", "\n", "—", TAKEN)
"""Signs that end a clause."""

PICTURES = r"[\u2600-\u2668\u2670-\u27bf\U0001f300-\U0001faff]"
"""Matches a picture sign, such as "🔥"; those for sharp and flat are none."""

_FRAGMENTS = re.compile(
    rf"(?P<taken>{TAKEN}[{TAKEN}\s]*)"
    rf"|(?P<word>(?<![^\W_])[^\W\d_]&[^\W\d_](?![^\W_])|[^\W_]+(?:['’][^\W_]+)*|{PICTURES}+)"
    r"|(?P<dash>\s[-–—]+\s|[–—])|(?P<sign>[,;.!?():&+/\n])"
)
_SEAMS = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ][a-zа-яё])|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=\d)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ё": "е", "’": "'"})


@dataclass(frozen=True)
class Word:
    """A word or a sign of a text, in lower case; ``raw`` as it was written."""

    text: str
    raw: str

    @property
    def is_sign(self) -> bool:
        """Whether it separates words instead of meaning something."""
        return self.text in BREAKS or self.text in ",&+/"

    @cached_property
    def plain(self) -> str:
        """The word in the spelling that words are compared by."""
        return plain(self.text)


def fold(text: str) -> str:
    """Lower case of the same length, with the Russian ё as е."""
    return text.lower().replace("ё", "е").replace("’", "'")


def plain(text: str) -> str:
    """Reduce all ways to write a word to one: lower case, ae for ä, ss for ß, е for ё."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUTS)


def words_of(text: str) -> list[Word]:
    """Cut a text into words and signs; a hyphen or underscore within a word counts as a blank."""
    words: list[Word] = []
    for fragment in _FRAGMENTS.finditer(text):
        if fragment["taken"]:
            words.append(Word(TAKEN, ""))
        elif fragment["dash"]:
            words.append(Word("—", fragment["dash"]))
        else:
            written = fragment["word"] or fragment["sign"]
            words.append(Word(fold(written), written))
    return words


def parted(name: str) -> str:
    """Put blanks where words of a name were glued: "DarkKick138" becomes "Dark Kick 138"."""
    return _SEAMS.sub(" ", name)


def plain_words(text: str) -> list[str]:
    """List the words of a text in plain spelling, without its signs."""
    text = unicodedata.normalize("NFC", text)
    return [word.plain for word in words_of(text) if not word.is_sign]
