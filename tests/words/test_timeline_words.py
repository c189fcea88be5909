"""Words of time: numbers, ordinals and sections in three languages."""

import re

import pytest

from src.words.timeline_words import alternatives, timeline_words


@pytest.mark.parametrize(
    ("written", "value"),
    [("8", 8), ("2,5", 2.5), ("sixteen", 16), ("thirty-two", 32), ("zwölf", 12), ("zwoelf", 12),
     ("полторы", 1.5), ("Acht", 8)],
)  # fmt: skip
def test_numbers_are_read_in_digits_and_in_words(written: str, value: float) -> None:
    words = timeline_words()
    assert re.fullmatch(words.number, written.lower())
    assert words.number_of(written) == value


@pytest.mark.parametrize(
    ("written", "kind", "title"),
    [("Chorus", "drop", "Chorus"), ("refrain", "drop", "Chorus"), ("припева", "drop", "Chorus"),
     ("Strophe", "groove", "Verse"), ("break down", "break", "Breakdown")],
)  # fmt: skip
def test_sections_have_a_kind_and_a_title(written: str, kind: str, title: str) -> None:
    found = timeline_words().section_of(written)
    assert (found.kind, found.title) == (kind, title)


def test_a_word_that_is_no_section_is_none() -> None:
    with pytest.raises(KeyError, match="piano"):
        timeline_words().section_of("piano")


def test_a_star_stands_for_any_ending_and_a_blank_for_a_hyphen() -> None:
    pattern = alternatives(["fade out", "затух*"])
    assert re.search(pattern, "a fade-out")
    assert re.search(pattern, "затуханием")
    assert not re.search(pattern, "fade outside")


def test_ordinals_count_and_the_last_is_minus_one() -> None:
    words = timeline_words()
    assert [words.ordinal_of(one) for one in ("second", "zweiten", "последнем")] == [2, 2, -1]
