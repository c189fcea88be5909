"""What prompts understand: the vocabulary, and what genres call themselves."""

from functools import cache

from src.music.genre.grammar_files import GENRES, genre_words
from src.words.entries import WordEntry
from src.words.phrases import PhraseTable
from src.words.vocabulary import vocabulary


@cache
def prompt_lexicon() -> PhraseTable:
    """Build the table of the vocabulary, preceded by the words that files of genres bring along."""
    own = ((genre, genre_words(genre)) for genre in GENRES)
    entries = tuple(
        WordEntry(genre, "genre", genre, {"own": words}) for genre, words in own if words
    )
    return vocabulary().prompt_table(entries) if entries else vocabulary().prompts
