"""Harmony as data: Roman numerals are read, and refused where they are none."""

import pytest

from src.core.errors import InvalidInputError
from src.music.genre.genres import all_styles, genre_grammar
from src.music.genre.grammar_files import GENRES
from src.music.genre.harmony import DegreeChord, read_chords


def test_numerals_tell_degree_accidental_mode_and_what_is_added() -> None:
    assert read_chords("ii7 bVII #ivm7b5 V7sus4") == (
        DegreeChord(2, 0, True, "7"),
        DegreeChord(7, -1),
        DegreeChord(4, 1, True, "m7b5"),
        DegreeChord(5, 0, False, "7sus4"),
    )


@pytest.mark.parametrize("text", ["", "H7", "VIII", "C", "Iv"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"progression must have|must be a Roman numeral"):
        read_chords(text)


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_has_progressions_and_cadences_in_both_modes(genre: str) -> None:
    names = ["", *(style.name for owner, style in all_styles() if owner == genre)]
    for style in names:
        harmony = genre_grammar(genre, style).harmony
        assert set(harmony.cadences) == {"minor", "major"}
        for progressions in (harmony.minor, harmony.major):
            assert any(not one.kinds or {"groove", "drop"} & set(one.kinds) for one in progressions)
            assert all(one.weight > 0 for one in progressions)
