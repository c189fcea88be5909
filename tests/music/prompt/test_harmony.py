"""Metres, chords, progressions and swing as people write them, and what only looks like them."""

import pytest

from src.music.prompt.harmony import take_harmony
from src.music.prompt.text import Sentence
from src.music.prompt.understanding import understand_prompt


@pytest.mark.parametrize(
    ("text", "metre"),
    [("7/8 techno", "7/8"), ("waltz in 3/4 time", "3/4"), ("размер 6/8", "6/8"),
     ("12/8 blues", "12/8"), ("24/7 party", None), ("1/2 of it", None),
     ("12/7", None), ("house 10/10", None)],
)  # fmt: skip
def test_a_metre_in_figures(text: str, metre: str | None) -> None:
    assert take_harmony(Sentence(text)).metre == metre


@pytest.mark.parametrize(
    ("text", "chords"),
    [
        ("Am F C G", "Am F C G"), ("Am - F - C - G, 90 bpm", "Am F C G"),
        ("Dm7 G7 Cmaj7", "Dm7 G7 Cmaj7"),
        ("chords C G", "C G"), ("C G chords", "C G"), ("F#m7b5 | B7 | Em", "F#m7b5 B7 Em"),
        ("Bb -> Eb", "Bb Eb"), ("Am H7 E", "Am B7 E"), ("a-Moll, F-Dur, C-Dur, G-Dur", "Am F C G"),
        ("A minor, F major, C major", "Am F C"), ("ля минор - фа мажор - до мажор", "Am F C"),
        ("Fmaj7", "Fmaj7"), ("C/E G/B Am", "C/E G/B Am"), ("A minor seventh", "Am7"),
        ("diminished chord on C", "Cdim"), ("септаккорд от соль", "G7"), ("аккорды Am F", "Am F"),
        ("Akkorde: am F C G", "Am F C G"), ("chords dm - G7 - C", "Dm G7 C"),
    ],
)  # fmt: skip
def test_chords_are_read_by_name(text: str, chords: str) -> None:
    assert " ".join(take_harmony(Sentence(text)).chords) == chords


@pytest.mark.parametrize(
    "text",
    ["Am", "I am in A", "A D", "house in C minor", "A minor change", "vitamin C", "a b c d",
     "E-Gitarre", "G funk beat", "in F sharp", "Dub"],
)  # fmt: skip
def test_letters_that_are_no_chords_stay(text: str) -> None:
    assert take_harmony(Sentence(text)).chords == ()


@pytest.mark.parametrize(
    ("text", "progression"),
    [("ii-V-I", "ii V I"), ("I V vi IV", "I V vi IV"), ("i–VI–III–VII", "i VI III VII"),
     ("1-5-6-4 progression", "I V vi IV"), ("12-bar blues", "I I I I IV IV I I V IV I I"),
     ("V", ""), ("Mark IV", ""), ("I I I", "")],
)  # fmt: skip
def test_progressions_are_read_in_numerals(text: str, progression: str) -> None:
    assert " ".join(take_harmony(Sentence(text)).progression) == progression


@pytest.mark.parametrize(
    ("text", "swing"), [("swing 50%", 0.0), ("60% swing", 0.2), ("свинг 75%", 0.5), ("swing", None)]
)
def test_swing_in_percent(text: str, swing: float | None) -> None:
    assert take_harmony(Sentence(text)).swing == swing


def test_chords_say_the_key_unless_one_is_named() -> None:
    assert understand_prompt("Am F C G").key == "Am"
    assert understand_prompt("Cmaj7 Fmaj7 G7").key == "C"
    assert understand_prompt("Dm7 G7 Cmaj7").key == "C"
    assert understand_prompt("Am F C G, E minor").key == "Em"


@pytest.mark.parametrize(
    "text",
    ["techno that stays on one chord", "ein Lied, das auf einem Akkord bleibt", "one-chord vamp"],
)
def test_a_track_may_stay_on_one_chord(text: str) -> None:
    assert take_harmony(Sentence(text)).progression == ("1",)
