"""Scores counted in quarter notes."""

import pytest

from src.music.export.midi_parts import TICKS_PER_BEAT, midi_song
from src.music.export.quarters import in_quarters
from src.music.model.score import Channel, Clip, Note, ScoreSection
from tests.music.made_scores import made_score


def lullaby():
    channel = Channel(
        "kick",
        "kick",
        clips=(Clip("a", 2.0, 2.0, 0.0, 2.0),),
        notes=tuple(Note("a", float(beat), length_beats=0.5) for beat in range(4)),
    )
    sections = (ScoreSection("A", 0.0, 4.0, 0.5),)
    return made_score(channel, bpm=60.0, sections=sections, time_signature="6/8")


def test_a_beat_of_six_eighths_is_a_quarter_and_a_half() -> None:
    score = in_quarters(lullaby())
    assert score.bpm == 90.0
    assert score.length_beats * 60 / score.bpm == lullaby().length_beats
    assert [note.start_beats for note in score.channels[0].notes] == [0.0, 1.5, 3.0, 4.5]
    assert score.channels[0].clips[0].start_beats == 3.0
    assert score.channels[0].notes[0].length_beats == 0.75


@pytest.mark.parametrize("metre", ["4/4", "3/4", "7/8"])
def test_simple_metres_are_counted_in_quarters_already(metre: str) -> None:
    score = made_score(time_signature=metre)
    assert in_quarters(score) is score


def test_midi_holds_the_signature_and_places_beats_by_quarters() -> None:
    song = midi_song(lullaby(), title="x", roots={})
    assert (song.bpm, str(song.metre)) == (90.0, "6/8")
    starts = [note.start_tick for note in song.parts[0].notes]
    assert starts == [round(1.5 * TICKS_PER_BEAT * beat) for beat in range(4)]
    assert song.length_ticks == 6 * TICKS_PER_BEAT
