import numpy as np
import pytest

from src.audio.basics.resample import repitched

RATE = 48_000


@pytest.mark.parametrize("semitones", [-12.0, -5.0, 0.5, 7.0, 12.0])
def test_pitch_and_length_change_together(semitones: float) -> None:
    wave = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)[None]
    moved = repitched(wave, semitones=semitones, sample_rate=RATE)
    ratio = 2 ** (semitones / 12)
    assert moved.shape[1] == pytest.approx(RATE / ratio, abs=2)
    spectrum = np.abs(np.fft.rfft(moved[0] * np.hanning(moved.shape[1]), 2**20))
    assert spectrum.argmax() * RATE / 2**20 == pytest.approx(440 * ratio, rel=2e-4)


def test_attack_stays_at_the_start() -> None:
    hit = np.zeros((2, 4800), np.float32)
    hit[:, 0] = 1.0
    moved = repitched(hit, semitones=3.0, sample_rate=RATE)
    assert int(np.abs(moved[0]).argmax()) == 0


def test_unmoved_and_empty_clips_come_back_as_they_are() -> None:
    clip = np.ones((1, 10), np.float32)
    empty = np.zeros((2, 0), np.float32)
    assert repitched(clip, semitones=0.0, sample_rate=RATE) is clip
    assert repitched(empty, semitones=5.0, sample_rate=RATE).shape == (2, 0)
