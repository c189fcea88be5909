"""Envelopes start, turn and end where they should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.basics.envelopes import (
    Adsr,
    decay,
    ducking,
    glide,
    wave_curve,
    with_faded_ends,
)
from src.audio.basics.oscillators import SampleSpan

RATE = 48_000
SECOND = SampleSpan(RATE, RATE)


def test_an_adsr_peaks_after_its_attack_and_settles_on_its_sustain() -> None:
    curve = Adsr(0.1, 0.1, 0.5, 0.2).curve(SECOND, gate_s=0.7)
    assert int(np.argmax(curve)) == pytest.approx(0.1 * RATE, abs=2)
    assert curve[int(0.69 * RATE)] == pytest.approx(0.5, abs=0.01)


@given(st.floats(0.001, 0.2), st.floats(0, 1), st.floats(0.01, 0.3), st.floats(0.01, 0.5))
@settings(max_examples=40)
def test_an_adsr_starts_and_ends_in_silence_without_steps(
    attack_s: float, sustain: float, release_s: float, gate_s: float
) -> None:
    curve = Adsr(attack_s, 0.1, sustain, release_s).curve(SECOND, gate_s=gate_s)
    assert curve[0] == 0.0
    assert np.all(curve[int((gate_s + release_s) * RATE) + 1 :] < 1e-9)
    steepest = max(1 / attack_s, 5.2 / release_s, 30.0) / RATE
    assert np.abs(np.diff(curve)).max() <= steepest * 1.05


def test_a_decay_falls_by_sixty_decibels_in_its_time() -> None:
    curve = decay(SECOND, time_s=0.5, hold_s=0.1)
    assert curve[int(0.1 * RATE)] == 1.0
    assert 20 * np.log10(curve[int(0.6 * RATE)]) == pytest.approx(-60, abs=0.1)


def test_a_glide_is_two_thirds_of_the_way_after_its_time() -> None:
    curve = glide(SECOND, start=300.0, end=0.0, time_s=0.1)
    assert curve[0] == 300.0
    assert curve[int(0.1 * RATE)] == pytest.approx(300 * np.exp(-1), rel=1e-3)


def test_whole_cycles_fit_the_loop() -> None:
    curve = wave_curve(SECOND, cycles=3, low=2.0, high=4.0, start_cycles=0.2)
    step_over_the_seam = abs(curve[0] - curve[-1])
    assert step_over_the_seam <= np.abs(np.diff(curve)).max()
    assert (curve.min(), curve.max()) == pytest.approx((2.0, 4.0), abs=1e-3)


def test_ducking_is_deepest_on_the_kick_and_back_after_its_time() -> None:
    gain = ducking(SECOND, starts=[0, RATE // 2], depth=0.8, recover_s=0.2)
    assert gain[0] == pytest.approx(0.2)
    assert gain[RATE // 2] == pytest.approx(0.2)
    assert gain[int(0.3 * RATE)] == pytest.approx(1.0)


def test_ducking_moves_smoothly_also_over_the_seam() -> None:
    gain = ducking(SECOND, starts=[0, RATE // 2], depth=1.0, recover_s=0.2)
    around = np.concatenate([gain, gain[:1]])
    assert np.abs(np.diff(around)).max() < 0.01


def test_no_kick_means_no_ducking() -> None:
    assert np.all(ducking(SECOND, starts=[], depth=1.0, recover_s=0.1) == 1.0)


def test_faded_ends_are_silent_and_the_middle_is_kept() -> None:
    audio = np.ones((2, RATE), np.float32)
    faded = with_faded_ends(audio, sample_rate=RATE, in_s=0.1, out_s=0.1)
    assert faded[0, 0] == 0.0
    assert abs(float(faded[0, -1])) < 1e-6
    assert faded[0, RATE // 2] == 1.0
    assert audio[0, 0] == 1.0


def test_an_empty_clip_stays_empty() -> None:
    empty = np.zeros((2, 0), np.float32)
    assert with_faded_ends(empty, sample_rate=RATE, in_s=0.1, out_s=0.1).shape == (2, 0)
