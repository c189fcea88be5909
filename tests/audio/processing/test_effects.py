"""Effects keep lengths, close circles, and change the sound as told."""

import numpy as np
import pytest

from src.audio.processing.effects import (
    Echo,
    Room,
    at_peak,
    at_rms,
    chorus,
    looped_by_crossfade,
    ping_pong,
    reverb_impulse,
    reverberate,
    saturate,
    soft_clip,
    wrapped,
)

RATE = 48_000
ROOM = Room(decay_s=0.8, bright_s=0.3)


def tone(hz: float, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
    return np.repeat(wave[None], 2, axis=0).astype(np.float32)


def click(at: int = 0) -> np.ndarray:
    audio = np.zeros((2, RATE), np.float32)
    audio[:, at] = 1.0
    return audio


def test_saturation_adds_odd_harmonics_and_bias_adds_even_ones() -> None:
    plain = np.abs(np.fft.rfft(saturate(tone(500), drive_db=9, loop=True)[0]))
    biased = np.abs(np.fft.rfft(saturate(tone(500), drive_db=9, bias=0.3, loop=True)[0]))
    assert plain[1500] > 0.03 * plain[500]
    assert plain[1000] < 1e-3 * plain[500]
    assert biased[1000] > 0.02 * biased[500]


def test_saturation_of_a_high_tone_hardly_aliases() -> None:
    driven = np.abs(np.fft.rfft(saturate(tone(9000, 0.9), drive_db=9, loop=True)[0]))
    plain = np.abs(np.fft.rfft(np.tanh(10 ** (9 / 20) * tone(9000, 0.9))[0]))
    folded = 48_000 - 3 * 9000
    assert driven[folded] < 0.1 * plain[folded]


def test_saturation_keeps_silence_and_loops() -> None:
    silence = saturate(np.zeros((2, 500), np.float32), drive_db=12, bias=0.2)
    assert np.abs(silence).max() < 1e-7
    driven = saturate(tone(100), drive_db=12, loop=True)
    seam = np.abs(driven[:, 0] - driven[:, -1]).max()
    assert seam <= np.abs(np.diff(driven)).max() * 1.01


def test_a_room_dies_in_its_time_and_is_wide() -> None:
    impulse = reverb_impulse(ROOM, sample_rate=RATE, rng=np.random.default_rng(1))
    energy = np.cumsum(impulse[0, ::-1].astype(np.float64) ** 2)[::-1]
    fall_db = 10 * np.log10(energy / energy[0])
    early, late = (int(np.argmax(fall_db < level)) for level in (-10, -30))
    assert (late - early) / RATE * 3 == pytest.approx(0.8, rel=0.3)
    assert abs(np.corrcoef(impulse)[0, 1]) < 0.2


def test_reverb_of_a_loop_comes_back_at_its_start() -> None:
    impulse = reverb_impulse(ROOM, sample_rate=RATE, rng=np.random.default_rng(1))
    late = reverberate(click(RATE - 100), impulse, mix=0.5, loop=True)
    early = reverberate(click(0), impulse, mix=0.5, loop=True)
    assert late.shape == (2, RATE)
    assert np.abs(np.roll(late, 100, axis=-1) - early).max() < 1e-5


def test_reverb_of_a_one_shot_rings_on() -> None:
    impulse = reverb_impulse(ROOM, sample_rate=RATE, rng=np.random.default_rng(1))
    wet = reverberate(click(), impulse, mix=0.5)
    assert wet.shape[-1] == RATE + impulse.shape[-1] - 1
    assert wet[0, 0] == pytest.approx(1.0, abs=1e-3)


def test_echoes_come_in_turn_from_both_sides_and_round_the_loop() -> None:
    echo = Echo(delay_samples=20_000, feedback=0.5, mix=0.5, damping_hz=20_000, low_cut_hz=20)
    out = ping_pong(click(40_000), echo, sample_rate=RATE)
    first, second = (np.abs(out[:, at - 3 : at + 20]).max(axis=-1) for at in (12_000, 32_000))
    assert first[0] > 2 * first[1]
    assert second[1] > 2 * second[0]


def test_chorus_widens_and_keeps_the_circle() -> None:
    audio = tone(220)
    out = chorus(audio, sample_rate=RATE, cycles=3, depth_s=0.004, mix=0.7)
    assert np.corrcoef(out)[0, 1] < 0.99
    assert np.abs(out[:, 0] - out[:, -1]).max() <= np.abs(np.diff(out)).max() * 1.05


def test_wrapping_adds_what_is_beyond_the_end() -> None:
    folded = wrapped(np.arange(7, dtype=np.float32)[None], 3)
    assert folded.tolist() == [[0 + 3 + 6, 1 + 4, 2 + 5]]


def test_a_crossfaded_texture_has_no_seam() -> None:
    ramp = np.linspace(0, 1, 3000, dtype=np.float32)[None]
    looped = looped_by_crossfade(ramp, 2000)
    assert looped.shape == (1, 2000)
    assert abs(float(looped[0, 0] - looped[0, -1])) < 0.002


def test_soft_clip_leaves_what_is_quiet_and_bends_what_is_loud() -> None:
    audio = np.array([[0.3, -0.5, 2.0, -40.0]], np.float32)
    out = soft_clip(audio, knee=0.6, ceiling=0.9)
    assert out[0, :2].tolist() == audio[0, :2].tolist()
    assert np.abs(out).max() < 0.9 + 1e-6


def test_levels_are_reached_and_silence_stays_silent() -> None:
    assert np.abs(at_peak(tone(50), peak_dbfs=-6.0)).max() == pytest.approx(0.501, rel=1e-3)
    rms = np.sqrt(np.mean(at_rms(tone(50), rms_dbfs=-20.0) ** 2))
    assert rms == pytest.approx(0.1, rel=1e-3)
    silence = np.zeros((2, 10), np.float32)
    assert not at_peak(silence, peak_dbfs=-1.0).any()
    assert not at_rms(silence, rms_dbfs=-10.0).any()
