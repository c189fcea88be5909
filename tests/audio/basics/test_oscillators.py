"""Oscillators are in tune, hardly alias, and repeat from a seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.basics.oscillators import (
    SampleSpan,
    coloured_noise,
    damped_partials,
    modulated_sine,
    plucked_string,
    pulse,
    saw,
    sine,
    supersaw,
    white_noise,
)

RATE = 48_000
SECOND = SampleSpan(RATE, RATE)


def spectrum(audio: np.ndarray) -> np.ndarray:
    """Magnitudes of one second: bin = Hz."""
    return np.abs(np.fft.rfft(audio[0] * np.blackman(audio.shape[-1])))


def alias_share_db(audio: np.ndarray, frequency_hz: int) -> float:
    """Energy off the harmonics against all energy."""
    power = spectrum(audio)[20:20_000] ** 2
    bins = np.arange(20, 20_000)
    distance = np.minimum(bins % frequency_hz, -bins % frequency_hz)
    return float(10 * np.log10(power[distance > 4].sum() / power.sum()))


def naive_saw(frequency_hz: float) -> np.ndarray:
    return (2 * (np.arange(RATE) * frequency_hz / RATE % 1) - 1)[None]


@pytest.mark.parametrize("frequency_hz", [523, 1109, 2093])
def test_a_saw_aliases_far_less_than_a_naive_one(frequency_hz: int) -> None:
    ours = alias_share_db(saw(float(frequency_hz), SECOND), frequency_hz)
    assert ours < alias_share_db(naive_saw(frequency_hz), frequency_hz) - 10


def test_a_pulse_of_half_a_cycle_has_no_even_harmonics_and_no_offset() -> None:
    wave = pulse(300.0, SECOND)
    lines = spectrum(wave)
    assert lines[600] < 0.01 * lines[300]
    assert lines[900] == pytest.approx(lines[300] / 3, rel=0.02)
    assert abs(float(wave.mean())) < 1e-3


@given(st.floats(40, 4000))
@settings(max_examples=25)
def test_saws_stay_close_to_full_scale_and_centred(frequency_hz: float) -> None:
    wave = saw(frequency_hz, SampleSpan(8_000, RATE))
    assert float(np.abs(wave).max()) <= 1.0
    assert abs(float(wave.mean())) < 1.5 * RATE / frequency_hz / 8_000


def test_a_moving_frequency_is_followed() -> None:
    rising = np.linspace(200.0, 400.0, RATE)
    wave = sine(rising, SECOND)[0]
    crossings = np.flatnonzero((wave[:-1] < 0) & (wave[1:] >= 0))
    assert crossings.size == pytest.approx(300, abs=1)
    assert RATE / np.diff(crossings)[-1] == pytest.approx(400, rel=0.02)


def test_a_supersaw_is_wide_and_as_loud_as_a_saw() -> None:
    wave = supersaw(110.0, SECOND, voices=7, detune_cents=15, rng=np.random.default_rng(1))
    assert np.corrcoef(wave)[0, 1] < 0.9
    loudness = np.sqrt(np.mean(wave**2)) / np.sqrt(np.mean(saw(110.0, SECOND) ** 2))
    assert loudness == pytest.approx(1.0, abs=0.35)


def test_frequency_modulation_adds_sidebands_at_the_modulator_spacing() -> None:
    plain = spectrum(modulated_sine(1000.0, SECOND, ratio=0.25, index=0.0))
    bent = spectrum(modulated_sine(1000.0, SECOND, ratio=0.25, index=1.0))
    assert plain[750] < 1e-3 * plain[1000]
    assert bent[750] > 0.3 * bent[1000]
    assert bent[1250] > 0.3 * bent[1000]


@pytest.mark.parametrize("frequency_hz", [82.41, 196.0, 440.0, 987.77])
def test_a_plucked_string_is_in_tune_and_dies_away(frequency_hz: float) -> None:
    string = plucked_string(
        frequency_hz,
        SampleSpan(2 * RATE, RATE),
        brightness=0.5,
        ring=0.996,
        rng=np.random.default_rng(3),
    )
    bins = np.fft.rfftfreq(1 << 20, 1 / RATE)
    lines = np.abs(np.fft.rfft(string[0] * np.hanning(string.size), 1 << 20))
    near = (bins > frequency_hz * 0.9) & (bins < frequency_hz * 1.1)
    cents = 1200 * np.log2(bins[near][np.argmax(lines[near])] / frequency_hz)
    assert abs(cents) < 4
    assert np.abs(string[0, -RATE // 4 :]).max() < 0.5 * np.abs(string[0, : RATE // 4]).max()


def test_partials_fall_by_sixty_decibels_in_their_time() -> None:
    one = np.array([1.0])
    tone = damped_partials(np.array([1000.0]), one, np.array([0.5]), SECOND)[0]
    start, later = np.abs(tone[:480]).max(), np.abs(tone[RATE // 2 : RATE // 2 + 480]).max()
    assert 20 * np.log10(later / start) == pytest.approx(-60, abs=1.5)


def test_partials_beyond_hearing_are_left_out() -> None:
    one = np.array([1.0])
    assert not damped_partials(np.array([23_000.0]), one, one, SECOND).any()


def test_pink_noise_falls_by_three_decibels_per_octave() -> None:
    noise = coloured_noise(
        SampleSpan(8 * RATE, RATE),
        channels=1,
        slope_db_per_octave=-3.0,
        rng=np.random.default_rng(2),
    )
    power = np.abs(np.fft.rfft(noise[0])) ** 2
    hz = np.fft.rfftfreq(noise.shape[-1], 1 / RATE)
    low, high = (power[(hz > f) & (hz < f * 1.4)].mean() for f in (250, 4000))
    assert 10 * np.log10(high / low) == pytest.approx(-12, abs=0.7)


def test_noise_repeats_from_its_seed_and_differs_between_channels() -> None:
    first = white_noise(SECOND, channels=2, rng=np.random.default_rng(5))
    again = white_noise(SECOND, channels=2, rng=np.random.default_rng(5))
    assert np.array_equal(first, again)
    assert abs(np.corrcoef(first)[0, 1]) < 0.03
