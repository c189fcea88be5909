"""The vocabulary that ships, and one word more in one file."""

import re
from collections import Counter
from pathlib import Path

import pytest

from src.audio.analysis.attributes import ATTRIBUTES
from src.music.evidence.names import name_hints
from src.music.prompt.items import items_of
from src.music.prompt.text import Sentence
from src.music.theory.library import CATEGORIES
from src.words.entries import LANGUAGES, WordEntry
from src.words.mentions import concepts_of, mentions
from src.words.phrases import read_pattern
from src.words.vocabulary import vocabulary
from tests.words.changed_files import with_instrument


def test_its_categories_are_those_of_the_library() -> None:
    assert vocabulary().categories == CATEGORIES


def test_every_word_stands_once() -> None:
    places: dict[object, WordEntry] = {}
    twice = []
    for entry in vocabulary().entries:
        for pattern in (*entry.patterns, *entry.phrases):
            phrase = read_pattern(pattern, entry)
            other = places.setdefault((phrase.words, phrase.open_ends), entry)
            if other is not entry:
                twice.append((pattern, other.name, entry.name))
    assert twice == []


def test_everything_means_something_that_exists() -> None:
    known = {*ATTRIBUTES, *CATEGORIES}
    for entry in vocabulary().entries:
        assert set(entry.meaning) <= known, entry.name


def test_every_category_and_attribute_can_be_asked_for() -> None:
    for name in (*ATTRIBUTES, *CATEGORIES):
        assert concepts_of(name)[:1] == (name,)


def test_every_word_of_an_instrument_is_of_three_languages_or_of_one_that_lends_it() -> None:
    for entry in vocabulary().entries:
        assert set(entry.words) == set(LANGUAGES)
        for pattern in (*entry.words["en"], *entry.words["de"]):
            assert not any("а" <= letter <= "я" for letter in pattern.lower()), pattern


def test_ordinary_words_are_no_words_of_the_vocabulary() -> None:
    words = {
        phrase.words[0]
        for entry in vocabulary().entries
        for phrase in (read_pattern(pattern, entry) for pattern in entry.patterns)
        if len(phrase.words) == 1 and not phrase.open_ends[0]
    }
    assert words & vocabulary().ordinary == set()


KAZOO = {
    "category": "lead",
    "part": "named",
    "called": ["kazoo"],
    "en": ["kazoo*"],
    "de": ["Kasu", "Summflöte"],
    "ru": ["казу"],
    "names": {"kazoo": 0.9},
}


@pytest.mark.parametrize("word", ["kazoo", "kazoos", "Kasu", "Summfloete", "казу", "Kzaoo"])
def test_a_word_added_in_one_file_is_known_to_prompts_searches_and_names(
    word_files: Path, word: str
) -> None:
    words = with_instrument(word_files, "kazoo", KAZOO)
    (item,) = items_of(Sentence(word), words.prompts)
    assert (item.kind, item.value, item.category) == ("instrument", "kazoo", "lead")
    better = words.prompts.corrected(word) or word
    assert [mention.concept for mention in mentions(better, words.searches)] == ["lead"]
    assert name_hints("Kazoo_01.wav", words.names).category == "lead"
    assert name_hints("Kazoo_01.wav").category is None


def test_no_file_names_an_entry_twice() -> None:
    """A second one would silently take the place of the first."""
    twice = []
    for file in sorted((Path(__file__).parents[2] / "src" / "words" / "data").glob("*.yaml")):
        names = re.findall(r"^((?:  )?[^\s#-][^:\n]*):[ ]*$", file.read_text("utf-8"), re.MULTILINE)
        twice += [(file.name, name) for name, times in Counter(names).items() if times > 1]
    assert twice == []
