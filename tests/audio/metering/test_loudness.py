"""The published signals of EBU Tech 3341 and 3342 as facts, and relations between clips."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import sosfilt

from src.audio.metering.loudness import (
    LoudnessMeter,
    integrated_loudness,
    k_weighting,
    loudness_range,
    measure_loudness,
    momentary_max,
    short_term_max,
)
from src.core.errors import InvalidInputError

RATE = 48_000


def tone(
    levels_dbfs: list[tuple[float, float]], *, channels: int = 2, rate: int = RATE
) -> np.ndarray:
    """A 1 kHz sine whose peak level changes: (dBFS, seconds) one after the other."""
    gains = np.concatenate(
        [np.full(round(seconds * rate), 10 ** (level / 20)) for level, seconds in levels_dbfs]
    )
    wave = np.sin(2 * np.pi * 1000 * np.arange(gains.size) / rate) * gains
    return np.repeat(wave[None].astype(np.float32), channels, axis=0)


TECH_3341 = {
    1: [(-23.0, 20.0)],
    2: [(-33.0, 20.0)],
    3: [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
    4: [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
    5: [(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
}


@pytest.mark.parametrize("case", TECH_3341)
def test_integrated_loudness_reads_tech_3341_cases(case: int) -> None:
    expected = -33.0 if case == 2 else -23.0
    measured = integrated_loudness(tone(TECH_3341[case]), sample_rate=RATE)
    assert measured == pytest.approx(expected, abs=0.1)


def test_surround_channels_weigh_more_as_in_tech_3341_case_6() -> None:
    audio = np.concatenate(
        [tone([(level, 20.0)], channels=1) for level in (-28.0, -28.0, -24.0, -30.0, -30.0)]
    )
    assert integrated_loudness(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.1)


def test_low_frequency_channel_does_not_count() -> None:
    audio = np.concatenate(
        [tone([(level, 5.0)], channels=1) for level in (-28.0, -28.0, -24.0, 0.0, -30.0, -30.0)]
    )
    assert integrated_loudness(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.1)


def test_loudest_three_seconds_are_found_as_in_tech_3341_case_9() -> None:
    audio = tone([(-20.0, 1.34), (-30.0, 1.66)] * 5)
    assert short_term_max(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("number", [0, 1, 7, 13, 19])
def test_three_seconds_are_found_wherever_they_lie_as_in_tech_3341_case_10(number: int) -> None:
    audio = tone([(-200.0, 0.15 * number), (-23.0, 3.0), (-200.0, 1.0)])
    assert short_term_max(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("level", [-38.0, -30.0, -19.0])
def test_loudest_three_seconds_follow_the_level_as_in_tech_3341_case_11(level: float) -> None:
    audio = tone([(-200.0, 0.45), (level, 3.0), (-200.0, 2.55)])
    assert short_term_max(audio, sample_rate=RATE) == pytest.approx(level, abs=0.1)


def test_momentary_loudness_is_steady_as_in_tech_3341_case_12() -> None:
    audio = tone([(-20.0, 0.18), (-30.0, 0.22)] * 25)
    assert momentary_max(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("number", range(0, 20, 3))
def test_loudest_moment_is_found_wherever_it_lies_as_in_tech_3341_case_13(number: int) -> None:
    audio = tone([(-200.0, 0.02 * number), (-23.0, 0.4), (-200.0, 1.0)])
    assert momentary_max(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("level", [-38.0, -30.0, -19.0])
def test_loudest_moment_follows_the_level_as_in_tech_3341_case_14(level: float) -> None:
    audio = tone([(-200.0, 0.36), (level, 0.4), (-200.0, 0.04)])
    assert momentary_max(audio, sample_rate=RATE) == pytest.approx(level, abs=0.1)


def test_moments_are_at_least_as_loud_as_seconds_and_those_as_the_whole() -> None:
    rng = np.random.default_rng(2)
    swell = np.repeat(rng.uniform(0.01, 0.3, 80), RATE // 8)
    audio = (rng.standard_normal((2, swell.size)) * swell).astype(np.float32)
    report = measure_loudness(audio, sample_rate=RATE)
    assert report.momentary_max_lufs > report.short_term_max_lufs > report.integrated_lufs


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([-20.0, -30.0], 10.0),
        ([-20.0, -15.0], 5.0),
        ([-40.0, -20.0], 20.0),
        ([-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ],
)
def test_loudness_range_reads_tech_3342_cases(levels: list[float], expected: float) -> None:
    audio = tone([(level, 20.0) for level in levels])
    assert loudness_range(audio, sample_rate=RATE) == pytest.approx(expected, abs=1.0)


def test_filter_at_48_khz_has_the_published_coefficients() -> None:
    published = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241,
         0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]  # fmt: skip
    np.testing.assert_allclose(k_weighting(48_000), published, atol=1e-6)


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_100, 88_200, 96_000, 192_000])
def test_reading_does_not_depend_on_sample_rate(rate: int) -> None:
    audio = tone([(-23.0, 3.0)], rate=rate)
    assert integrated_loudness(audio, sample_rate=rate) == pytest.approx(-23.0, abs=0.1)


@settings(max_examples=25)
@given(gain_db=st.floats(-20, 20))
def test_gain_moves_reading_by_itself(gain_db: float) -> None:
    audio = tone([(-30.0, 1.0)])
    louder = (audio * 10 ** (gain_db / 20)).astype(np.float32)
    before = integrated_loudness(audio, sample_rate=RATE)
    assert integrated_loudness(louder, sample_rate=RATE) == pytest.approx(
        before + gain_db, abs=0.01
    )


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(1, 70_000), max_size=8))
def test_reading_does_not_depend_on_blocks(cuts: list[int]) -> None:
    rng = np.random.default_rng(5)
    audio = rng.standard_normal((2, 150_000)).astype(np.float32) * 0.1
    meter = LoudnessMeter(sample_rate=44_100, channels=2)
    for block in np.split(audio, sorted(set(cuts)), axis=1):
        meter.add(block)
    whole = measure_loudness(audio, sample_rate=44_100)
    assert meter.report().integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-9)
    assert meter.report().short_term_max_lufs == pytest.approx(whole.short_term_max_lufs, abs=1e-9)
    assert meter.report().momentary_max_lufs == pytest.approx(whole.momentary_max_lufs, abs=1e-9)


def test_clip_shorter_than_gating_block_is_one_block() -> None:
    audio = tone([(-23.0, 0.25)])
    assert integrated_loudness(audio, sample_rate=RATE) == pytest.approx(-23.0, abs=0.3)


def test_two_channels_are_three_decibels_louder_than_one() -> None:
    mono = integrated_loudness(tone([(-20.0, 2.0)], channels=1), sample_rate=RATE)
    stereo = integrated_loudness(tone([(-20.0, 2.0)]), sample_rate=RATE)
    assert stereo - mono == pytest.approx(3.01, abs=0.01)


@pytest.mark.parametrize("samples", [0, 100, 200_000])
def test_silence_is_infinitely_soft_and_has_no_range(samples: int) -> None:
    report = measure_loudness(np.zeros((2, samples), np.float32), sample_rate=RATE)
    assert report.integrated_lufs == -math.inf
    assert report.short_term_max_lufs == -math.inf
    assert report.momentary_max_lufs == -math.inf
    assert report.range_lu == 0.0


def test_impossible_rate_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="sample_rate must be a rate in Hz, got 0"):
        integrated_loudness(np.zeros((1, 10), np.float32), sample_rate=0)


@pytest.mark.parametrize("rate", [8_000, 48_000, 192_000])
def test_one_filter_weighs_like_its_two_sections(rate: int) -> None:
    noise = np.random.default_rng(3).standard_normal((2, 2 * rate)).astype(np.float32)
    meter = LoudnessMeter(sample_rate=rate, channels=2)
    meter.add(0.1 * noise)
    weighted = sosfilt(k_weighting(rate), 0.1 * noise.astype(np.float64))
    steps = np.square(weighted).reshape(2, 20, -1).mean(axis=-1).sum(axis=0)
    np.testing.assert_allclose(meter.step_powers, steps, rtol=1e-5)
