"""Ordinary words of three languages are found in a dictionary; slips of the keyboard are not."""

import pytest

from src.words.dictionary import is_ordinary
from src.words.vocabulary import vocabulary


@pytest.mark.parametrize(
    "word",
    ["sleep", "western", "elephant", "pauke", "straße", "strasse", "fenster", "лошадями", "сон"],
)
def test_real_words_are_ordinary(word: str) -> None:
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["guitr", "percusion", "traurg", "мелодея", "", "xqzt"])
def test_slips_are_not(word: str) -> None:
    assert not is_ordinary(word)


@pytest.mark.parametrize("word", ["bears", "weeping", "bassist", "стучат", "flügelmann"])
def test_a_real_word_is_never_corrected_into_one_of_ours(word: str) -> None:
    assert vocabulary().prompts.corrected(word) is None
