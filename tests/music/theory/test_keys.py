import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.music.theory.keys import (
    KEYS,
    camelot,
    camelot_distance,
    parse_key,
    pitch_class,
    relative_key,
    transpose,
)

keys = st.sampled_from(KEYS)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Am", "Am"), ("F#min", "F#m"), ("8A", "Am"), ("8B", "C"), ("Bb", "Bb"), ("Cmaj", "C"),
        ("C minor", "Cm"), ("A# major", "Bb"), ("Db", "C#"), ("G#m", "Ab" + "m"), ("CM", "C"),
        ("f♯ Moll", "F#m"), ("fis-moll", "F#m"), ("B-Dur", "Bb"), ("H-Moll", "Bm"),
        ("1m", "Am"), ("1d", "C"), ("05A", "Cm"), ("Cb", "B"), ("e", "E"), ("D_minor", "Dm"),
        ("as-moll", "Abm"), ("Gsharp minor", "Abm"), ("Es-Dur", "Eb"),
    ],
)  # fmt: skip
def test_common_spellings_are_understood(text: str, key: str) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["", "H", "Kick", "13A", "0A", "Amen", "C major seven", "808"])
def test_what_is_no_key_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInputError, match="key must look like"):
        parse_key(text)


@given(keys)
def test_a_key_survives_the_camelot_wheel(key: str) -> None:
    assert parse_key(camelot(key)) == key


def test_known_places_on_the_wheel() -> None:
    assert [camelot(key) for key in ("Am", "C", "F#m", "Abm", "B", "E")] == [
        "8A", "8B", "11A", "1A", "1B", "12B",
    ]  # fmt: skip


@given(keys, keys)
def test_distance_is_symmetric_and_at_most_seven(first: str, second: str) -> None:
    distance = camelot_distance(first, second)
    assert distance == camelot_distance(second, first)
    assert 0 <= distance <= 7
    assert (distance == 0) == (first == second)


@given(keys)
def test_relative_key_and_fifth_are_one_step_away(key: str) -> None:
    assert camelot_distance(key, relative_key(key)) == 1
    assert camelot_distance(key, transpose(key, 7)) == 1
    assert relative_key(relative_key(key)) == key


@given(keys, st.integers(-24, 24))
def test_transposing_moves_the_tonic(key: str, semitones: int) -> None:
    assert pitch_class(transpose(key, semitones)) == (pitch_class(key) + semitones) % 12
