"""Chords in the words of a search: "loops over Am F C G"."""

from dataclasses import replace

from src.core.errors import InvalidInputError
from src.music.prompt.harmony import take_harmony
from src.music.prompt.text import Sentence
from src.music.theory.progressions import searched_progressions
from src.services.retrieval.query import SearchQuery

_LEAST = 2
"""One chord alone in a prompt is a key, or a name of a sound."""


def with_said_chords(query: SearchQuery) -> SearchQuery:
    """Move the chords that a prompt names into the filter; a filter that is given stays.

    Returns the same query where the prompt names no progression.
    """
    if query.chords is not None or not query.prompt.strip():
        return query
    harmony = take_harmony(Sentence(query.prompt))
    said = " ".join(harmony.chords)
    if len(harmony.chords) < _LEAST or not _readable(said):
        return query
    written = next(words for words, field, _ in harmony.taken if field == "chords")
    rest = " ".join(query.prompt.replace(written, " ").split())
    return replace(query, prompt=rest, chords=said)


def _readable(chords: str) -> bool:
    try:
        searched_progressions(chords)
    except InvalidInputError:  # More colours are written in prompts than the theory room knows.
        return False
    return True
