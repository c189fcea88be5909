"""Markers name sections and changes of chords."""

from dataclasses import replace

from src.music.export.markers import markers_of
from src.music.export.quarters import in_quarters
from src.music.model.score import ScoreChord, ScoreSection
from tests.music.made_scores import made_score

CHORDS = (ScoreChord("Am", 0.0, 4.0), ScoreChord("F", 4.0, 4.0))


def test_a_section_is_named_with_its_first_chord_and_each_change_has_a_marker() -> None:
    score = replace(made_score(), sections=(ScoreSection("Verse", 0.0, 8.0, 0.5, 0.0, CHORDS),))
    assert list(markers_of(score)) == [(0.0, "Verse: Am"), (4.0, "F")]


def test_a_section_that_stays_on_one_chord_is_its_name() -> None:
    score = replace(made_score(), sections=(ScoreSection("Drop", 0.0, 8.0, 0.5, 0.0, CHORDS[:1]),))
    assert list(markers_of(score)) == [(0.0, "Drop")]


def test_changes_are_counted_in_quarters_in_compound_metres() -> None:
    section = ScoreSection("Verse", 0.0, 8.0, 0.5, 0.0, CHORDS)
    score = replace(made_score(), sections=(section,), time_signature="6/8")
    assert list(markers_of(in_quarters(score)))[1] == (6.0, "F")
