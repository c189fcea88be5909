"""Outlines of sounds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from src.audio.basics.peaks import outline


@given(st.integers(1, 300), st.integers(1, 400))
def test_points_cover_every_sample_once(samples: int, points: int) -> None:
    audio = np.linspace(-1, 1, samples, dtype=np.float32)[None, :]
    minimum, maximum = outline(audio, points)
    assert len(minimum) == len(maximum) == min(points, samples)
    assert minimum[0] == audio[0, 0]
    assert maximum[-1] == audio[0, -1]
    assert np.all(np.diff(minimum) > 0)
    assert np.all(minimum <= maximum)


def test_the_loudest_channel_counts() -> None:
    audio = np.zeros((2, 10), np.float32)
    audio[1, 3], audio[0, 8] = 0.5, -0.25
    minimum, maximum = outline(audio, 2)
    np.testing.assert_array_equal(maximum, [0.5, 0.0])
    np.testing.assert_array_equal(minimum, [0.0, -0.25])


def test_an_empty_clip_has_no_outline() -> None:
    minimum, maximum = outline(np.zeros((1, 0), np.float32), 5)
    assert len(minimum) == len(maximum) == 0
