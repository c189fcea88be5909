import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.export.midi_parts import (
    DRUM_CHANNEL,
    TICKS_PER_BEAT,
    UNTUNED_KEY,
    midi_song,
)
from src.music.model.score import Channel, Clip, Note
from tests.music.made_scores import made_score

RATE = 48_000


def song(*tracks: Channel, roots: dict[str, int] | None = None, bpm: float = 133.0):
    return midi_song(made_score(*tracks, bpm=bpm), title="T", roots=roots or {})


def hit(beats: float, **more) -> Channel:
    return Channel("hit", "synth", notes=(Note("s", beats, **more),))


@given(beats=st.floats(0, 3000), bpm=st.floats(94, 300))
def test_a_tick_lies_within_half_a_sample_of_its_beat(beats, bpm):
    (part,) = song(hit(beats)).parts
    apart_s = (part.notes[0].start_tick / TICKS_PER_BEAT - beats) * 60 / bpm
    assert abs(apart_s * RATE) <= 0.5


def test_swing_and_the_human_hand_stay():
    part = song().parts[1]
    beats = [note.start_tick / TICKS_PER_BEAT for note in part.notes]
    expected = [note.start_beats for note in made_score().channels[1].notes]
    assert beats == pytest.approx(expected, abs=0.5 / TICKS_PER_BEAT)


def test_sixteenths_triplets_and_quintuplets_are_whole_ticks():
    for parts in (4, 12, 5):
        assert TICKS_PER_BEAT % parts == 0


def test_drums_play_general_midi_on_channel_ten():
    names = {part.name: part for part in song().parts}
    assert {note.key for note in names["kick"].notes} == {36}
    assert {note.key for note in names["hihat"].notes} == {42}
    assert names["kick"].channel == names["hihat"].channel == DRUM_CHANNEL
    assert DRUM_CHANNEL not in (names["bass"].channel, names["synth"].channel)


def test_a_drum_is_a_short_note_and_a_tuned_sound_rings_for_a_beat():
    drum = song().parts[0].notes[0]
    (part,) = song(hit(4.0)).parts
    assert drum.length_ticks == TICKS_PER_BEAT // 4
    assert part.notes[0].length_ticks == TICKS_PER_BEAT


def test_more_parts_than_channels_share_them_but_never_the_drums():
    tracks = [Channel(f"t{n}", "synth") for n in range(20)]
    channels = [part.channel for part in song(*tracks).parts]
    assert DRUM_CHANNEL not in channels
    assert len(set(channels)) == 15


def test_tuned_notes_sound_their_root_and_their_shift():
    part = song(roots={"bass1": 38}).parts[3]
    assert [note.key for note in part.notes] == [41, 41, 36]


def test_a_sound_without_pitch_plays_middle_c_shifted():
    part = song().parts[3]
    assert part.notes[0].key == UNTUNED_KEY + 3


def test_a_note_ends_where_the_next_one_of_its_key_begins():
    first, second, third = song(roots={"bass1": 38}).parts[3].notes
    assert first.start_tick + first.length_ticks == second.start_tick
    assert second.length_ticks == round(0.75 * TICKS_PER_BEAT)
    assert third.length_ticks == round(0.25 * TICKS_PER_BEAT)


@given(st.floats(0, 1.5))
def test_velocities_are_what_midi_allows(velocity):
    (part,) = song(hit(0.0, velocity=velocity)).parts
    assert 1 <= part.notes[0].velocity <= 127


def test_louder_hits_have_higher_velocities():
    (quiet,), (loud,) = (song(hit(0.0, velocity=level)).parts for level in (0.5, 1.0))
    assert quiet.notes[0].velocity < loud.notes[0].velocity == 127


def test_loops_are_cues_that_tell_what_was_done_to_them():
    cues = song().parts[2].cues
    assert [cue.tick for cue in cues] == [0, 16 * TICKS_PER_BEAT]
    assert cues[0].text == 'Bass "Roll" & Co, 16 beats, stretched x0.95, -2 semitones'
    (riser,) = song().parts[4].cues
    assert riser.text == "Riser, 8 beats, reversed"


def test_sections_are_markers():
    made = song()
    assert [(m.tick, m.text) for m in made.markers] == [
        (0, "Intro"),
        (16 * TICKS_PER_BEAT, "Драйв & <Drop>"),
    ]
    assert made.length_ticks == 32 * TICKS_PER_BEAT


@pytest.mark.parametrize(
    ("key", "fifths", "minor"),
    [
        ("C", 0, False), ("Am", 0, True), ("F#m", 3, True), ("Eb", -3, False), ("Cm", -3, True),
        ("F#", 6, False), ("Gb", -6, False), ("Ebm", -6, True), ("D#m", 6, True), ("Bb", -2, False),
    ],
)  # fmt: skip
def test_the_key_signature_is_the_scores(key, fifths, minor):
    made = midi_song(made_score(key=key), title="T", roots={})
    assert (made.key_fifths, made.key_minor) == (fifths, minor)


def test_clips_and_notes_may_share_a_part():
    both = Channel("b", "bass", clips=(Clip("x", 4.0, 4.0, 0.0, 1.0),), notes=(Note("x", 8.0),))
    (part,) = song(both).parts
    assert len(part.notes) == len(part.cues) == 1
