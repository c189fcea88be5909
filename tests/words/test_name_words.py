"""What words in names of files say."""

import pytest

from src.words.name_words import name_words, singular
from src.words.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("word", "one"), [("hats", "hat"), ("bass", "bass"), ("sus", "sus"), ("keys", "key")]
)
def test_the_plural_of_a_word_of_names_is_its_singular(word: str, one: str) -> None:
    assert singular(word) == one


def test_every_word_of_names_can_be_met_in_a_name() -> None:
    names = vocabulary().names
    for words in (*names.categories.values(), names.loops, names.shots, names.tags, names.genres):
        for word in words:
            assert word == singular(word), word
            assert word.isalnum(), word


def test_weights_are_shares() -> None:
    names = vocabulary().names
    for words in (*names.categories.values(), names.loops, names.shots):
        assert all(0.0 < weight < 1.0 for weight in words.values())


def test_categories_come_in_the_order_asked_for() -> None:
    words = vocabulary()
    names = ("not a tempo after", "not a tempo before", "counted", "not a key before", "sentence",
             "sorting", "rises", "falls", "open hats", "closed hats")  # fmt: skip
    lists = {"words": {}} | {name: [] for name in names}
    found = name_words(words.entries, lists, reversed(words.categories))
    assert list(found.categories) == list(reversed(words.categories))
    assert found.categories == words.names.categories
