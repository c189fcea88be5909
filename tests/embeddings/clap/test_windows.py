"""From any stem to windows: level, silence around, length and channels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.embeddings.clap.mel import WINDOW_SAMPLES
from src.embeddings.clap.windows import (
    MOST_WINDOWS,
    folded,
    levelled,
    repeated,
    rounded_to_16_bit,
    trimmed,
    window_starts,
    windows_of,
)
from tests.embeddings.tiny_clap import random_clip


def test_level_makes_no_difference() -> None:
    clip = random_clip(2.0)
    loud, quiet = windows_of(clip, int16=True)[0], windows_of(clip * 0.05, int16=True)[0]
    assert np.abs(loud - quiet).max() <= 1 / 32767


def test_silence_around_a_sound_makes_no_difference() -> None:
    clip = random_clip(1.0)
    around = np.pad(clip, ((0, 0), (4_800, 48_000)))
    assert np.array_equal(windows_of(clip, int16=True)[0], windows_of(around, int16=True)[0])


def test_a_short_sound_is_repeated_whole_and_then_silent() -> None:
    mono = random_clip(3.0, channels=1)[0]
    window = repeated(mono)
    assert np.array_equal(window[: mono.size], mono)
    assert np.array_equal(window[2 * mono.size : 3 * mono.size], mono)
    assert not window[3 * mono.size :].any()


def test_a_single_sample_fills_a_window() -> None:
    (window,) = windows_of(np.full((1, 1), 0.5, np.float32), int16=True)
    assert window.shape == (WINDOW_SAMPLES,)
    assert np.all(window == window[0])


@given(st.integers(WINDOW_SAMPLES + 1, 40 * WINDOW_SAMPLES))
def test_windows_cover_a_long_sound_and_the_last_ends_at_its_end(samples: int) -> None:
    starts = window_starts(samples)
    assert starts[0] == 0
    assert starts[-1] + WINDOW_SAMPLES == samples
    steps = np.diff(starts)
    assert np.all(steps[:-1] == WINDOW_SAMPLES)
    assert 0 < steps[-1] <= WINDOW_SAMPLES


def test_silent_windows_of_a_long_sound_are_left_out() -> None:
    clip = random_clip(45.0, channels=1)
    clip[:, 2 * WINDOW_SAMPLES : 3 * WINDOW_SAMPLES] = 0.0
    assert len(windows_of(clip, int16=True)) == 4


def test_a_very_long_sound_gives_twelve_windows_from_beginning_to_end() -> None:
    steps = np.repeat(np.linspace(0.1, 1.0, 30, dtype=np.float32), WINDOW_SAMPLES)
    clip = (steps * np.where(np.arange(steps.size) % 2, 1, -1)).astype(np.float32)[None]
    found = windows_of(clip, int16=False)
    peaks = [float(window.max()) for window in found]
    assert len(found) == MOST_WINDOWS
    assert peaks == sorted(peaks)
    assert peaks[0] == pytest.approx(0.1 * peaks[-1], rel=0.01)


@pytest.mark.parametrize("clip", [np.zeros((2, 4_800)), np.zeros((1, 0))])
def test_nothing_gives_one_silent_window(clip: np.ndarray) -> None:
    (window,) = windows_of(clip.astype(np.float32), int16=True)
    assert window.shape == (WINDOW_SAMPLES,)
    assert not window.any()


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="finite"):
        windows_of(np.full((1, 480), np.nan, np.float32), int16=True)


def test_channels_that_cancel_are_heard_by_the_louder_one() -> None:
    mono = random_clip(0.5, channels=1)[0]
    clip = np.stack([0.9 * mono, -mono])
    assert np.array_equal(folded(clip), -mono)
    assert np.allclose(folded(np.stack([mono, mono])), mono)


def test_a_loud_peak_stays_below_the_ceiling() -> None:
    mono = np.full(48_000, 1e-3, np.float32)
    mono[100] = 1.0
    assert np.abs(levelled(mono)).max() == pytest.approx(10 ** (-1 / 20), rel=1e-5)
    steady = levelled(random_clip(1.0, channels=1)[0])
    assert np.sqrt(np.mean(steady**2)) == pytest.approx(0.1, rel=1e-3)


def test_trimming_keeps_what_is_less_than_60_db_below_the_peak() -> None:
    mono = np.array([0, 1e-4, 0.002, 0, 1.0, 0, 0.002, 5e-4, 0], np.float32)
    assert np.array_equal(trimmed(mono), mono[2:7])


def test_rounding_goes_towards_zero_like_laions() -> None:
    steps = np.array([0.99, -0.99, 1.5, -1.5], np.float32) / 32767
    assert np.allclose(rounded_to_16_bit(steps) * 32767, [0, 0, 1, -1], atol=1e-6)
    assert np.all(np.abs(rounded_to_16_bit(np.array([3.0, -3.0], np.float32))) == 1.0)
