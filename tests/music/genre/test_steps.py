"""Step patterns: text in, beats out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.music.genre.steps import read_steps, swung
from src.music.theory.metre import Metre

CELLS = st.text(alphabet="Xxo-._2346", min_size=16, max_size=16)


def test_sixteen_cells_are_four_beats() -> None:
    pattern = read_steps("X...x...o...-...")
    assert [(step.beat, step.velocity) for step in pattern.steps] == [
        (0.0, 1.0), (1.0, 0.8), (2.0, 0.6), (3.0, 0.35),
    ]  # fmt: skip
    assert pattern.bars == 1


def test_second_bar_starts_at_beat_four() -> None:
    pattern = read_steps("X............... | X...............")
    assert [step.beat for step in pattern.steps] == [0.0, 4.0]
    assert pattern.bars == 2


def test_twelve_cells_are_triplets() -> None:
    assert [step.beat for step in read_steps("xxx.........").steps] == [0.0, 0.333333, 0.666667]


def test_held_note_lasts_over_the_bar_line() -> None:
    pattern = read_steps("........X_______ | ____x...........")
    assert [(step.beat, step.length_beats) for step in pattern.steps] == [(2.0, 3.0), (5.0, 0.25)]


def test_without_held_cells_sounds_ring_out() -> None:
    assert read_steps("x...............").steps[0].length_beats is None


def test_three_over_two_cells_is_a_sixteenth_triplet() -> None:
    beats = [step.beat for step in read_steps("3_..............").steps]
    assert beats == pytest.approx([0.0, 1 / 6, 1 / 3], abs=1e-5)


def test_degrees_go_round() -> None:
    pattern = read_steps("x...x...x...x...", degrees=(1, 5, 8))
    assert [step.degree for step in pattern.steps] == [1, 5, 8, 1]


@pytest.mark.parametrize("text", ["", "x..", "x...?...........", "x... | "])
def test_unreadable_rows_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="pattern"):
        read_steps(text)


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_hits_lie_in_order_within_the_pattern(rows: list[str]) -> None:
    pattern = read_steps("|".join(rows))
    beats = [step.beat for step in pattern.steps]
    assert beats == sorted(set(beats))
    assert all(0 <= beat < 4 * pattern.bars for beat in beats)
    assert all(0 < step.velocity <= 1 for step in pattern.steps)


def test_triplet_swing_puts_the_second_sixteenth_on_the_triplet() -> None:
    assert swung(0.25, 1 / 3) == pytest.approx(1 / 3)
    assert swung(0.5, 1 / 3) == pytest.approx(0.5)


@given(
    st.floats(0, 64), st.floats(0, 64), st.floats(0, 0.5),
)  # fmt: skip
def test_swing_keeps_the_order_and_the_eighths(first: float, second: float, swing: float) -> None:
    low, high = sorted((first, second))
    assert swung(low, swing) <= swung(high, swing) + 1e-9
    assert swung(float(int(low)), swing) == pytest.approx(int(low))
    assert abs(swung(low, swing) - low) <= 0.125 + 1e-9


def test_swung_eighths_leave_the_beats_and_move_the_second_eighth_to_the_triplet() -> None:
    assert swung(1.0, 1 / 3, note=8) == 1.0
    assert swung(1.5, 1 / 3, note=8) == pytest.approx(1 + 2 / 3)


def test_a_bar_of_three_has_three_beats_and_a_bar_of_six_eighths_two() -> None:
    waltz = read_steps("X...x...x... | X...........", metre=Metre(3, 4))
    assert [step.beat for step in waltz.steps] == [0.0, 1.0, 2.0, 3.0]
    jig = read_steps("xooxoo".replace("o", "o.").replace("x", "x."), metre=Metre(6, 8))
    assert [step.beat for step in jig.steps] == pytest.approx([i / 3 for i in range(6)])


def test_a_row_that_does_not_fit_its_metre_is_refused_with_what_would() -> None:
    with pytest.raises(InvalidInputError, match=r"1, 7, 14 or 28 cells in 7/8, got 16"):
        read_steps("x...x...x...x...", metre=Metre(7, 8))
