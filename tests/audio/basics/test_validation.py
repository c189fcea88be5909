"""The gate for audio in memory, and folding of channels."""

import numpy as np
import pytest

from src.audio.basics.validation import to_stereo, valid_audio
from src.core.errors import InvalidInputError


@pytest.mark.parametrize(
    ("audio", "rule"),
    [
        (np.zeros(100), "shape"),
        (np.zeros((0, 100)), "at least one channel"),
        (np.zeros((44100, 2)), "did you supply"),
        (np.zeros((2, 100), dtype=np.int16), "floating point"),
        (np.full((1, 4), np.nan), "finite"),
    ],
)
def test_wrong_layouts_are_refused_with_the_rule(audio: np.ndarray, rule: str) -> None:
    with pytest.raises(InvalidInputError, match=rule):
        valid_audio(audio)


def test_good_audio_becomes_float32_and_empty_is_allowed() -> None:
    assert valid_audio(np.zeros((2, 0))).dtype == np.float32


def test_mono_is_doubled_and_surround_is_folded_by_even_and_odd() -> None:
    mono = np.array([[0.5, -0.5]], dtype=np.float32)
    assert np.array_equal(to_stereo(mono), np.repeat(mono, 2, axis=0))
    quad = np.array([[1.0], [0.0], [0.0], [0.5]], dtype=np.float32)
    assert np.allclose(to_stereo(quad), [[0.5], [0.25]])
