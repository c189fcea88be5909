import pytest

from src.core.errors import InvalidInputError
from src.music.theory.chords import Chord, HeardChord
from src.music.theory.progressions import (
    chord_row,
    chord_text,
    chords_of_row,
    chords_said,
    goes_over,
    progression_text,
    searched_progressions,
)

AM_F = (HeardChord(4.0, Chord(9, "m"), 0.9), HeardChord(4.0, Chord(5, "maj7", 9), 0.5))


def test_what_is_stored_is_read_again() -> None:
    row = chord_row(AM_F, bpm=120.0)
    assert row == {"bpm": 120.0, "spans": [["Am", 4.0, 0.9], ["Fmaj7/A", 4.0, 0.5]]}
    assert chords_of_row(row, bpm=120.0) == AM_F


def test_at_twice_the_tempo_a_chord_has_twice_the_beats() -> None:
    read = chords_of_row(chord_row(AM_F, bpm=87.0), bpm=174.0)
    assert read is not None
    assert [one.beats for one in read] == [8.0, 8.0]


def test_without_a_tempo_or_a_row_nothing_is_known() -> None:
    assert chords_of_row(None, bpm=120.0) is None
    assert chords_of_row(chord_row(AM_F, bpm=120.0), bpm=None) is None


def test_chords_that_are_said_share_the_loop() -> None:
    assert chord_text(chords_said("Am F | C, G", beats=16.0)) == "Am:4 F:4 C:4 G:4"
    assert chord_text(chords_said("Am:6 G:2", beats=16.0)) == "Am:6 G:2"


@pytest.mark.parametrize("wrong", ["", "Am Xy", "Am:0", "Am:long", " ".join(["C"] * 65)])
def test_what_is_no_progression_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match=r"chord"):
        chords_said(wrong, beats=8.0)


def test_a_progression_names_each_triad_once_round_the_loop() -> None:
    spans = [["Am7", 2.0, 0.9], ["Am", 2.0, 0.9], ["F/A", 4.0, 0.9], ["Am", 1.0, 0.9]]
    assert progression_text({"bpm": 120.0, "spans": spans}) == "Am F "
    assert progression_text(None) is None


@pytest.mark.parametrize(
    ("searched", "found"),
    [("Am F C G", True), ("G Am", True), ("Am C", False), ("Bm", False), ("Dm Am F", False)],
)
def test_a_loop_goes_over_chords_wherever_it_begins(searched: str, found: bool) -> None:
    assert goes_over("C G Am F ", searched_progressions(searched)) is found


def test_a_name_is_not_found_within_another() -> None:
    assert not goes_over("C#m G#m ", searched_progressions("C"))
    assert not goes_over("Bb Eb ", searched_progressions("B"))
