from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.basics.clicks import clicks_at
from src.mixdown.conformed import ConformedSlices
from src.mixdown.sources import ChannelSource, SampleGrid, joined, slipped_end
from src.music.model.score import Channel, Clip, Note

RATE = 48_000
GRID = SampleGrid(120.0, RATE)


def sine(frequency_hz: float, samples: int) -> np.ndarray:
    wave = 0.3 * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / RATE)
    return wave.astype(np.float32)[None]


def player(track: Channel, sound: np.ndarray) -> ChannelSource:
    def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        start = round(start_s * RATE)
        return sound[:, start : start + round(length_s * RATE)]

    return ChannelSource(track, GRID, ConformedSlices(load, sample_rate=RATE))


def play(track: Channel, sound: np.ndarray, cuts: list[int], samples: int) -> np.ndarray:
    playing = player(track, sound)
    edges = [0, *sorted(cuts), samples]
    blocks = []
    for start, stop in pairwise(edges):
        block = playing.play(start, stop - start)
        blocks.append(np.zeros((2, stop - start), np.float32) if block is None else block)
    return np.concatenate(blocks, axis=1)


@settings(max_examples=12)
@given(cuts=st.lists(st.integers(1, 249_999), max_size=5, unique=True))
def test_track_does_not_depend_on_blocks(cuts: list[int]) -> None:
    clips = (
        Clip("l", 0.3, 6.1, 0.0, 0.77, fade_in_s=0.4, fade_out_s=0.3),
        Clip("l", 8.0, 1.0, 0.1, 0.5),
    )
    notes = (Note("l", 1.0, length_beats=0.5), Note("l", 1.25), Note("l", 8.9, semitones=4))
    track = Channel("t", "bass", clips, notes)
    sound = sine(97, RATE)
    np.testing.assert_allclose(
        play(track, sound, cuts, 250_000), play(track, sound, [], 250_000), atol=1e-6
    )


def test_silent_stretches_cost_nothing() -> None:
    playing = player(Channel("t", "fx", (Clip("l", 8.0, 2.0, 0.0, 1.0),)), sine(97, RATE))
    assert playing.play(0, 100_000) is None
    assert playing.play(100_000, 100_000) is not None
    assert playing.play(300_000, 1000) is None


@pytest.mark.parametrize("slip", [-30, -1, 0, 1, 30])
def test_pass_that_slips_ends_where_the_next_one_begins(slip: int) -> None:
    loop = sine(100, 48_000)
    length, seam = 48_000 + slip, 192
    one = np.concatenate([loop[:, : length - seam], slipped_end(loop, length, seam)], axis=1)
    assert one.shape[1] == length
    assert not clicks_at(np.tile(one, 2), [length, length - seam], sample_rate=RATE)
    np.testing.assert_allclose(one[:, -3:], loop[:, -3:], atol=2e-3)


def test_remainder_of_a_millisecond_starts_no_further_pass() -> None:
    sound = np.zeros((1, RATE), np.float32)
    sound[:, :48] = 0.5
    track = Channel("t", "fx", (Clip("l", 0.0, 2.004, 0.0, 1.0),))
    audio = play(track, sound, [], 100_000)
    assert not audio[:, 40_000:].any()


def test_only_clips_that_truly_go_on_are_joined() -> None:
    first = Clip("l", 0.0, 8.0, 0.0, 2.0)
    goes_on, gap = Clip("l", 8.0, 8.0, 0.0, 2.0), Clip("l", 9.0, 8.0, 0.0, 2.0)
    louder, faded = Clip("l", 8.0, 8.0, 0.0, 2.0, gain_db=3.0), Clip("l", 8.0, 8.0, 0.0, 2.0,
                                                                    fade_in_s=0.5)  # fmt: skip
    assert [clip.length_beats for clip in joined((first, goes_on), GRID)] == [16.0]
    for other in (gap, louder, faded):
        assert len(joined((first, other), GRID)) == 2


def test_clip_that_ends_inside_a_pass_is_not_joined_to_a_new_start() -> None:
    first, then = Clip("l", 0.0, 6.0, 0.0, 2.0), Clip("l", 6.0, 8.0, 0.0, 2.0)
    sound = np.linspace(0, 0.5, 2 * RATE, dtype=np.float32)[None]
    audio = play(Channel("t", "fx", (first, then)), sound, [], 200_000)
    assert audio[0, 3 * RATE + 4800] == pytest.approx(sound[0, 4800], abs=1e-6)


def test_kicks_of_notes_and_of_clips_are_told() -> None:
    kick = sine(55, 24_000) * np.exp(-np.arange(24_000) / 2000).astype(np.float32)
    clips = (Clip("l", 4.0, 4.0, 0.0, 0.5),)
    playing = player(Channel("k", "kick", clips, (Note("l", 0.0), Note("l", 2.0))), kick)
    with_notes, without = playing.kicks(notes=True), playing.kicks(notes=False)
    assert with_notes[:2] == [0, 48_000]
    np.testing.assert_allclose(without, [96_000, 120_000, 144_000, 168_000], atol=700)


def test_fades_of_a_clip_are_told_as_they_are_played() -> None:
    sound = np.full((1, 2 * RATE), 0.5, np.float32)
    track = Channel("t", "fx", (Clip("l", 0.0, 4.0, 0.0, 2.0, fade_in_s=0.25, fade_out_s=0.5),))
    playing = player(track, sound)
    store = ConformedSlices(lambda *_: sound, sample_rate=RATE)
    assert playing.clips[0].fades(store) == (12_000, 24_000)
    audio = play(track, sound, [], 2 * RATE)
    level = audio[0, RATE]
    np.testing.assert_allclose(audio[0, [12_000, -24_001]], level, rtol=1e-4)
    assert audio[0, 11_000] < level > audio[0, -23_000]
