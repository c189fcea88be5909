import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.basics.clicks import CLICK_RATIO, click_at, clicks_at, seam_is_smooth

RATE = 48_000


def sine(frequency_hz: float, samples: int, *, phase: float = 0.0) -> np.ndarray:
    angle = 2 * np.pi * frequency_hz * np.arange(samples) / RATE + phase
    return (0.5 * np.sin(angle)).astype(np.float32)[None]


@settings(max_examples=40)
@given(frequency_hz=st.floats(30, 2000), jump=st.floats(0.05, 0.4), place=st.integers(600, 5000))
def test_jump_in_a_steady_tone_is_a_click(frequency_hz: float, jump: float, place: int) -> None:
    audio = sine(frequency_hz, 6000) * 0.2
    audio[:, place:] += jump
    found = clicks_at(audio.astype(np.float32), [place], sample_rate=RATE)
    assert [click.sample for click in found] == [place]
    assert found[0].jump == pytest.approx(jump, rel=0.5)


@settings(max_examples=40)
@given(frequency_hz=st.floats(20, 20_000), place=st.integers(600, 5000))
def test_steady_tone_has_no_click_anywhere(frequency_hz: float, place: int) -> None:
    assert click_at(sine(frequency_hz, 6000), place, sample_rate=RATE).ratio < CLICK_RATIO


def test_start_of_a_drum_hit_is_no_click() -> None:
    rng = np.random.default_rng(0)
    audio = np.zeros((2, 9600), np.float32)
    audio[:, 4800:] = rng.standard_normal((2, 4800)) * np.exp(-np.arange(4800) / 900) * 0.3
    assert not clicks_at(audio, [4800], sample_rate=RATE)


def test_inaudible_jump_is_no_click() -> None:
    audio = np.zeros((1, 4800), np.float32)
    audio[:, 2400:] = 1e-5
    assert click_at(audio, 2400, sample_rate=RATE).ratio == 0.0


def test_click_in_one_channel_is_found() -> None:
    audio = np.repeat(sine(100, 4800), 2, axis=0)
    audio[1, 2400] += 0.3
    assert clicks_at(audio, [2400], sample_rate=RATE)


@pytest.mark.parametrize("samples", [0, 2, 5])
def test_tiny_clips_have_no_click(samples: int) -> None:
    assert click_at(np.zeros((1, samples), np.float32), 0, sample_rate=RATE).ratio == 0.0


def test_loop_of_whole_cycles_joins_itself_smoothly_and_a_broken_one_does_not() -> None:
    whole, broken = sine(100, 4800), sine(100, 4800 + 120)
    assert seam_is_smooth(whole, whole, sample_rate=RATE)
    assert not seam_is_smooth(broken, broken, sample_rate=RATE)
