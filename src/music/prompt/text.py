"""A prompt as text and as words: the ground on which its parts are recognised."""

import re
import unicodedata
from dataclasses import dataclass

_TAKEN = "\x00"
_PIECES = re.compile(
    rf"(?P<taken>{_TAKEN}[{_TAKEN}\s]*)|(?P<word>[^\W_]+(?:['’][^\W_]+)*)"
    r"|(?P<dash>\s[-–—]+\s|[–—])|(?P<sign>[,;.!?():&+/\n])"
)
_GERMAN = re.compile(
    r"\b(?:ohne|mit|und|ein|eine[nrms]?|kein\w*|nicht|der|die|das|im|für|sehr|takte|minuten|dur|moll"
    r"|düster\w*|treibend\w*|aber|zum|als)\b|[äöüß]"
)


@dataclass(frozen=True)
class Word:
    """A word or a sign of the prompt, in lower case; ``raw`` as it was written."""

    text: str
    raw: str

    @property
    def is_sign(self) -> bool:
        """Whether it separates words instead of meaning something."""
        return self.text in BREAKS or self.text in ",&+/"


BREAKS = (".", ";", "!", "?", "(", ")", ":", "\n", "—", _TAKEN)
"""Signs that end a clause. A tempo, key or length that was taken out counts as one."""


class Sentence:
    """A prompt from which recognised numbers and keys are taken out one by one."""

    def __init__(self, prompt: str) -> None:
        raw = unicodedata.normalize("NFC", prompt).replace("İ", "I").replace(_TAKEN, " ")
        self.raw = raw
        self._free = fold(raw)
        self._free_raw = raw

    @property
    def language(self) -> str:
        """ "ru" for Cyrillic, "de" where German words stand, else "en"."""
        low = fold(self.raw)
        letters = sum(char.isalpha() for char in low)
        if letters and sum("а" <= char <= "я" for char in low) / letters > 0.3:
            return "ru"
        return "de" if _GERMAN.search(low) else "en"

    def find(self, pattern: re.Pattern[str], *, as_written: bool = False) -> list[re.Match[str]]:
        """Where a pattern stands in what has not been taken yet, from left to right."""
        return list(pattern.finditer(self._free_raw if as_written else self._free))

    def before(self, match: re.Match[str]) -> str:
        """What stands before a match, in lower case."""
        return self._free[: match.start()]

    def after(self, match: re.Match[str]) -> str:
        """What stands after a match, in lower case."""
        return self._free[match.end() :]

    def take(self, match: re.Match[str]) -> str:
        """Take a match out, so that nothing else reads it. Returns it as it was written."""
        start, end = match.span()
        gap = _TAKEN * (end - start)
        written = self.raw[start:end]
        self._free = self._free[:start] + gap + self._free[end:]
        self._free_raw = self._free_raw[:start] + gap + self._free_raw[end:]
        return " ".join(written.split())

    def words(self) -> list[Word]:
        """What is left, as words and signs."""
        return words_of(self._free_raw)


def fold(text: str) -> str:
    """Lower case of the same length, with the Russian ё as е."""
    return text.lower().replace("ё", "е").replace("’", "'")


def words_of(text: str) -> list[Word]:
    """Split a text into words and signs; a hyphen within a word counts as a blank."""
    words: list[Word] = []
    for piece in _PIECES.finditer(text):
        if piece["taken"]:
            words.append(Word(_TAKEN, ""))
        elif piece["dash"]:
            words.append(Word("—", piece["dash"]))
        else:
            written = piece["word"] or piece["sign"]
            words.append(Word(fold(written), written))
    return words
