import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.analysis.onsets import loudest_channel_mix, onset_strength, onset_times_s, pick_peaks

RATE = 48_000


def clicks(times_s: list[float], length_s: float, decay_s: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(3)
    audio = np.zeros(round(length_s * RATE), np.float32)
    for at in times_s:
        start = round(at * RATE)
        count = min(round(6 * decay_s * RATE), audio.size - start)
        envelope = np.exp(-np.arange(count) / (decay_s * RATE))
        audio[start : start + count] += (0.5 * envelope * rng.standard_normal(count)).astype("f4")
    return audio[None]


def test_attacks_are_found_within_a_millisecond_and_a_half() -> None:
    times = [0.0, 0.2503, 0.5, 0.7511, 1.1, 1.6007]
    found = onset_times_s(clicks(times, 2.0), sample_rate=RATE)
    assert found.size == len(times)
    assert np.abs(found - times).max() < 0.0015


def test_notes_that_change_without_a_gap_are_found() -> None:
    t = np.arange(RATE) / RATE
    audio = 0.5 * np.where(t < 0.5, np.sin(2 * np.pi * 220 * t), np.sin(2 * np.pi * 880 * t))
    found = onset_times_s(audio[None].astype(np.float32), sample_rate=RATE)
    assert found.size >= 2
    assert np.abs(found - 0.5).min() < 0.03


def test_silence_and_the_shortest_clips_have_no_onsets() -> None:
    for samples in (0, 1, 100, RATE):
        silent = np.zeros((2, samples), np.float32)
        assert onset_times_s(silent, sample_rate=RATE).size == 0


def test_opposite_channels_do_not_cancel() -> None:
    mono = clicks([0.1, 0.6], 1.0)
    found = onset_times_s(np.concatenate([mono, -mono]), sample_rate=RATE)
    assert np.abs(found - [0.1, 0.6]).max() < 0.0015


@settings(max_examples=15)
@given(st.floats(1e-3, 0.9), st.integers(0, 5000))
def test_onsets_move_with_the_sound_and_ignore_its_level(gain: float, shift: int) -> None:
    audio = clicks([0.05, 0.4], 0.8)
    moved = np.pad(audio * np.float32(gain), ((0, 0), (shift, 0)))
    found = onset_times_s(moved, sample_rate=RATE)
    expected = np.array([0.05, 0.4]) + shift / RATE
    assert found.size == 2
    assert np.abs(found - expected).max() < 0.002


def test_higher_sensitivity_finds_at_least_as_much() -> None:
    audio = clicks([0.1, 0.3, 0.5], 0.8, decay_s=0.02)
    audio[:, round(0.29 * RATE) : round(0.49 * RATE)] *= 0.05
    counts = [onset_times_s(audio, sample_rate=RATE, sensitivity=s).size for s in (0.0, 0.5, 1.0)]
    assert counts == sorted(counts)
    assert counts[-1] == 3


def test_strength_of_a_steady_sound_is_at_its_start_only() -> None:
    magnitude = np.ones((513, 50), np.float32)
    freqs = np.linspace(0, RATE / 2, 513).astype(np.float32)
    strength = onset_strength(magnitude, freqs, frame_rate=100.0)
    assert strength.values.shape == (50,)
    assert strength.values[0] == 1.0
    assert not strength.values[1:].any()


def test_no_frames_give_no_strength_and_no_peaks() -> None:
    freqs = np.linspace(0, RATE / 2, 513).astype(np.float32)
    strength = onset_strength(np.zeros((513, 0), np.float32), freqs, frame_rate=100.0)
    assert strength.values.size == 0
    assert pick_peaks(strength.values, frame_rate=100.0).size == 0


def test_a_mix_that_cancels_falls_back_to_the_loudest_channel() -> None:
    left = np.sin(np.arange(1000) / 7).astype(np.float32)
    assert np.array_equal(loudest_channel_mix(np.stack([left, -left])), left)
    assert loudest_channel_mix(np.stack([left, left * 0])) == pytest.approx(left / 2)
