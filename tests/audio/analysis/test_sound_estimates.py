import math

import numpy as np
import pytest

from src.audio.analysis.loop_shape import CUES, LoopCues, loop_probability
from src.audio.analysis.sound_estimates import estimate_sound, rhythm_of

RATE = 48_000


def hits(bpm: float, beats: int) -> np.ndarray:
    rng = np.random.default_rng(8)
    audio = np.zeros(round(beats * 60 / bpm * RATE), np.float32)
    decay = np.exp(-np.arange(4_800) / 700)
    for beat in range(beats):
        start = round(beat * 60 / bpm * RATE)
        audio[start : start + 4_800] += (0.5 * rng.standard_normal(4_800) * decay).astype("f4")
    return audio


def test_a_repeating_clip_is_a_loop_and_a_single_hit_is_not() -> None:
    assert estimate_sound(hits(125.0, 16)[None], sample_rate=RATE).loop_probability > 0.8
    assert estimate_sound(hits(125.0, 16)[None, :20_000], sample_rate=RATE).loop_probability < 0.3


def test_silence_ends_like_a_one_shot_and_steady_noise_does_not() -> None:
    def end_of(mono: np.ndarray) -> float:
        cues = estimate_sound(mono[None], sample_rate=RATE).loop_cues
        return cues.values[CUES.index("open_end")]

    noise = np.random.default_rng(3).standard_normal(RATE).astype(np.float32) * 0.1
    assert end_of(noise) == pytest.approx(0.0, abs=0.05)
    assert end_of(np.zeros(RATE, np.float32)) == -1.0


def test_opposite_channels_are_heard_like_one_of_them() -> None:
    mono = hits(125.0, 8)
    opposite = estimate_sound(np.stack([mono, -mono]), sample_rate=RATE)
    single = estimate_sound(mono[None], sample_rate=RATE)
    assert opposite.tempo is not None
    assert single.tempo is not None
    assert opposite.tempo.bpm == single.tempo.bpm
    assert opposite.features["centroid"] == single.features["centroid"] > 0
    assert (opposite.features["width"], opposite.features["correlation"]) == (1.0, -1.0)


@pytest.mark.parametrize("samples", [0, 1, 240, 5_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_shortest_clips_give_finite_answers(samples: int, channels: int) -> None:
    noise = np.random.default_rng(1).standard_normal((channels, samples)).astype(np.float32) * 0.1
    for audio in (noise, np.zeros_like(noise)):
        heard = estimate_sound(audio, sample_rate=RATE)
        assert all(math.isfinite(value) for value in heard.features.values())
        assert 0.0 <= heard.loop_probability <= 1.0
        assert sum(heard.categories.values()) == pytest.approx(1.0, abs=1e-3)


def test_a_long_clip_is_heard_through_a_window() -> None:
    loop = np.tile(hits(120.0, 8), 12)
    loop[: 20 * RATE] *= 0.01
    heard = estimate_sound(loop[None], sample_rate=RATE)
    assert heard.window_s is not None
    start_s, length_s = heard.window_s
    assert start_s > 10
    assert length_s == pytest.approx(30.0)
    assert heard.features["duration_s"] == pytest.approx(48.0)


def test_more_repetition_makes_a_loop_likelier() -> None:
    low = [0.0] * len(CUES)
    high = list(low)
    high[CUES.index("repetition")] = 2.0
    assert loop_probability(LoopCues(tuple(high))) > loop_probability(LoopCues(tuple(low)))


def test_the_rhythm_follows_the_category() -> None:
    assert rhythm_of({"snare": 0.4, "clap": 0.3}) == "backbeat"
    assert rhythm_of({"drums": 0.9}) == "drums"
    assert rhythm_of({"bass": 1.0}) == rhythm_of({}) == "any"
