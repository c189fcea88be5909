import numpy as np
import pytest

from src.audio.basics.stereo import CorrelationMeter, mono_below

RATE = 48_000


def sine(frequency_hz: float, samples: int = RATE) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * np.arange(samples) / RATE).astype(np.float32)


def test_low_end_comes_to_the_middle_and_the_rest_stays_wide() -> None:
    wide = np.stack([sine(40) + sine(2000), -sine(40) - sine(2000)])
    narrowed = mono_below(wide, sample_rate=RATE, cutoff_hz=160.0)
    spectrum = np.abs(np.fft.rfft(narrowed[0, RATE // 2 :]))
    assert spectrum[1000] == pytest.approx(RATE / 4, rel=0.02)
    assert spectrum[20] < 0.1 * spectrum[1000]
    assert float(narrowed[0] @ wide[0]) > 0 > float(narrowed[1] @ wide[0])


def test_what_is_mono_already_is_not_changed() -> None:
    same = np.stack([sine(40), sine(40)])
    np.testing.assert_allclose(mono_below(same, sample_rate=RATE, cutoff_hz=120.0), same, atol=1e-6)
    mono = sine(40)[None]
    assert mono_below(mono, sample_rate=RATE, cutoff_hz=120.0) is mono


def test_empty_clip_stays_empty() -> None:
    assert mono_below(np.zeros((2, 0), "f4"), sample_rate=RATE, cutoff_hz=120.0).shape == (2, 0)


@pytest.mark.parametrize(("right", "expected"), [(1.0, 1.0), (-1.0, -1.0)])
def test_correlation_of_like_and_opposite_channels(right: float, expected: float) -> None:
    meter = CorrelationMeter()
    for block in np.split(np.stack([sine(100), right * sine(100)]), 4, axis=1):
        meter.add(block)
    assert meter.correlation == pytest.approx(expected, abs=1e-6)


def test_unrelated_channels_have_no_correlation_and_silence_counts_as_mono() -> None:
    meter = CorrelationMeter()
    assert meter.correlation == 1.0
    meter.add(np.random.default_rng(0).standard_normal((2, RATE)).astype(np.float32))
    assert meter.correlation == pytest.approx(0.0, abs=0.02)
