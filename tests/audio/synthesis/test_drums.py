"""Drums have the spectrum, the length and the start of the drum they are named after."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from src.audio.synthesis import drums

RATE = 48_000
EVERY_DRUM = {
    "kick": partial(drums.kick, drums.Kick()),
    "snare": partial(drums.snare, drums.Snare()),
    "clap": partial(drums.clap, drums.Clap()),
    "hat": partial(drums.hat, drums.Hat()),
    "cymbal": partial(drums.cymbal, drums.Cymbal(decay_s=1.0)),
    "skin": partial(drums.skin, drums.Skin()),
    "pipe": partial(drums.pipe, drums.Pipe()),
    "shaker": partial(drums.shaker, length_s=0.1),
}


def made(drum: Callable[..., np.ndarray], seed: int = 1) -> np.ndarray:
    return drum(sample_rate=RATE, rng=np.random.default_rng(seed))


def centroid_hz(audio: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(audio.mean(axis=0))) ** 2
    return float((power * np.fft.rfftfreq(audio.shape[-1], 1 / RATE)).sum() / power.sum())


def share_below(audio: np.ndarray, hz: float) -> float:
    power = np.abs(np.fft.rfft(audio.mean(axis=0))) ** 2
    return float(power[np.fft.rfftfreq(audio.shape[-1], 1 / RATE) < hz].sum() / power.sum())


@pytest.mark.parametrize("name", EVERY_DRUM)
def test_a_drum_is_stereo_clean_and_starts_at_once(name: str) -> None:
    audio = made(EVERY_DRUM[name])
    assert audio.shape[0] == 2
    assert audio.dtype == np.float32
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() == pytest.approx(1.0, abs=1e-4)
    assert np.abs(audio.mean(axis=-1)).max() < 2e-3
    assert int(np.argmax(np.abs(audio).max(axis=0) > 0.1)) < 0.015 * RATE
    assert np.abs(audio[:, -1]).max() < 1e-3


@pytest.mark.parametrize("name", EVERY_DRUM)
def test_a_drum_repeats_from_its_seed(name: str) -> None:
    assert np.array_equal(made(EVERY_DRUM[name]), made(EVERY_DRUM[name]))
    assert not np.array_equal(made(EVERY_DRUM[name]), made(EVERY_DRUM[name], seed=2))


def test_a_kick_is_low_and_falls_in_pitch() -> None:
    audio = made(partial(drums.kick, drums.Kick(floor_hz=50)))
    assert share_below(audio, 150) > 0.75

    def period_s(start_s: float) -> float:
        part = audio[0, int(start_s * RATE) : int((start_s + 0.12) * RATE)]
        rising = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
        return float(np.diff(rising).mean() / RATE)

    assert 1 / period_s(0.0) > 60
    assert 1 / period_s(0.2) == pytest.approx(50, rel=0.05)


def test_a_snare_has_a_tone_below_and_wires_above() -> None:
    audio = made(partial(drums.snare, drums.Snare(tone_hz=190)))
    assert 0.2 < share_below(audio, 1000) < 0.95
    assert share_below(audio, 100) < 0.05


def test_a_clap_has_several_hands() -> None:
    audio = made(partial(drums.clap, drums.Clap(hands=4, gap_s=0.0105, room=0.0)))
    level = np.convolve(np.abs(audio[0, : RATE // 16]), np.ones(96) / 96, "same")
    at_hands = [level[round(n * 0.0105 * RATE) :][:240].max() for n in range(4)]
    between = [level[round((n + 0.8) * 0.0105 * RATE) :][:48].min() for n in range(3)]
    assert min(at_hands[1:]) > 1.3 * max(between)


def test_a_hat_is_high_and_an_open_one_rings_longer() -> None:
    closed = made(partial(drums.hat, drums.Hat(decay_s=0.06)))
    opened = made(partial(drums.hat, drums.Hat(decay_s=0.4)))
    assert centroid_hz(closed) > 7000
    assert share_below(closed, 3000) < 0.02
    assert opened.shape[-1] > 4 * closed.shape[-1]


def test_a_cymbal_is_bright_and_wide_and_a_bell_gives_it_a_tone() -> None:
    crash = made(partial(drums.cymbal, drums.Cymbal(decay_s=1.0)))
    ride = made(partial(drums.cymbal, drums.Cymbal(decay_s=1.0, air=0.3, bell=0.8)))
    assert centroid_hz(crash) > 4000
    assert abs(np.corrcoef(crash)[0, 1]) < 0.5
    assert share_below(ride, 2500) > 2 * share_below(crash, 2500)


def test_a_skin_rings_at_its_pitch() -> None:
    audio = made(partial(drums.skin, drums.Skin(pitch_hz=220, decay_s=0.4, bend=1.0)))
    lines = np.abs(np.fft.rfft(audio[0], RATE))
    assert int(np.argmax(lines[50:])) + 50 == pytest.approx(220, abs=4)
