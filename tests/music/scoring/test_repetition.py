from dataclasses import replace

from src.music.model.score import Channel, Clip, Note, Score, ScoreSection
from src.music.scoring.repetition import plays_in, repeated_blocks

BEAT_S = 0.5


def score(*tracks, bars=32):
    section = ScoreSection("A", 0.0, bars * 4.0, 0.5)
    return Score(120.0, "C", 0, (section,), tracks, -14.0, -1.0)


def loop(start=0.0, length=128.0, beats=16.0, **more):
    return Clip("L", start, length, 0.0, beats * BEAT_S, **more)


def test_a_loop_that_goes_on_repeats_itself():
    assert repeated_blocks(score(Channel("drums", "drums", clips=(loop(),)))) == ((0, 1),)


def test_a_loop_that_does_not_fit_the_block_is_somewhere_else_in_the_next():
    assert repeated_blocks(score(Channel("drums", "drums", clips=(loop(beats=12.0),)))) == ()


def test_a_beat_of_silence_is_a_difference():
    cut = (loop(length=127.0),)

    assert repeated_blocks(score(Channel("drums", "drums", clips=cut))) == ()


def test_two_ways_to_cut_the_same_sound_are_the_same():
    half = Clip("L", 64.0, 64.0, 0.0, 16 * BEAT_S)
    whole = replace(half, start_beats=0.0)

    assert repeated_blocks(score(Channel("d", "drums", clips=(whole, half)))) == ((0, 1),)


def test_a_human_hand_is_no_variation_but_another_note_is():
    beat = [Note("K", float(place)) for place in range(128)]
    late = [replace(note, start_beats=note.start_beats + 0.01, velocity=0.8) for note in beat]
    same = Channel("kick", "kick", notes=tuple(beat[:64] + late[64:]))
    other = replace(same, notes=(*beat[:127], Note("K", 127.5)))

    assert repeated_blocks(score(same)) == ((0, 1),)
    assert repeated_blocks(score(other)) == ()


def test_silence_twice_is_no_repetition():
    assert repeated_blocks(score(Channel("drums", "drums"))) == ()


def test_plays_in_sees_what_begins_or_lasts():
    track = Channel("t", "lead", clips=(loop(0.0, 10.0),), notes=(Note("K", 20.0),))

    assert plays_in(track, (8.0, 9.0))
    assert plays_in(track, (20.0, 21.0))
    assert not plays_in(track, (10.0, 20.0))
