import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.analysis.onsets import onset_times_s
from src.audio.basics.clicks import clicks_at
from src.audio.processing.stretch import conform
from src.core.errors import InvalidInputError

RATE = 48_000


def tone(frequency_hz: float, samples: int) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / RATE)
    return wave.astype(np.float32)[None]


def drums(hits: list[int], samples: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    audio = np.zeros((2, samples), np.float32)
    for hit in hits:
        length = min(6000, samples - hit)
        burst = rng.standard_normal(length) * np.exp(-np.arange(length) / 1200) * 0.3
        audio[:, hit : hit + length] += burst.astype(np.float32)
    return audio


def pitch_hz(audio: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(audio[0] * np.hanning(audio.shape[1]), 2**20))
    return float(spectrum.argmax()) * RATE / 2**20


def test_same_length_without_shift_is_the_clip_itself() -> None:
    audio = drums([0, 9000], 20_000)
    same = conform(audio, sample_rate=RATE, length_samples=20_000, percussive=True)
    np.testing.assert_array_equal(same, audio)


@settings(max_examples=25)
@given(
    samples=st.integers(1, 30_000),
    ratio=st.floats(0.3, 3.0),
    percussive=st.booleans(),
    looped=st.booleans(),
    semitones=st.sampled_from([0.0, -3.0, 7.0]),
)
def test_length_is_exact(
    samples: int, ratio: float, percussive: bool, looped: bool, semitones: float
) -> None:
    rng = np.random.default_rng(samples)
    audio = rng.standard_normal((2, samples)).astype(np.float32) * 0.1
    requested = max(1, round(samples * ratio))
    if not 0.125 <= requested / samples <= 8:
        return
    out = conform(
        audio,
        sample_rate=RATE,
        length_samples=requested,
        semitones=semitones,
        percussive=percussive,
        looped=looped,
    )
    assert out.shape == (2, requested)
    assert np.isfinite(out).all()


@pytest.mark.parametrize("length", [66_000, 78_000, 84_000, 93_000, 108_000])
def test_hits_keep_their_proportions_within_three_milliseconds(length: int) -> None:
    hits = [0, 12_000, 24_000, 30_000, 36_000, 48_000, 66_000]
    audio = drums(hits, 80_000)
    out = conform(audio, sample_rate=RATE, length_samples=length, percussive=True)
    found = onset_times_s(out, sample_rate=RATE, sensitivity=0.8)
    for hit in hits:
        wanted_s = hit * length / 80_000 / RATE
        assert np.abs(found - wanted_s).min() < 0.003


@pytest.mark.parametrize("length", [70_000, 90_000])
def test_hit_on_the_downbeat_keeps_its_attack(length: int) -> None:
    audio = drums([0, 20_000, 40_000, 60_000], 80_000)
    out = conform(audio, sample_rate=RATE, length_samples=length, percussive=True)
    np.testing.assert_allclose(out[:, :480], audio[:, :480], atol=1e-6)


@pytest.mark.parametrize("semitones", [-12, -3, -1, 2, 5, 12])
@pytest.mark.parametrize("length", [48_000, 60_000])
def test_pitch_shift_is_true_within_ten_cents(semitones: int, length: int) -> None:
    out = conform(tone(440, 48_000), sample_rate=RATE, length_samples=length, semitones=semitones)
    assert 1200 * np.log2(pitch_hz(out) / 440) == pytest.approx(100 * semitones, abs=10)


def test_stretching_alone_keeps_the_pitch() -> None:
    out = conform(tone(440, 48_000), sample_rate=RATE, length_samples=55_000)
    assert 1200 * np.log2(pitch_hz(out) / 440) == pytest.approx(0, abs=10)


@pytest.mark.parametrize("percussive", [False, True])
@pytest.mark.parametrize("length", [43_000, 47_999, 48_001, 55_000])
def test_conformed_loop_repeats_without_click(length: int, percussive: bool) -> None:
    loop = tone(110.3, 48_000)
    out = conform(loop, sample_rate=RATE, length_samples=length, percussive=percussive)
    assert not clicks_at(np.tile(out, 3), [length, 2 * length], sample_rate=RATE)


def test_loop_edges_keep_the_level_of_the_middle() -> None:
    out = conform(tone(220, 48_000), sample_rate=RATE, length_samples=52_000)
    level = np.sqrt(np.mean(out[:, 20_000:30_000] ** 2))
    for edge in (out[:, :2000], out[:, -2000:]):
        assert np.sqrt(np.mean(edge**2)) == pytest.approx(level, rel=0.15)


def test_same_clip_gives_the_same_samples() -> None:
    audio = drums([0, 9000], 20_000)
    first, second = (
        conform(audio, sample_rate=RATE, length_samples=22_345, semitones=2) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_stereo_image_is_kept() -> None:
    audio = np.concatenate([tone(300, 48_000), -tone(300, 48_000) * 0.5])
    out = conform(audio, sample_rate=RATE, length_samples=60_000)
    np.testing.assert_allclose(out[1], -0.5 * out[0], atol=0.01)


def test_input_is_not_changed() -> None:
    audio = tone(110.3, 48_000)
    before = audio.copy()
    conform(audio, sample_rate=RATE, length_samples=50_000)
    np.testing.assert_array_equal(audio, before)


def test_empty_and_silent_clips_become_silence() -> None:
    empty = conform(np.zeros((2, 0), np.float32), sample_rate=RATE, length_samples=100)
    silent = conform(np.zeros((1, 9000), np.float32), sample_rate=RATE, length_samples=100)
    assert empty.shape == (2, 100)
    assert not empty.any()
    assert not silent.any()


def test_impossible_lengths_are_refused_with_the_value_seen() -> None:
    with pytest.raises(InvalidInputError, match=r"0\.125 to 8 times, got 0\.1"):
        conform(tone(440, 10_000), sample_rate=RATE, length_samples=1000)
    with pytest.raises(InvalidInputError, match="length_samples must be at least 0, got -1"):
        conform(tone(440, 10_000), sample_rate=RATE, length_samples=-1)
