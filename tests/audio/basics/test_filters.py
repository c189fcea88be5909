"""Filters keep what they should keep and remove what they should remove."""

import numpy as np
import pytest

from src.audio.basics.filters import (
    RunningFilter,
    band_pass,
    high_pass,
    high_pass_sections,
    low_pass,
    low_pass_sections,
)

RATE = 48_000


def tone(hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)[None].astype(np.float32)


def level_db(audio: np.ndarray) -> float:
    middle = audio[:, RATE // 4 : -RATE // 4]
    return float(20 * np.log10(np.sqrt(np.mean(middle**2)) * np.sqrt(2) + 1e-12))


def test_low_pass_keeps_the_lows_and_removes_the_highs() -> None:
    assert level_db(low_pass(tone(100), sample_rate=RATE, cutoff_hz=1000)) == pytest.approx(
        0, abs=0.1
    )
    assert level_db(low_pass(tone(8000), sample_rate=RATE, cutoff_hz=1000)) < -34


def test_high_pass_keeps_the_highs_and_removes_the_lows() -> None:
    assert level_db(high_pass(tone(5000), sample_rate=RATE, cutoff_hz=500)) == pytest.approx(
        0, abs=0.1
    )
    assert level_db(high_pass(tone(50), sample_rate=RATE, cutoff_hz=500)) < -38


def test_band_pass_keeps_only_its_band() -> None:
    def through(hz: float) -> float:
        return level_db(band_pass(tone(hz), sample_rate=RATE, low_hz=500, high_hz=2000))

    assert through(1000) == pytest.approx(0, abs=0.2)
    assert through(60) < -30
    assert through(15000) < -30


def test_cutoffs_beyond_nyquist_are_pulled_below_it_and_input_is_kept() -> None:
    clip = tone(100)
    before = clip.copy()
    assert np.isfinite(low_pass(clip, sample_rate=RATE, cutoff_hz=90_000)).all()
    assert np.array_equal(clip, before)


@pytest.mark.parametrize("cut", [1, 777, 40_000])
def test_running_filter_goes_on_from_block_to_block(cut: int) -> None:
    audio = np.random.default_rng(0).standard_normal((2, RATE)).astype(np.float32)
    for sections, still in (
        (low_pass_sections(300.0, sample_rate=RATE), low_pass),
        (high_pass_sections(300.0, sample_rate=RATE), high_pass),
    ):
        running = RunningFilter(sections, 2)
        parts = [running.process(audio[:, :cut]), running.process(audio[:, cut:])]
        whole = still(audio, sample_rate=RATE, cutoff_hz=300.0)
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=2e-5)
