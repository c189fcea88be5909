"""Metres: bars, beats and their parts."""

import pytest

from src.core.errors import InvalidInputError
from src.music.theory.metre import read_metre


@pytest.mark.parametrize(
    ("text", "beats", "quarters", "middle"),
    [
        ("4/4", 4.0, 4.0, 2.0), ("3/4", 3.0, 3.0, 2.0), ("2/4", 2.0, 2.0, 1.0),
        ("5/4", 5.0, 5.0, 3.0), ("6/8", 2.0, 3.0, 1.0), ("9/8", 3.0, 4.5, 2.0),
        ("12/8", 4.0, 6.0, 2.0), ("7/8", 3.5, 3.5, 2.0),
    ],
)  # fmt: skip
def test_a_bar_has_the_beats_that_a_foot_taps(
    text: str, beats: float, quarters: float, middle: float
) -> None:
    metre = read_metre(text)
    assert (metre.beats_per_bar, metre.quarters_per_bar, metre.middle) == (beats, quarters, middle)
    assert str(metre) == text


def test_only_multiples_of_three_eighths_are_compound() -> None:
    found = [text for text in ("4/4", "6/4", "6/8", "7/8", "12/8") if read_metre(text).compound]
    assert found == ["6/8", "12/8"]


def test_every_beat_begins_on_a_cell() -> None:
    for text in ("4/4", "3/4", "2/4", "5/4", "6/8", "9/8", "12/8"):
        metre = read_metre(text)
        for cells in metre.cells:
            whole = cells / metre.beats_per_bar
            assert whole.is_integer() or cells in (1, 2), (text, cells)


def test_seven_eighths_are_written_in_eighths_and_sixteenths() -> None:
    assert read_metre("7/8").cells == (1, 7, 14, 28)


@pytest.mark.parametrize("text", ["3/5", "0/4", "8/8", "4", "", "3 / 4", "130/8"])
def test_what_is_no_time_signature_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"must be one of 2/4, .*7/8.*, got"):
        read_metre(text)
