"""True peaks against known sines (EBU Tech 3341, cases 15 to 19) and a long interpolation."""

import math

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from src.audio.metering.true_peak import BLOCK_SAMPLES, block_true_peaks, true_peak_dbtp

RATE = 48_000


def swelling_sine(cycles_per_sample: float, phase_deg: float, amplitude: float) -> np.ndarray:
    """A sine that fades in and out, so that only its middle shows its peak."""
    samples = np.arange(RATE // 2)
    swell = np.minimum(1, np.minimum(samples, samples[::-1]) / 4800)
    wave = np.sin(2 * np.pi * cycles_per_sample * samples + np.deg2rad(phase_deg))
    return (amplitude * swell * wave).astype(np.float32)[None]


@pytest.mark.parametrize(
    ("cycles_per_sample", "phase_deg", "amplitude", "expected_dbtp"),
    [
        (1 / 4, 0.0, 0.5, -6.0),
        (1 / 4, 45.0, 0.5, -6.0),
        (1 / 6, 60.0, 0.5, -6.0),
        (1 / 8, 67.5, 0.5, -6.0),
        (1 / 4, 45.0, 1.41, 3.0),
    ],
)
def test_sines_between_samples_read_as_tech_3341_asks(
    cycles_per_sample: float, phase_deg: float, amplitude: float, expected_dbtp: float
) -> None:
    audio = swelling_sine(cycles_per_sample, phase_deg, amplitude)
    measured = true_peak_dbtp(audio, sample_rate=RATE)
    assert expected_dbtp - 0.4 <= measured <= expected_dbtp + 0.2


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_burst_between_samples_reads_full_scale_as_in_tech_3341_cases_20_to_23(offset: int) -> None:
    """One full-scale cycle in a half-scale tone, made at four times the rate and decimated."""
    dense = np.arange(4 * RATE)
    wave = 0.5 * np.sin(np.pi / 8 * dense) * np.minimum(1, np.minimum(dense, dense[::-1]) / 8000)
    wave[dense.size // 2 : dense.size // 2 + 16] *= 2
    audio = soxr.resample(np.append(np.zeros(offset), wave), 4 * RATE, RATE, "VHQ")
    measured = true_peak_dbtp(audio[None].astype(np.float32), sample_rate=RATE)
    assert -0.4 <= measured <= 0.2


@settings(max_examples=30)
@given(cycles=st.floats(0.01, 0.42), phase_deg=st.floats(0, 360))
def test_any_sine_reads_within_the_tolerance_of_bs_1770(cycles: float, phase_deg: float) -> None:
    measured = true_peak_dbtp(swelling_sine(cycles, phase_deg, 1.0), sample_rate=RATE)
    assert -0.6 <= measured <= 0.2


def test_noise_reads_like_a_long_interpolation() -> None:
    rng = np.random.default_rng(3)
    audio = rng.standard_normal((2, RATE)).astype(np.float32)
    audio = soxr.resample(audio.T, 40_000, RATE, "VHQ").T.astype(np.float32) * 0.1
    reference = np.abs(soxr.resample(audio.T, RATE, RATE * 16, "VHQ")).max()
    measured = true_peak_dbtp(audio, sample_rate=RATE)
    assert measured == pytest.approx(20 * math.log10(reference), abs=0.3)


@pytest.mark.parametrize("position", [0, 31, 32, 262_143, 262_144, 299_999])
def test_single_peak_is_found_wherever_it_lies(position: int) -> None:
    audio = np.zeros((2, 300_000), np.float32)
    audio[1, position] = 0.5
    assert true_peak_dbtp(audio, sample_rate=RATE) == pytest.approx(-6.02, abs=0.01)


def test_blocks_name_the_place_of_the_peak() -> None:
    audio = np.zeros((1, 100), np.float32)
    audio[0, 50:52] = 0.5
    peaks = block_true_peaks(audio, floor=0.0)
    assert peaks.shape == (4,)
    assert int(peaks.argmax()) == 50 // BLOCK_SAMPLES
    assert peaks.max() > 0.55


def test_blocks_above_the_floor_do_not_depend_on_it() -> None:
    audio = np.random.default_rng(1).standard_normal((2, 5000)).astype(np.float32) * 0.3
    full, lazy = block_true_peaks(audio, floor=0.0), block_true_peaks(audio, floor=1.0)
    high = full > 1.0
    np.testing.assert_array_equal(full[high], lazy[high])
    assert (lazy[~high] <= 1.0).all()


@pytest.mark.parametrize("samples", [0, 1, 5000])
def test_silence_has_no_peak(samples: int) -> None:
    assert true_peak_dbtp(np.zeros((2, samples), np.float32), sample_rate=RATE) == -math.inf


def test_a_fine_look_finds_what_lies_between_four_points() -> None:
    audio = swelling_sine(0.4, 7.0, 0.5)
    usual = true_peak_dbtp(audio, sample_rate=RATE)
    fine = true_peak_dbtp(audio, sample_rate=RATE, fine=True)
    assert usual <= fine <= usual + 0.7
    curve = resample_poly(audio.astype(np.float64), 16, 1, axis=1)
    assert fine >= 20 * np.log10(np.abs(curve).max()) - 0.005


def test_sixteen_points_rise_at_least_as_high_as_four() -> None:
    audio = np.random.default_rng(3).standard_normal((2, 9_600)).astype(np.float32)
    four = block_true_peaks(audio, floor=0.0)
    sixteen = block_true_peaks(audio, floor=0.0, points=16)
    assert (sixteen >= four - 1e-5).all()
    assert (sixteen > four + 0.01).any()
