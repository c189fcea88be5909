"""Transitions go where they should, and textures are endless."""

import numpy as np
import pytest

from src.audio.basics.oscillators import SampleSpan
from src.audio.synthesis.fx import (
    Air,
    Impact,
    Rise,
    air,
    crackle,
    downlifter,
    impact,
    reversed_swell,
    riser,
)

RATE = 44_100
FOUR_SECONDS = SampleSpan(4 * RATE, RATE)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def level_and_centroid(part: np.ndarray) -> tuple[float, float]:
    power = np.abs(np.fft.rfft(part.mean(axis=0))) ** 2
    hz = np.fft.rfftfreq(part.shape[-1], 1 / RATE)
    return float(np.sqrt(np.mean(part**2))), float((power * hz).sum() / power.sum())


def test_a_riser_grows_louder_and_brighter_to_its_end() -> None:
    audio = riser(Rise(pulse_cycles=12), FOUR_SECONDS, rng=rng())
    parts = [level_and_centroid(audio[:, n * RATE : (n + 1) * RATE]) for n in range(4)]
    assert audio.shape == (2, 4 * RATE)
    assert [level for level, _ in parts] == sorted(level for level, _ in parts)
    assert parts[3][1] > 3 * parts[0][1]
    assert np.abs(audio[:, -1]).max() < 0.01


def test_a_downlifter_sinks_and_fades() -> None:
    audio = downlifter(FOUR_SECONDS, rng=rng())
    parts = [level_and_centroid(audio[:, n * RATE : (n + 1) * RATE]) for n in range(4)]
    assert [level for level, _ in parts] == sorted((level for level, _ in parts), reverse=True)
    assert parts[2][1] < 0.5 * parts[0][1]


def test_an_impact_hits_at_once_low_and_rings_out() -> None:
    audio = impact(Impact(boom_hz=45), sample_rate=RATE, rng=rng())
    power = np.abs(np.fft.rfft(audio.mean(axis=0))) ** 2
    hz = np.fft.rfftfreq(audio.shape[-1], 1 / RATE)
    assert power[hz < 150].sum() > 0.5 * power.sum()
    assert int(np.argmax(np.abs(audio).max(axis=0) > 0.3)) < 0.03 * RATE
    assert np.abs(audio[:, -100:]).max() < 1e-3


def test_air_is_a_loop_without_a_seam_and_wide() -> None:
    audio = air(Air(), FOUR_SECONDS, rng=rng())
    assert audio.shape == (2, 4 * RATE)
    assert np.abs(audio[:, 0] - audio[:, -1]).max() <= np.abs(np.diff(audio)).max()
    assert abs(np.corrcoef(audio)[0, 1]) < 0.3


def test_crackle_is_mostly_silence() -> None:
    audio = crackle(FOUR_SECONDS, per_second=10, rng=rng())
    assert np.abs(audio).max() > 0.05
    assert np.mean(np.abs(audio).max(axis=0) < 1e-3) > 0.8


def test_a_reversed_swell_is_loudest_near_its_end() -> None:
    fall = np.exp(-np.arange(RATE) / 5000)[None].repeat(2, axis=0).astype(np.float32)
    swell = reversed_swell(fall, sample_rate=RATE)
    assert int(np.argmax(swell[0])) > 0.9 * RATE
    assert swell[0, -1] == pytest.approx(0.0, abs=1e-5)
