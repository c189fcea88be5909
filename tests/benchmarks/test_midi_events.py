"""What fluidsynth is given says what was meant, read by a reader of other people."""

import io

import mido
import pytest

from benchmarks.midi_events import TICKS_PER_S, midi_bytes, note_events, program_event


def test_notes_and_instruments_come_at_their_moments_and_last_as_long() -> None:
    events = [program_event(3, 33), *note_events(3, 60, 100, at=960, until=1_920)]
    song = mido.MidiFile(file=io.BytesIO(midi_bytes(events, tail_s=2.0)))
    assert song.length == pytest.approx(4.0)
    messages = [one for one in song if not one.is_meta]
    assert [(one.type, one.channel) for one in messages] == [
        ("program_change", 3), ("note_on", 3), ("note_off", 3)
    ]  # fmt: skip
    assert [one.time for one in messages] == pytest.approx([0.0, 1.0, 1.0])


def test_a_note_that_ends_where_another_begins_is_let_go_first() -> None:
    events = [
        *note_events(0, 60, 100, at=0, until=TICKS_PER_S),
        *note_events(0, 60, 100, at=TICKS_PER_S, until=2 * TICKS_PER_S),
    ]
    song = mido.MidiFile(file=io.BytesIO(midi_bytes(events)))
    kinds = [one.type for one in song if not one.is_meta]
    assert kinds == ["note_on", "note_off", "note_on", "note_off"]
