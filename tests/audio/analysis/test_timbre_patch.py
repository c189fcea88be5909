import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.analysis.spectrum import short_time_spectrum
from src.audio.analysis.timbre_patch import patch_descriptors, patch_measures
from src.audio.basics.validation import Audio
from tests.audio.analysis.test_attributes import RATE, hiss, kick


def measured(audio: Audio, rate: int = RATE) -> np.ndarray:
    return patch_measures(short_time_spectrum(audio, sample_rate=rate))


def pressed(audio: Audio) -> np.ndarray:
    described = patch_descriptors(short_time_spectrum(audio, sample_rate=RATE))
    return np.array(list(described.values()))


@given(
    rate=st.sampled_from((8_000, 22_050, 44_100, 96_000)),
    samples=st.integers(0, 9_000),
    seed=st.integers(0, 9),
)
def test_any_clip_gives_the_same_count_of_finite_measures(
    rate: int, samples: int, seed: int
) -> None:
    noise = np.random.default_rng(seed).standard_normal((1, samples)).astype(np.float32)
    values = measured(0.1 * noise, rate)
    assert values.shape == measured(hiss()).shape
    assert np.isfinite(values).all()


def test_gain_changes_nothing() -> None:
    assert measured(kick() * np.float32(0.02)) == pytest.approx(measured(kick()), abs=0.02)


def test_silence_before_the_attack_moves_the_picture_little() -> None:
    late = np.pad(kick(), ((0, 0), (RATE // 5 // 512 * 512, 0)))
    moved = np.linalg.norm(pressed(late) - pressed(kick()))
    assert moved < 0.6 * np.linalg.norm(pressed(hiss()) - pressed(kick()))


def test_the_level_of_each_band_is_read_where_it_sounds() -> None:
    times = np.arange(RATE) / RATE
    low = np.sin(2 * np.pi * 100 * times)[None].astype(np.float32)
    high = np.sin(2 * np.pi * 8_000 * times)[None].astype(np.float32)
    middle_of_the_sound = slice(120, 140)
    assert np.argmax(measured(low)[middle_of_the_sound]) <= 2
    assert np.argmax(measured(high)[middle_of_the_sound]) >= 13


def test_harmonics_stand_above_their_valleys_and_noise_does_not() -> None:
    times = np.arange(RATE) / RATE
    tone = sum(np.sin(2 * np.pi * 220 * k * times) / k for k in range(1, 30))
    noise = np.random.default_rng(1).standard_normal((1, RATE)).astype(np.float32)
    contrast = slice(348, 369, 3)
    sung, hissed = measured(0.1 * tone[None].astype(np.float32)), measured(0.1 * noise)
    assert sung[contrast].mean() > hissed[contrast].mean() + 10.0
