"""Lengths of tracks and sections in prompts."""

import pytest

from src.core.errors import InvalidInputError
from src.music.prompt.length import Length, length_words, take_lengths
from src.music.prompt.text import Sentence


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3 minutes", 180), ("3-minute track", 180), ("3min", 180), ("3:30", 210),
        ("2 Minuten", 120), ("2 Minuten 30", 150), ("3 min 20 sec", 200), ("2.5 minutes", 150),
        ("2,5 Minuten", 150), ("dreieinhalb Minuten", 210), ("a minute and a half", 90),
        ("3 and a half minutes", 210), ("half a minute", 30), ("eine halbe Minute", 30),
        ("три минуты", 180), ("на 3 минуты", 180), ("полторы минуты", 90), ("пол минуты", 30),
        ("две с половиной минуты", 150), ("90 seconds", 90), ("45 s", 45), ("90s long", 90),
        ("2-3 minutes", 150), ("1 hour", 3600),
    ],
)  # fmt: skip
def test_seconds_are_found(text: str, seconds: float) -> None:
    assert take_lengths(Sentence(text)).track == Length(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "bars"),
    [("64 bars", 64), ("64 Takte", 64), ("64 тактов", 64), ("8-bar loop", 8), ("zwei Takte", 2)],
)
def test_bars_are_found(text: str, bars: float) -> None:
    assert take_lengths(Sentence(text)).track == Length(bars=bars)


@pytest.mark.parametrize("text", ["90s house", "fill every 8 bars", "drop at 1:00", "24/7",
                                  "after 16 bars", "в минуту", "128 bpm"])  # fmt: skip
def test_decades_and_positions_are_no_length(text: str) -> None:
    assert take_lengths(Sentence(text)).track is None


def test_a_length_beside_a_section_is_the_sections() -> None:
    requests = take_lengths(Sentence("16-bar intro, breakdown of 32 bars, 30 Sekunden Outro, 3:00"))
    assert dict(requests.sections) == {
        "intro": Length(bars=16), "breakdown": Length(bars=32), "outro": Length(seconds=30),
    }  # fmt: skip
    assert requests.track == Length(seconds=180)


def test_tempo_after_minutes_is_not_seconds() -> None:
    assert take_lengths(Sentence("3 Minuten 90 bpm")).track == Length(seconds=180)


def test_seconds_become_bars_at_a_tempo() -> None:
    assert Length(seconds=60).in_bars(120) == 30
    assert Length(bars=16).in_bars(120) == 16


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3 minutes", "3 minutes"), ("90s", "90 seconds"), ("90 s", "90 seconds"),
        ("90 с", "90 seconds"), ("64 Takte", "64 Takte"), ("2:30", "2:30"),
        ("about 3 minutes", "3 minutes"), ("2 to 3 minutes", "2 to 3 minutes"),
    ],
)  # fmt: skip
def test_a_length_alone_is_said_as_a_prompt_says_it(text: str, words: str) -> None:
    assert length_words(text) == words
    assert take_lengths(Sentence(f"techno, {words}")).track is not None


@pytest.mark.parametrize(
    "text", ["banana", "", "3", "3 minutes techno", "8 bars intro", "-3 minutes", "3 or 4 minutes"]
)
def test_what_is_no_length_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(InvalidInputError, match=f"such as '3 minutes'.*got '{text}'"):
        length_words(text)


def test_russian_seconds_may_be_one_letter_but_with_is_no_second() -> None:
    assert take_lengths(Sentence("техно, 90 с")).track == Length(seconds=90)
    assert take_lengths(Sentence("хаус 90 с басом")).track is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("eine Viertelstunde", 900.0), ("half an hour", 1800.0), ("1m30s", 90.0),
     ("минуты на две", 120.0), ("four minutes thirty", 270.0), ("zwei Minuten zwanzig", 140.0)],
)  # fmt: skip
def test_lengths_as_people_say_them(text: str, seconds: float) -> None:
    assert take_lengths(Sentence(text)).track == Length(seconds=seconds)
