"""Chords of a section are read, written, and laid out over it."""

import pytest

from src.core.errors import InvalidInputError
from src.music.model.plan import plan_from_dict, plan_to_dict
from src.music.model.planned_chords import PlannedChord, laid_out
from src.music.theory.chords import parse_chord

WRITTEN = {
    "bpm": 100,
    "key": "Am",
    "structure": [
        {"section": "Verse", "bars": 4, "chords": [{"chord": "Am7", "beats": 4}, {"chord": "C/E"}]}
    ],
}


def test_chords_survive_being_written_and_read() -> None:
    plan = plan_from_dict(WRITTEN)
    assert [str(one.chord) for one in plan.structure[0].chords] == ["Am7", "C/E"]
    assert plan_from_dict(plan_to_dict(plan)) == plan
    written = plan_to_dict(plan)["structure"][0]["chords"]
    assert written == [{"chord": "Am7", "beats": 4}, {"chord": "C/E", "beats": 4}]


def test_a_plan_without_chords_is_written_as_before() -> None:
    plan = plan_from_dict({"bpm": 100, "structure": [{"bars": 4}]})
    assert not {"chords", "chords_asked"} & set(plan_to_dict(plan)["structure"][0])


@pytest.mark.parametrize(
    ("chords", "message"),
    [
        ("Am", r"structure\[0\]\.chords must be a list"),
        ([{"chord": "X"}], r"chords\[0\]\.chord: a chord must look like Am"),
        ([{"chord": "Am", "beats": 0}], r"chords\[0\]\.beats must be a number from 0.25"),
        (["Am"], r"chords\[0\] must be an object"),
    ],
)
def test_what_is_no_chord_is_refused_by_its_place(chords: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        plan_from_dict({"bpm": 100, "structure": [{"bars": 4, "chords": chords}]})


def test_a_row_repeats_until_the_section_ends_and_equal_neighbours_are_one() -> None:
    row = [PlannedChord(parse_chord(name), 4.0) for name in ("Am", "F", "F")]
    spans = [(str(one.chord), one.start, one.end) for one in laid_out(row, 8.0, 18.0)]
    assert spans == [("Am", 8.0, 12.0), ("F", 12.0, 20.0), ("Am", 20.0, 24.0), ("F", 24.0, 26.0)]
