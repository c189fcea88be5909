"""Tempos in prompts, and numbers that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.prompt.tempo import take_tempo
from src.music.prompt.text import Sentence


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("138 bpm", 138), ("138bpm", 138), ("BPM: 138", 138), ("techno at 90", 90),
        ("tempo 90", 90), ("tempo of 128", 128), ("um die 120 bpm", 120), ("in 174", 174),
        ("120 ударов в минуту", 120), ("120 beats per minute", 120), ("130 бпм", 130),
        ("в темпе 120", 120), ("на 130", 130), ("@ 128", 128), ("128 Schläge pro Minute", 128),
        ("120.5 bpm", 120.5), ("120,5 bpm", 120.5), ("house with piano, no vocals, 124", 124),
        ("3 minutes at 128", 128), ("4/4 techno 130", 130), ("TR-808 at 140", 140),
        ("90 BPM bis 100 BPM", 95), ("tempo 90-95", 92), ("от 120 до 126 бпм", 123),
    ],
)  # fmt: skip
def test_tempo_is_found(text: str, bpm: float) -> None:
    request = take_tempo(Sentence(text))
    assert request is not None
    assert request.bpm == bpm


@pytest.mark.parametrize(
    "text",
    [
        "808 bass and 909 hats", "a 303", "techno from 1994", "90s house", "techno 24/7",
        "Juno-106 pads", "5 stems", "300 drums", "100 % dark", "440 Hz", "24 bit", "120 bars",
        "90 seconds", "3:30", "techno in 2024", "take #120", "-14 LUFS",
    ],
)  # fmt: skip
def test_other_numbers_are_no_tempo(text: str) -> None:
    assert take_tempo(Sentence(text)) is None


@given(st.integers(30, 300))
def test_every_possible_tempo_is_read_and_taken_out(bpm: int) -> None:
    sentence = Sentence(f"techno {bpm} bpm, dark")
    request = take_tempo(sentence)
    assert request is not None
    assert request.bpm == bpm
    assert str(bpm) not in [word.text for word in sentence.words()]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("no more than 100 bpm", 80, 100),
        ("tempo not above 95", 76, 95),
        ("höchstens 90 bpm", 72, 90),
        ("не быстрее 120 bpm", 96, 120),
        ("at least 120 bpm", 120, 150),
        ("schneller als 160", 160, 200),
        ("at most 300 bpm", 240, 300),
    ],
)
def test_a_bound_is_a_range_on_its_side(text: str, low: float, high: float) -> None:
    request = take_tempo(Sentence(text))
    assert request is not None
    assert (request.low, request.high, request.written) == (low, high, text)


@pytest.mark.parametrize("text", ["over 2 minutes", "faster than usual", "под 3 минуты"])
def test_a_bound_on_something_else_is_no_tempo(text: str) -> None:
    assert take_tempo(Sentence(text)) is None
