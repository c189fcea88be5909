import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.processing.dynamics import (
    Compressor,
    apply_gains,
    compress,
    duck_amount,
    duck_lead,
    duck_shape,
)

RATE = 48_000


def noise(samples: int, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((2, samples)).astype(np.float32) * level


def test_ducking_is_down_when_the_kick_comes_and_lets_go() -> None:
    shape = duck_shape(sample_rate=RATE, release_s=0.2)
    lead = duck_lead(RATE)
    assert shape[0] < 1e-3
    assert shape[lead] == 1.0
    assert shape[lead + 9600 // 2] == pytest.approx(0.6, abs=0.15)
    assert shape[-1] < 1e-3
    assert np.abs(np.diff(shape)).max() < 0.01


@settings(max_examples=40)
@given(kicks=st.lists(st.integers(0, 60_000), max_size=6, unique=True), cut=st.integers(1, 59_999))
def test_ducking_does_not_depend_on_blocks(kicks: list[int], cut: int) -> None:
    kicks = sorted(kicks)
    shape, lead = duck_shape(sample_rate=RATE, release_s=0.1), duck_lead(RATE)

    def amount(start: int, stop: int) -> np.ndarray:
        found = duck_amount(kicks, shape, start, stop, lead=lead)
        return np.zeros(stop - start, np.float32) if found is None else found

    whole = amount(0, 60_000)
    np.testing.assert_array_equal(np.concatenate([amount(0, cut), amount(cut, 60_000)]), whole)
    assert all(whole[kick] == 1.0 for kick in kicks if kick < 60_000)


def test_far_from_kicks_nothing_ducks() -> None:
    shape = duck_shape(sample_rate=RATE, release_s=0.1)
    assert duck_amount([0], shape, 100_000, 110_000, lead=duck_lead(RATE)) is None


def test_loud_parts_are_held_back_and_soft_parts_are_not() -> None:
    audio = noise(6 * RATE)
    audio[:, 2 * RATE : 4 * RATE] *= 4
    before = audio.copy()
    most_db = compress(audio, Compressor(), sample_rate=RATE)
    loud = slice(3 * RATE, 4 * RATE)
    soft = slice(RATE, 2 * RATE)
    assert 0.5 < most_db <= 3.0
    assert np.abs(audio[:, loud] / before[:, loud]).max() < 0.95
    np.testing.assert_allclose(audio[:, soft], before[:, soft], rtol=1e-3)


def test_attack_passes_before_the_compressor_reacts() -> None:
    audio = noise(4 * RATE, 0.02)
    audio[:, 2 * RATE : 2 * RATE + 24_000] *= 20
    before = audio.copy()
    compress(audio, Compressor(), sample_rate=RATE)
    attack = slice(2 * RATE, 2 * RATE + 48)
    late = slice(2 * RATE + 12_000, 2 * RATE + 13_000)
    gain = [np.abs(audio[:, part]).sum() / np.abs(before[:, part]).sum() for part in (attack, late)]
    assert gain[0] > gain[1] + 0.05


def test_both_channels_are_held_together() -> None:
    audio = noise(2 * RATE)
    audio[0, RATE:] *= 8
    before = audio.copy()
    compress(audio, Compressor(), sample_rate=RATE)
    np.testing.assert_allclose(audio[0] / before[0], audio[1] / before[1], rtol=1e-4)


@pytest.mark.parametrize("samples", [0, 1, 63, 1000])
def test_silence_stays_silence(samples: int) -> None:
    audio = np.zeros((2, samples), np.float32)
    assert compress(audio, Compressor(), sample_rate=RATE) == 0.0
    assert not audio.any()


def test_gains_run_straight_from_middle_to_middle_across_blocks() -> None:
    audio = np.ones((1, 700_000), np.float32)
    gains = np.linspace(0, 1, 700_000 // 64 + 1)
    apply_gains(audio, gains, hop=64)
    slopes = np.diff(audio[0, 64:-64])
    assert slopes.min() > 0
    assert slopes.max() < 3e-6


def test_it_takes_hold_quickly_and_lets_go_slowly() -> None:
    audio = noise(6 * RATE, 0.02)
    audio[:, 2 * RATE : 4 * RATE] *= 20
    before = audio.copy()
    compress(audio, Compressor(), sample_rate=RATE)

    def gain(from_s: float) -> float:
        part = slice(round(from_s * RATE), round((from_s + 0.01) * RATE))
        return float(np.abs(audio[:, part]).sum() / np.abs(before[:, part]).sum())

    assert gain(2.1) == pytest.approx(gain(3.9), abs=0.04)
    assert gain(4.01) < 0.95
    assert gain(5.9) == pytest.approx(1.0, abs=1e-3)
