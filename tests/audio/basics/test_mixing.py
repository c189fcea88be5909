import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.basics.mixing import add_at, multiply_at


@settings(max_examples=80)
@given(offset=st.integers(-60, 60), length=st.integers(0, 50), cut=st.integers(1, 39))
def test_sound_cut_into_blocks_is_the_same_sound(offset: int, length: int, cut: int) -> None:
    sound = np.arange(1, length + 1, dtype=np.float32)[None]
    whole = np.zeros((2, 40), np.float32)
    add_at(whole, sound, offset, 0.5)
    first, second = np.zeros((2, cut), np.float32), np.zeros((2, 40 - cut), np.float32)
    add_at(first, sound, offset, 0.5)
    add_at(second, sound, offset - cut, 0.5)
    np.testing.assert_array_equal(np.concatenate([first, second], axis=1), whole)
    expected = [0.5 * (i - offset + 1) if 0 <= i - offset < length else 0.0 for i in range(40)]
    np.testing.assert_allclose(whole[1], expected)


def test_mono_goes_to_both_sides_and_stereo_to_its_own() -> None:
    block = np.zeros((2, 3), np.float32)
    add_at(block, np.ones((1, 3), np.float32), 0)
    add_at(block, np.array([[1, 1, 1], [2, 2, 2]], np.float32), 0)
    np.testing.assert_array_equal(block, [[2, 2, 2], [3, 3, 3]])


@pytest.mark.parametrize("offset", [-2, 1, 3, 5])
def test_ramp_meets_only_what_it_overlaps(offset: int) -> None:
    block = np.ones((2, 4), np.float32)
    multiply_at(block, np.array([0.0, 0.0, 0.0], np.float32), offset)
    expected = [0.0 if offset <= i < offset + 3 else 1.0 for i in range(4)]
    np.testing.assert_array_equal(block, [expected, expected])
