"""Tempo and key where the prompt leaves them open."""

import random

import pytest

from src.music.arranging.arrangement import arrange
from src.music.arranging.target import choose_bpm, choose_key
from src.music.genre.genres import genre_grammar
from src.music.prompt.understanding import understand_prompt
from src.music.theory.keys import is_minor


def _bpm(prompt: str) -> float:
    intent = understand_prompt(prompt)
    grammar = genre_grammar(intent.genre or "house")
    return choose_bpm(intent, grammar, None, grammar.metre)[0]


def _key(prompt: str) -> str:
    intent = understand_prompt(prompt)
    grammar = genre_grammar(intent.genre or "house")
    return choose_key(intent, grammar, bpm=120.0, library=None, rng=random.Random(1))[0]


@pytest.mark.parametrize("mood", ["energetic", "aggressive", "lively"])
def test_a_mood_that_drives_is_faster_than_the_genre_usually_is(mood: str) -> None:
    assert _bpm(f"{mood} house") > _bpm("house")


@pytest.mark.parametrize("mood", ["calm", "sleepy", "ruhiger", "спокойный"])
def test_a_mood_that_rests_is_slower_than_the_genre_usually_is(mood: str) -> None:
    assert _bpm(f"{mood} house") < _bpm("house")


def test_moods_never_leave_the_genres_range() -> None:
    grammar = genre_grammar("house")
    assert _bpm("calm sleepy sad soft deep solemn house") >= grammar.tempo_low
    assert _bpm("energetic aggressive hard driving chaotic house") <= grammar.tempo_high


@pytest.mark.parametrize(("mood", "minor"), [("happy", False), ("gloomy", True), ("lonely", True)])
def test_a_mood_chooses_the_tonality_that_nobody_asked_for(mood: str, minor: bool) -> None:
    assert is_minor(_key(f"{mood} house")) is minor


def test_what_is_asked_for_goes_before_the_mood() -> None:
    assert not is_minor(_key("gloomy house in C major"))
    assert _bpm("calm house 140 bpm") == 140.0


@pytest.mark.parametrize(("prompt", "seconds"), [("10 seconds", 10.0), ("15 seconds", 15.0)])
def test_a_short_length_takes_a_tempo_that_fills_it(prompt: str, seconds: float) -> None:
    plan = arrange(understand_prompt(prompt), seed=1)
    assert plan.bars * 240.0 / plan.bpm == pytest.approx(seconds, rel=0.02)
