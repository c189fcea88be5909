"""The limiter and the master that drives it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from src.audio.metering.loudness import integrated_loudness, measure_loudness
from src.audio.metering.true_peak import true_peak_dbtp
from src.audio.processing.limiter import limiter_gains
from src.audio.processing.mastering import (
    LIMITED_ALONE_DB,
    MOST_COST_LU,
    mastered,
    premastered,
    quantise_24_bit,
    quantise_below,
)

RATE = 48_000


def music(seconds: float, *, spikes: float, seed: int = 0) -> np.ndarray:
    """Noise with a beat: a burst every half second, ``spikes`` times louder."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * RATE)
    audio = rng.standard_normal((2, samples)) * 0.05
    since = np.arange(samples) % (RATE // 2)
    return (audio * (1 + spikes * np.exp(-since / 1500))).astype(np.float32)


@settings(max_examples=40)
@given(
    peaks=st.lists(st.floats(0, 4), min_size=1, max_size=400),
    drive=st.floats(0.1, 8),
)
def test_no_run_comes_out_above_the_ceiling(peaks: list[float], drive: float) -> None:
    levels = np.array(peaks, np.float32)
    gains = limiter_gains(levels, drive=drive, ceiling=0.8, sample_rate=RATE)
    assert gains.shape == levels.shape
    for shift in (-1, 0, 1):
        beside = np.roll(gains, shift)
        if shift:
            beside[-1 if shift < 0 else 0] = gains[-1 if shift < 0 else 0]
        assert (levels.astype(np.float64) * drive * beside <= 0.8 + 1e-6).all()
    assert gains.max() <= 1.0 + 1e-12


def test_gain_falls_before_the_peak_and_comes_back_slowly() -> None:
    peaks = np.full(2000, 0.1, np.float32)
    peaks[1000] = 2.0
    gains = limiter_gains(peaks, drive=1.0, ceiling=1.0, sample_rate=RATE)
    assert gains[1000] == pytest.approx(0.5, abs=1e-3)
    assert gains[980] == pytest.approx(1.0)
    assert gains[1020] < 0.6
    assert 0.85 < gains[1200] < 1.0
    assert np.abs(np.diff(gains)).max() < 0.15


def test_what_stays_below_the_ceiling_is_not_touched() -> None:
    gains = limiter_gains(np.full(50, 0.5, np.float32), drive=1.9, ceiling=1.0, sample_rate=RATE)
    assert (gains == 1.0).all()


@pytest.mark.parametrize("spikes", [0.0, 4.0, 10.0])
@pytest.mark.parametrize("target_lufs", [-23.0, -14.0, -11.0])
def test_target_is_reached_below_the_ceiling(spikes: float, target_lufs: float) -> None:
    audio = music(8, spikes=spikes)
    report = mastered(audio, sample_rate=RATE, target_lufs=target_lufs, ceiling_dbtp=-1.0)()
    assert report.reached
    assert integrated_loudness(audio, sample_rate=RATE) == pytest.approx(target_lufs, abs=0.15)
    assert true_peak_dbtp(audio, sample_rate=RATE) <= -1.0


@pytest.mark.parametrize("times", [8, 16])
@pytest.mark.parametrize("target_lufs", [-14.0, -9.0])
def test_a_sharper_meter_of_others_finds_no_peak_above_the_ceiling(
    times: int, target_lufs: float
) -> None:
    audio = music(4, spikes=10.0, seed=1)
    mastered(audio, sample_rate=RATE, target_lufs=target_lufs, ceiling_dbtp=-1.0)
    curve = resample_poly(audio.astype(np.float64), times, 1, axis=1)
    assert 20 * np.log10(np.abs(curve).max()) <= -1.0


def test_quiet_enough_music_is_only_turned_up_or_down() -> None:
    audio = music(6, spikes=0.0)
    before = audio.copy()
    report = mastered(audio, sample_rate=RATE, target_lufs=-30.0, ceiling_dbtp=-1.0)()
    np.testing.assert_allclose(audio, before * 10 ** (report.gain_db / 20), atol=1.2e-7)
    assert report.limiting_db == 0.0


def test_unreachable_target_is_said_to_be_unreached() -> None:
    audio = np.zeros((2, 4 * RATE), np.float32)
    audio[:, RATE::RATE] = 0.5
    before_lufs = integrated_loudness(audio, sample_rate=RATE)
    report = mastered(audio, sample_rate=RATE, target_lufs=-8.0, ceiling_dbtp=-1.0)()
    assert not report.reached
    assert report.true_peak_dbtp <= -1.0
    cost_lu = before_lufs + report.gain_db - report.loudness_lufs
    assert cost_lu == pytest.approx(MOST_COST_LU, abs=1.0)


@pytest.mark.parametrize("samples", [1, 100, 9000])
def test_very_short_music_is_mastered_as_well(samples: int) -> None:
    audio = music(1, spikes=2.0)[:, :samples].copy()
    report = mastered(audio, sample_rate=RATE, target_lufs=-14.0, ceiling_dbtp=-1.0)()
    assert math.isfinite(report.loudness_lufs)
    assert true_peak_dbtp(audio, sample_rate=RATE) <= -1.0


def test_silence_is_left_silent() -> None:
    audio = np.zeros((2, RATE), np.float32)
    report = mastered(audio, sample_rate=RATE, target_lufs=-14.0, ceiling_dbtp=-1.0)()
    assert not audio.any()
    assert report.gain_db == 0.0
    assert not report.reached
    assert report.shortfall == "silence"


@pytest.mark.parametrize("spikes", [4.0, 10.0])
def test_club_loudness_is_reached_without_much_limiting(spikes: float) -> None:
    audio = music(8, spikes=spikes)
    report = mastered(audio, sample_rate=RATE, target_lufs=-9.0, ceiling_dbtp=-1.0)()
    assert report.reached
    assert report.missed_by == 0.0
    assert report.shortfall == ""
    assert report.rounding_db > 3.0
    assert 0.0 < report.limiting_mean_db < 2.0
    assert report.limiting_db < 10.0
    assert true_peak_dbtp(audio, sample_rate=RATE) <= -1.0


def test_peaks_are_not_rounded_where_the_limiter_suffices() -> None:
    report = mastered(
        music(6, spikes=4.0), sample_rate=RATE, target_lufs=-14.0, ceiling_dbtp=-1.0
    )()
    assert 1.0 < report.limiting_db <= LIMITED_ALONE_DB
    assert report.rounding_db == 0.0


def test_what_was_missed_is_said_with_its_reason() -> None:
    audio = np.zeros((2, 4 * RATE), np.float32)
    audio[:, RATE::RATE] = 0.5
    report = mastered(audio, sample_rate=RATE, target_lufs=-8.0, ceiling_dbtp=-1.0)()
    assert report.shortfall == "peaks"
    assert report.missed_by == pytest.approx(report.loudness_lufs + 8.0)
    assert report.missed_by < -1.0


def test_report_is_what_meters_read_in_the_result() -> None:
    audio = music(6, spikes=6.0)
    report = mastered(audio, sample_rate=RATE, target_lufs=-10.0, ceiling_dbtp=-1.0)()
    heard = measure_loudness(audio, sample_rate=RATE)
    assert report.loudness_lufs == heard.integrated_lufs
    assert report.short_term_max_lufs == heard.short_term_max_lufs
    assert report.momentary_max_lufs == heard.momentary_max_lufs
    assert report.loudness_range_lu == heard.range_lu
    assert report.true_peak_dbtp == true_peak_dbtp(audio, sample_rate=RATE, fine=True)
    assert report.sample_peak_dbfs == pytest.approx(20 * math.log10(np.abs(audio).max()))


@pytest.mark.parametrize("level", [0.01, 0.9, 5.0])
def test_premaster_is_the_mix_with_its_peak_moved(level: float) -> None:
    audio = music(3, spikes=6.0)
    audio *= np.float32(level / np.abs(audio).max())
    before = audio.copy()
    report = premastered(audio, sample_rate=RATE, peak_dbfs=-6.0)()
    assert np.abs(audio).max() == pytest.approx(10 ** (-6 / 20), abs=1e-6)
    np.testing.assert_allclose(audio, before * 10 ** (report.gain_db / 20), atol=2e-7)
    assert report.reached
    assert report.limiting_db == report.rounding_db == 0.0


def test_silent_premaster_has_reached_nothing() -> None:
    report = premastered(np.zeros((2, RATE), np.float32), sample_rate=RATE, peak_dbfs=-6.0)()
    assert not report.reached
    assert report.shortfall == "silence"
    assert report.sample_peak_dbfs == -math.inf


def test_every_sample_fits_a_24_bit_file() -> None:
    audio = np.array([[-1.5, -1.0, -0.3, 0.0, 0.3, 0.9999999, 1.5]], np.float32)
    quantise_24_bit(audio)
    steps = audio.astype(np.float64) * 2**23
    np.testing.assert_array_equal(steps, np.rint(steps))
    assert steps.min() == -(2**23)
    assert steps.max() == 2**23 - 1
    assert audio[0, 2] == pytest.approx(-0.3, abs=1e-7)


@pytest.mark.parametrize("above_db", [0.02, 3.0])
def test_a_true_peak_left_above_the_ceiling_turns_all_down_below_it(above_db: float) -> None:
    tone = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)  # peaks halfway between the samples
    tone *= np.hanning(RATE)
    audio = (10 ** ((above_db - 1.0) / 20) * np.stack([tone, 0.5 * tone])).astype(np.float32)
    before = audio.copy()
    assert true_peak_dbtp(before, sample_rate=RATE) == pytest.approx(above_db - 1.0, abs=0.01)
    peak_dbtp = quantise_below(audio, sample_rate=RATE, ceiling_dbtp=-1.0)
    assert -1.01 < peak_dbtp <= -1.0
    assert true_peak_dbtp(audio, sample_rate=RATE, fine=True) == peak_dbtp
    np.testing.assert_allclose(audio, before * 10 ** (-above_db / 20), atol=2e-3)
    np.testing.assert_array_equal(audio * 2.0**23, np.rint(audio * 2.0**23))


def test_what_lies_below_the_ceiling_is_only_rounded() -> None:
    audio = music(1, spikes=1.0)
    rounded = audio.copy()
    quantise_24_bit(rounded)
    peak_dbtp = quantise_below(audio, sample_rate=RATE, ceiling_dbtp=0.0)
    assert peak_dbtp == true_peak_dbtp(audio, sample_rate=RATE, fine=True) < 0.0
    np.testing.assert_array_equal(audio, rounded)


@pytest.mark.parametrize("level", [-14.0, None])
def test_what_is_mastered_is_final_and_fits_24_bits_before_it_is_measured(
    level: float | None,
) -> None:
    audio = music(6.0, spikes=4.0)
    if level is None:
        measure = premastered(audio, sample_rate=RATE, peak_dbfs=-6.0)
    else:
        measure = mastered(audio, sample_rate=RATE, target_lufs=level, ceiling_dbtp=-1.0)
    finished = audio.copy()
    np.testing.assert_array_equal(finished * 2.0**23, np.rint(finished * 2.0**23))
    report = measure()
    assert report.reached
    np.testing.assert_array_equal(audio, finished)
    assert report.loudness_lufs == pytest.approx(integrated_loudness(finished, sample_rate=RATE))
