"""The swept filter equals its recurrence sample by sample, and closes into a circle."""

from typing import Literal

import numpy as np
import pytest

from src.audio.processing.sweep_filter import Sweep, sweep

RATE = 48_000


def sample_by_sample(
    audio: np.ndarray, cutoff_hz: np.ndarray, resonance: float, shape: str
) -> np.ndarray:
    """The textbook recurrence (Simper, 2013), slow and plain."""
    slope, damping = np.tan(np.pi * cutoff_hz / RATE), 1 / resonance
    out = np.zeros_like(audio, dtype=np.float64)
    for channel in range(audio.shape[0]):
        first = second = 0.0
        for n, value in enumerate(audio[channel].astype(np.float64)):
            a1 = 1 / (1 + slope[n] * (slope[n] + damping))
            v3 = value - second
            v1 = a1 * first + slope[n] * a1 * v3
            v2 = second + slope[n] * a1 * first + slope[n] ** 2 * a1 * v3
            first, second = 2 * v1 - first, 2 * v2 - second
            passed = {"lowpass": v2, "bandpass": damping * v1}
            out[channel, n] = passed.get(shape, value - damping * v1 - v2)
    return out


@pytest.mark.parametrize("shape", ["lowpass", "bandpass", "highpass"])
def test_blocks_give_what_the_recurrence_gives(
    shape: Literal["lowpass", "bandpass", "highpass"],
) -> None:
    rng = np.random.default_rng(1)
    audio = rng.standard_normal((2, 3001)).astype(np.float32)
    cutoff = np.exp(np.linspace(np.log(60), np.log(15_000), 3001))
    ours = sweep(audio, Sweep(cutoff, 5.0, shape), sample_rate=RATE)
    assert np.abs(ours - sample_by_sample(audio, cutoff, 5.0, shape)).max() < 1e-5


@pytest.mark.parametrize("poles", [2, 4])
def test_a_looped_sweep_is_what_a_long_running_filter_settles_on(poles: Literal[2, 4]) -> None:
    rng = np.random.default_rng(2)
    audio = rng.standard_normal((2, 5000)).astype(np.float32)
    cutoff = 800 + 700 * np.sin(2 * np.pi * np.arange(5000) / 5000)
    looped = sweep(audio, Sweep(cutoff, 8.0, "lowpass", poles), sample_rate=RATE, loop=True)
    many = Sweep(np.tile(cutoff, 6), 8.0, "lowpass", poles)
    running = sweep(np.tile(audio, 6), many, sample_rate=RATE)
    assert np.abs(looped - running[:, -5000:]).max() < 1e-4


def test_four_poles_fall_twice_as_steeply() -> None:
    tone = np.sin(2 * np.pi * 8000 * np.arange(RATE) / RATE)[None].astype(np.float32)

    def left_db(poles: Literal[2, 4]) -> float:
        out = sweep(tone, Sweep(1000.0, 0.71, "lowpass", poles), sample_rate=RATE)
        return float(20 * np.log10(np.sqrt(2 * np.mean(out[0, RATE // 2 :] ** 2))))

    warped = np.tan(np.pi * 8 / 48) / np.tan(np.pi / 48)
    assert left_db(2) == pytest.approx(-40 * np.log10(warped), abs=0.2)
    assert left_db(4) == pytest.approx(-80 * np.log10(warped), abs=0.4)


def test_resonance_lifts_the_cutoff() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)[None].astype(np.float32)
    out = sweep(tone, Sweep(1000.0, 8.0), sample_rate=RATE)
    assert np.abs(out[0, RATE // 2 :]).max() == pytest.approx(8.0, rel=0.02)


def test_cutoffs_beyond_the_limits_are_pulled_in() -> None:
    noise = np.random.default_rng(3).standard_normal((1, 4000)).astype(np.float32)
    out = sweep(noise, Sweep(np.linspace(-100, 90_000, 4000), 2.0), sample_rate=RATE)
    assert np.isfinite(out).all()


def test_an_empty_clip_stays_empty() -> None:
    assert sweep(np.zeros((2, 0), np.float32), Sweep(500.0), sample_rate=RATE).shape == (2, 0)
