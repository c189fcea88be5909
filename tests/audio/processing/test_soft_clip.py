"""Rounding of peaks: below the ceiling nothing happens, above it the curve bends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.metering.true_peak import BLOCK_SAMPLES, block_true_peaks
from src.audio.processing.soft_clip import MOST_OVER_DB, round_peaks, rounded

RATE = 48_000


def sine(frequency_hz: float, level: float, seconds: float = 0.5) -> np.ndarray:
    wave = np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat((level * wave)[None].astype(np.float32), 2, axis=0)


@given(levels=st.lists(st.floats(-8, 8), min_size=2, max_size=50), ceiling=st.floats(0.05, 1.0))
def test_curve_keeps_order_and_sign_and_never_rises_beyond_its_top(
    levels: list[float], ceiling: float
) -> None:
    before = np.sort(np.array(levels, np.float32))
    after = rounded(before, ceiling=ceiling)
    assert (np.diff(after) >= -1e-6).all()
    assert (np.abs(after) <= np.abs(before) + 1e-6).all()
    assert (np.sign(after) == np.sign(before)).all()
    assert np.abs(after).max() <= ceiling * 10 ** (MOST_OVER_DB / 20) * 1.0001
    low = np.abs(before) <= ceiling
    np.testing.assert_allclose(after[low], before[low], rtol=1e-6)


def made(audio: np.ndarray, *, drive: float, ceiling: float) -> np.ndarray:
    out = np.empty_like(audio)
    peaks = block_true_peaks(audio, floor=0.0)
    round_peaks(audio, out, drive=drive, ceiling=ceiling, peaks=peaks)
    return out


def test_music_below_the_ceiling_is_only_driven() -> None:
    audio = sine(440, 0.4)
    np.testing.assert_array_equal(made(audio, drive=2.0, ceiling=0.9), audio * 2)


def test_peaks_are_rounded_and_the_rest_stays() -> None:
    audio = sine(100, 0.3)
    audio[:, 12_000:12_200] *= 6
    out = made(audio, drive=1.0, ceiling=0.8)
    assert np.abs(out).max() < 0.8 * 10 ** (MOST_OVER_DB / 20) * 1.05
    np.testing.assert_array_equal(out[:, :11_000], audio[:, :11_000])
    assert np.abs(out[:, 12_000:12_200]).max() < np.abs(audio).max() - 0.5


def test_slow_peaks_are_bent_as_the_curve_says() -> None:
    audio = sine(60, 1.2)
    out = made(audio, drive=1.0, ceiling=0.7)
    np.testing.assert_allclose(out, rounded(audio, ceiling=0.7), atol=2e-3)


@pytest.mark.parametrize("samples", [1, 31, 33, 65_535, 65_536, 65_537, 100_000])
def test_pieces_fit_together_without_a_seam(samples: int) -> None:
    audio = (np.random.default_rng(1).standard_normal((2, 100_000)) * 0.5).astype(np.float32)
    audio = audio[:, :samples]
    whole = made(audio, drive=1.5, ceiling=0.7)
    shift = 3 * BLOCK_SAMPLES
    later = made(audio[:, shift:], drive=1.5, ceiling=0.7)
    np.testing.assert_allclose(whole[:, shift + 64 : -64], later[:, 64:-64], atol=1e-5)
    assert np.isfinite(whole).all()


def test_new_partials_fold_back_far_less_than_without_oversampling() -> None:
    audio = sine(9_000, 1.4, 1.0)
    plain = rounded(audio, ceiling=0.7)

    def folded_db(sound: np.ndarray) -> float:
        """The fifth partial, 45 kHz, comes back at 3 kHz."""
        spectrum = np.abs(np.fft.rfft(sound[0] * np.hanning(sound.shape[1])))
        return float(20 * np.log10(spectrum[2_990:3_011].max() / spectrum[8_990:9_011].max()))

    assert folded_db(plain) > -50
    assert folded_db(made(audio, drive=1.0, ceiling=0.7)) < folded_db(plain) - 25


def test_silence_stays_silence() -> None:
    audio = np.zeros((2, 1000), np.float32)
    assert not made(audio, drive=8.0, ceiling=0.5).any()
    assert made(audio[:, :0], drive=8.0, ceiling=0.5).shape == (2, 0)


def test_the_source_is_not_changed() -> None:
    audio = sine(50, 1.0)
    before = audio.copy()
    made(audio, drive=3.0, ceiling=0.5)
    np.testing.assert_array_equal(audio, before)
