"""Numbers in words: they count bars, beats and seconds, and leave all other words alone."""

import pytest

from src.words.number_words import with_digits


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a hundred and forty bpm", "140"),
        ("one hundred twenty-eight beats per minute", "128"),
        ("one forty bpm", "140"),
        ("thirty-two bars", "32"),
        ("hundertachtundzwanzig bpm", "128"),
        ("neunzig schläge pro minute", "90"),
        ("zweiunddreißig takte", "32"),
        ("сто двадцать восемь ударов", "128"),
        ("сорок пять секунд", "45"),
        ("tempo one twenty", "120"),
        ("takt siebzehn", "17"),
        ("four minutes thirty", "30"),
    ],
)
def test_a_number_that_counts_something_is_written_in_digits(text: str, number: str) -> None:
    found, spans = with_digits(text)
    assert len(found) == len(text)
    assert found[slice(*spans[0])].strip() == number


@pytest.mark.parametrize(
    "text", ["sixteen horns", "one of a hundred", "ein takt", "seven nation army", "сто лет", "elf"]
)
def test_other_numbers_stay_words(text: str) -> None:
    assert with_digits(text) == (text, ())
