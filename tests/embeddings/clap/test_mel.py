"""The mel front-end: right bands, right level, and transformers' own numbers."""

import numpy as np
import pytest

from src.core.errors import InvalidInputError
from src.embeddings.clap.mel import BANDS, FRAMES, WINDOW_SAMPLES, log_mel, mel_bank
from tests.embeddings.tiny_clap import random_clip


def tone(hertz: float, level: float = 0.5) -> np.ndarray:
    seconds = np.arange(WINDOW_SAMPLES) / 48_000
    return (level * np.sin(2 * np.pi * hertz * seconds)).astype(np.float32)


def test_silence_is_minus_100_db_everywhere() -> None:
    picture = log_mel(np.zeros(WINDOW_SAMPLES, np.float32))
    assert picture.shape == (FRAMES, BANDS)
    assert picture.dtype == np.float32
    assert np.all(picture == -100.0)


@pytest.mark.parametrize("hertz", [100.0, 440.0, 1_000.0, 5_000.0, 12_000.0])
def test_a_tone_lights_the_band_around_its_frequency(hertz: float) -> None:
    lit = int(log_mel(tone(hertz))[500].argmax())
    bins = np.linspace(0, 24_000, 513)
    middle = float((mel_bank()[:, lit] * bins).sum() / mel_bank()[:, lit].sum())
    assert middle == pytest.approx(hertz, rel=0.12, abs=30)


def test_twice_the_level_is_six_decibels_more() -> None:
    quiet, loud = log_mel(tone(440, 0.2)), log_mel(tone(440, 0.4))
    assert np.allclose((loud - quiet)[500, 10:20], 20 * np.log10(2.0), atol=1e-3)


def test_every_triangle_has_the_same_area() -> None:
    areas = mel_bank().sum(axis=0) * 24_000 / 512
    assert np.allclose(areas[20:], 1.0, atol=0.05)
    assert np.all(mel_bank() >= 0)


def test_tones_outside_50_to_14000_hz_are_not_seen() -> None:
    assert log_mel(tone(16_000))[500].max() < log_mel(tone(10_000))[500].max() - 40


@pytest.mark.parametrize("shape", [(48_000,), (1, WINDOW_SAMPLES), (2, WINDOW_SAMPLES)])
def test_another_shape_is_refused_with_a_hint(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInputError, match=r"must have shape \(480000,\).*channels"):
        log_mel(np.zeros(shape, np.float32))


def test_it_draws_what_transformers_draws() -> None:
    reason = "transformers is not installed: pip install -r requirements/export.txt"
    transformers = pytest.importorskip("transformers", reason=reason)
    theirs = transformers.ClapFeatureExtractor(
        feature_size=64, sampling_rate=48_000, hop_length=480, fft_window_size=1024,
        frequency_min=50, frequency_max=14_000, truncation="rand_trunc", padding="repeatpad",
    )  # fmt: skip
    for seed in range(3):
        window = random_clip(10.0, seed=seed, channels=1)[0]
        found = theirs(window, sampling_rate=48_000, return_tensors="np")["input_features"][0, 0]
        assert np.abs(log_mel(window) - found).max() < 1e-4
