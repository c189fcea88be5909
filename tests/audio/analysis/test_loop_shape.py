"""Made sounds that plainly are loops, and sounds that plainly are not."""

import numpy as np
import pytest

from src.audio.analysis.loop_shape import CUES, LoopCues, loop_cues, loop_probability
from src.audio.analysis.onsets import onset_strength
from src.audio.analysis.spectrum import short_time_spectrum
from src.audio.analysis.tempo import Extent, estimate_tempo, extent_of

RATE = 48_000


def cues_of(mono: np.ndarray) -> LoopCues:
    audio = mono[None].astype(np.float32)
    spectrum = short_time_spectrum(audio, sample_rate=RATE)
    strength = onset_strength(spectrum.magnitude, spectrum.freqs_hz, frame_rate=RATE / spectrum.hop)
    extent = extent_of(audio, sample_rate=RATE)
    tempo = estimate_tempo(strength, extent)
    return loop_cues(audio[0], strength, extent, tempo, sample_rate=RATE)


def cue(mono: np.ndarray, name: str) -> float:
    return cues_of(mono).values[CUES.index(name)]


def hits_at(times_s: list[float], length_s: float) -> np.ndarray:
    """Decaying noise at given times."""
    rng = np.random.default_rng(3)
    mono = np.zeros(round(length_s * RATE))
    for time_s in times_s:
        start = round(time_s * RATE)
        size = min(5_000, mono.size - start)
        mono[start : start + size] += rng.standard_normal(size) * np.exp(-np.arange(size) / 800)
    return 0.3 * mono


def groove(bpm: float = 124.0, beats: int = 16) -> np.ndarray:
    beat_s = 60.0 / bpm
    return hits_at([n * beat_s / 2 for n in range(2 * beats)], beats * beat_s)


def texture(length_s: float) -> np.ndarray:
    """Steady noise with soft ends."""
    noise = 0.1 * np.random.default_rng(4).standard_normal(round(length_s * RATE))
    edge = np.minimum(1.0, np.arange(noise.size) / 2_000)
    return noise * edge * edge[::-1]


def test_a_groove_is_a_loop_and_a_hit_is_not() -> None:
    assert loop_probability(cues_of(groove())) > 0.9
    assert loop_probability(cues_of(hits_at([0.0], 0.8))) < 0.05


@pytest.mark.parametrize("length_s", [2.0, 4.0, 8.0])
def test_a_texture_of_whole_seconds_is_no_loop_at_120(length_s: float) -> None:
    assert cue(texture(length_s), "whole_tempo") == 0.0
    assert loop_probability(cues_of(texture(length_s))) < 0.5


def test_hits_at_random_times_keep_to_no_grid() -> None:
    times = np.sort(np.random.default_rng(6).uniform(0.0, 5.0, 30)).tolist()
    assert cue(hits_at(times, 5.3), "on_grid") < 0.4
    assert cue(groove(), "on_grid") > 0.8


def test_what_dies_away_falls_and_what_goes_on_does_not() -> None:
    times = np.arange(2 * RATE) / RATE
    assert cue(np.sin(2 * np.pi * 220 * times) * np.exp(-3 * times), "fall") > 0.2
    assert abs(cue(np.sin(2 * np.pi * 220 * times), "fall")) < 0.02


def test_level_does_not_matter() -> None:
    loud, quiet = cues_of(groove()).values, cues_of(0.05 * groove()).values
    assert quiet == pytest.approx(loud, abs=0.02)


@pytest.mark.parametrize("samples", [0, 1, 100, 48_000])
def test_silence_is_a_one_shot(samples: int) -> None:
    silent = np.zeros((1, samples), np.float32)
    spectrum = short_time_spectrum(silent, sample_rate=RATE)
    strength = onset_strength(spectrum.magnitude, spectrum.freqs_hz, frame_rate=RATE / spectrum.hop)
    extent = Extent(samples / RATE, 0.0, samples / RATE)
    cues = loop_cues(silent[0], strength, extent, None, sample_rate=RATE)
    assert np.isfinite(cues.values).all()
    assert loop_probability(cues) < 0.5
