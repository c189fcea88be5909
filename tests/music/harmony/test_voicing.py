"""Chords are voiced with three or four notes that move little."""

from itertools import pairwise
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from src.music.harmony.voicing import leading, movement, voices_of
from src.music.theory.chords import QUALITIES, Chord, parse_chords

CHORDS = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))


@given(st.lists(CHORDS, min_size=1, max_size=8), st.integers(0, 11), st.floats(-2.0, 5.0))
def test_every_chord_has_its_notes_within_the_range(
    chords: list[Chord], reference: int, centre: float
) -> None:
    voiced = leading(chords, reference=reference, low=-8, high=11, centre=centre)
    for chord, notes in zip(chords, voiced, strict=True):
        assert {(reference + note) % 12 for note in notes} == set(voices_of(chord))
        assert 3 <= len(notes) <= 4
        assert -8 <= min(notes) <= max(notes) <= 11
        assert len(set(notes)) == len(notes)


def test_voices_move_little_in_usual_progressions() -> None:
    rows = (("Am", "F", "C", "G"), ("Dm7", "G7", "Cmaj7", "Am7"), ("E", "D", "A", "B"))
    moved = []
    for row in rows:
        voiced = leading(parse_chords(row * 2), reference=9, low=-8, high=11, centre=0.0)
        moved += [step for a, b in pairwise(voiced) for step in movement(a, b)]
    assert median(moved) <= 2
    assert max(moved) <= 5


def test_a_chorus_lies_higher_than_a_verse() -> None:
    chords = parse_chords(("Am", "F", "C", "G"))
    low, high = (
        leading(chords, reference=9, low=-8, high=11, centre=centre) for centre in (0.0, 4.0)
    )
    assert sum(map(sum, high)) > sum(map(sum, low))


def test_the_third_and_the_colour_survive_where_notes_are_left_out() -> None:
    assert set(voices_of(Chord(7, "13"))) == {7, 11, 5, 4}
