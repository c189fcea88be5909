"""A prompt from which what was recognised is taken out piece by piece."""

import re
import unicodedata

from src.words.number_words import with_digits
from src.words.spelling import TAKEN, Word, fold, words_of

_GERMAN = re.compile(
    r"\b(?:ohne|mit|und|ein|eine[nrms]?|kein\w*|nicht|der|die|das|im|für|sehr|takte|minuten|dur|moll"
    r"|wie|klingt|statt|etwas|von|ab|alles|takt|nach|bis|dann|nur|sowie|bitte|düster\w*|treibend\w*|aber|zum|als)\b|[äöüß]"
)


class Sentence:
    """A prompt from which recognised numbers and keys are taken out one by one."""

    def __init__(self, prompt: str) -> None:
        raw = unicodedata.normalize("NFC", prompt).replace("İ", "I").replace(TAKEN, " ")
        self.raw = raw
        self._free, self._numbers = with_digits(fold(raw))
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
        """Find where a pattern stands in what has not been taken yet, from left to right."""
        return list(pattern.finditer(self._free_raw if as_written else self._free))

    def before(self, match: re.Match[str]) -> str:
        """Return what stands before a match, in lower case."""
        return self._free[: match.start()]

    def after(self, match: re.Match[str]) -> str:
        """Return what stands after a match, in lower case."""
        return self._free[match.end() :]

    def written_after(self, match: re.Match[str]) -> str:
        """Return what stands after a match and is not taken yet, as it was written."""
        return self._free_raw[match.end() :]

    def take(self, match: re.Match[str]) -> str:
        """Take a match out, so that nothing else reads it. Returns it as it was written."""
        return self.take_span(*match.span())

    @property
    def free(self) -> str:
        """What has not been taken yet, in lower case, as long as the whole."""
        return self._free

    def take_span(self, start: int, end: int) -> str:
        """Take out what stands between two positions. Returns it as it was written.

        A number in words of which a part is taken goes as a whole.
        """
        for first, last in self._numbers:
            if start < last and first < end:
                start, end = min(start, first), max(end, last)
        gap = TAKEN * (end - start)
        written = self.raw[start:end]
        self._free = self._free[:start] + gap + self._free[end:]
        self._free_raw = self._free_raw[:start] + gap + self._free_raw[end:]
        return " ".join(written.split())

    def part(self, start: int, end: int) -> "Sentence":
        """Return what is left between two positions as a sentence; what was taken is blank."""
        return Sentence(self._free_raw[start:end])

    def words(self) -> list[Word]:
        """List what is left, as words and signs."""
        return words_of(self._free_raw)
