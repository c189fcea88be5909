"""Grooves read in another tempo."""

from hypothesis import given
from hypothesis import strategies as st

from src.music.theory.groove import SLOTS, groove_at

FOUR = tuple(1.0 if slot % 4 == 0 else 0.0 for slot in range(SLOTS))
GROOVES = st.lists(st.floats(0, 1), min_size=SLOTS, max_size=SLOTS)


@given(groove=GROOVES, drift=st.floats(0.9, 1.1))
def test_near_its_own_tempo_a_groove_stays(groove: list[float], drift: float) -> None:
    assert groove_at(groove, bpm=120.0, target_bpm=120.0 * drift) == tuple(groove)


def test_four_to_the_floor_is_half_as_dense_at_twice_the_tempo() -> None:
    read = groove_at(FOUR, bpm=87.0, target_bpm=174.0)
    assert [slot for slot, value in enumerate(read) if value] == [0, 8]


def test_four_to_the_floor_is_twice_as_dense_at_half_the_tempo() -> None:
    read = groove_at(FOUR, bpm=174.0, target_bpm=87.0)
    assert [slot for slot, value in enumerate(read) if value] == list(range(0, SLOTS, 2))


@given(groove=GROOVES)
def test_the_largest_value_is_one_again(groove: list[float]) -> None:
    for target in (60.0, 240.0):
        read = groove_at(groove, bpm=120.0, target_bpm=target)
        assert max(read) == (1.0 if max(groove) > 0 else 0.0)


def test_what_is_no_octave_can_not_be_read() -> None:
    assert groove_at(FOUR, bpm=120.0, target_bpm=170.0) == ()
    assert groove_at(FOUR, bpm=60.0, target_bpm=240.0) == ()
    assert groove_at((), bpm=120.0, target_bpm=120.0) == ()
