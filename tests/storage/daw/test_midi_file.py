"""MIDI files, read by an independent reader."""

import io
from dataclasses import replace

import mido
import pytest

from src.core.errors import InvalidInputError
from src.music.export.midi_parts import MidiCue, MidiNote, MidiPart, MidiSong, midi_song
from src.music.theory.metre import Metre
from src.storage.daw.midi_file import midi_bytes
from tests.music.made_scores import made_score

SONG = MidiSong(
    title="Größe",
    bpm=138.0,
    metre=Metre(7, 8),
    key_fifths=-3,
    key_minor=True,
    ticks_per_beat=1_920,
    length_ticks=40_000_000,
    markers=(MidiCue(0, "Intro"), MidiCue(20_000_000, "Дроп")),
    parts=(
        MidiPart("kick", 9, "Kick Iron", (MidiNote(5, 100, 36, 127),), ()),
        MidiPart("bass", 0, "", (), (MidiCue(300_000, "Loop"),)),
    ),
)


def read(song: MidiSong) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(midi_bytes(song)), charset="utf-8")


def placed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    tick, out = 0, []
    for message in track:
        tick += message.time
        out.append((tick, message))
    return out


def of_type(track: mido.MidiTrack, kind: str) -> list[tuple[int, mido.Message]]:
    return [(tick, message) for tick, message in placed(track) if message.type == kind]


def test_it_is_of_type_one_with_a_track_per_part():
    file = read(SONG)
    assert (file.type, file.ticks_per_beat) == (1, 1_920)
    assert [track.name for track in file.tracks] == ["Größe", "kick", "bass"]


def test_tempo_metre_and_key_stand_at_the_start():
    first = read(SONG).tracks[0]
    ((_, tempo),) = of_type(first, "set_tempo")
    ((_, metre),) = of_type(first, "time_signature")
    ((_, key),) = of_type(first, "key_signature")
    assert mido.tempo2bpm(tempo.tempo) == pytest.approx(138.0, abs=2e-4)
    assert (metre.numerator, metre.denominator) == (7, 8)
    assert key.key == "Cm"


def test_markers_cues_and_notes_lie_on_their_ticks():
    first, kick, bass = read(SONG).tracks
    assert [(t, m.text) for t, m in of_type(first, "marker")] == [
        (0, "Intro"),
        (20_000_000, "Дроп"),
    ]
    ((on_tick, on),) = of_type(kick, "note_on")
    ((off_tick, off),) = of_type(kick, "note_off")
    assert (on_tick, off_tick, on.channel, on.note, on.velocity) == (5, 105, 9, 36, 127)
    assert off.note == 36
    assert [(t, m.text) for t, m in of_type(bass, "cue_marker")] == [(300_000, "Loop")]
    assert [m.text for _, m in of_type(kick, "text")] == ["Kick Iron"]


def test_every_track_is_as_long_as_the_song():
    for track in read(SONG).tracks:
        assert placed(track)[-1][0] == 40_000_000


def test_a_note_ends_before_the_next_of_its_key_begins():
    notes = (MidiNote(0, 480, 60, 90), MidiNote(480, 480, 60, 80))
    song = replace(SONG, parts=(MidiPart("p", 0, "", notes, ()),))
    kinds = [m.type for _, m in placed(read(song).tracks[1]) if m.type.startswith("note")]
    assert kinds == ["note_on", "note_off", "note_on", "note_off"]


def test_a_whole_score_agrees_with_its_notes():
    score = made_score()
    file = read(midi_song(score, title="T", roots={"bass1": 38}))
    hats = of_type(file.tracks[2], "note_on")
    assert len(hats) == len(score.channels[1].notes)
    for (tick, _), note in zip(hats, score.channels[1].notes, strict=True):
        assert abs(tick / file.ticks_per_beat - note.start_beats) * 60 / score.bpm < 0.13e-3


def test_a_finer_song_is_written_at_a_resolution_that_all_readers_take():
    notes = (MidiNote(0, 1, 60, 90), MidiNote(30_727, 30_720, 60, 80), MidiNote(30_729, 1, 61, 80))
    fine = replace(
        SONG, ticks_per_beat=30_720, length_ticks=30_720 * 1_000,
        markers=(MidiCue(30_720 * 64, "Drop"),),
        parts=(MidiPart("p", 0, "", notes, (MidiCue(30_720 * 8, "Loop"),)),),
    )  # fmt: skip
    first, part = read(fine).tracks
    assert [tick for tick, _ in of_type(first, "marker")] == [1_920 * 64]
    assert [tick for tick, _ in of_type(part, "cue_marker")] == [1_920 * 8]
    assert [tick for tick, _ in of_type(part, "note_on")] == [0, 1_920, 1_921]
    assert [tick for tick, _ in of_type(part, "note_off")] == [1, 1_922, 3_840]
    assert max(placed(track)[-1][0] for track in (first, part)) == 1_920_000


def test_the_same_song_gives_the_same_bytes():
    assert midi_bytes(SONG) == midi_bytes(SONG)


def test_a_place_that_a_file_can_not_hold_is_refused():
    late = MidiPart("p", 0, "", (MidiNote(2**28, 1, 60, 90),), ())
    with pytest.raises(InvalidInputError, match="counts from 0 to 268435455"):
        midi_bytes(replace(SONG, parts=(late,)))
    with pytest.raises(InvalidInputError, match="1 to 32767 ticks per beat, got 40000"):
        midi_bytes(replace(SONG, ticks_per_beat=40_000))
