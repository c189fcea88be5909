"""The vocabulary as a whole: its entries, and the tables in which each reader looks words up."""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from src.words.entries import WordEntry
from src.words.loading import Files, read_files
from src.words.name_words import NameWords, name_words
from src.words.phrases import PhraseTable


class Vocabulary:
    """All words of one set of files. Tables are made when they are first asked for."""

    def __init__(self, found: Files) -> None:
        self._files = found
        self.entries = found.entries

    @property
    def categories(self) -> tuple[str, ...]:
        """Categories of sounds, in the order of the files."""
        return tuple(self._files.categories)

    @property
    def ordinary(self) -> frozenset[str]:
        """Words that look like words of music and are none, in plain spelling."""
        return self._files.ordinary

    @cached_property
    def captions(self) -> Mapping[str, tuple[str, ...]]:
        """Category -> sentences that say it, for models that compare sounds with sentences."""
        facts = self._files.categories
        return {name: tuple(body["clap"]) for name, body in facts.items() if "clap" in body}

    @cached_property
    def names(self) -> NameWords:
        """What words in the names of files and folders say."""
        return name_words(self.entries, self._files.names, self.categories)

    @cached_property
    def mood_suggestions(self) -> Mapping[str, Mapping[str, Any]]:
        """Mood, as prompts call it -> what it suggests, see ``WordEntry.suggests``."""
        found: dict[str, dict[str, Any]] = {}
        for entry in self.entries:
            if entry.kind == "mood":
                found[entry.value] = {**entry.suggests, **found.get(entry.value, {})}
        return found

    @cached_property
    def prompts(self) -> PhraseTable:
        """Everything that prompts understand."""
        return self.prompt_table(())

    @cached_property
    def searches(self) -> PhraseTable:
        """What searches understand: phrases and words that say or weigh sounds."""
        phrases = (
            (pattern, entry)
            for entry in self.entries
            if entry.is_searched
            for pattern in entry.patterns
        )
        return PhraseTable(phrases, ordinary=self.ordinary)

    def prompt_table(self, own: tuple[WordEntry, ...]) -> PhraseTable:
        """Build the table that prompts understand, with entries of one's own that go before."""
        return PhraseTable(
            _prompt_phrases((*own, *self.entries)),
            ordinary=self.ordinary,
            known=self.names.known,
        )


def _prompt_phrases(entries: tuple[WordEntry, ...]) -> Iterator[tuple[str, WordEntry]]:
    for entry in entries:
        for pattern in (*entry.patterns, *entry.phrases):
            yield pattern, entry


def read_vocabulary(folder: Traversable) -> Vocabulary:
    """Read the vocabulary in a folder of word files. Raises what ``read_files`` raises."""
    return Vocabulary(read_files(folder))


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary that ships, once."""
    return read_vocabulary(files("src.words") / "data")
