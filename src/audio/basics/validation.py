"""The one gate for audio in memory."""

import math

import numpy as np
from numpy.typing import NDArray

from src.core.errors import InvalidInputError

Audio = NDArray[np.float32]
"""Sound in memory: float32, shape (channels, samples), finite."""

PROJECT_SAMPLE_RATE = 48_000
"""Sample rate of everything inside the house, in Hz."""


def valid_audio(audio: np.ndarray, *, name: str = "audio") -> Audio:
    """Check the house's layout and return the array as float32.

    audio: shape (channels, samples); an empty clip (0 samples) is valid

    Raises InvalidInputError that names the rule and the value seen.
    """
    if audio.ndim != 2:
        raise InvalidInputError(f"{name} must have shape (channels, samples), got {audio.shape}")
    if audio.shape[0] < 1:
        raise InvalidInputError(f"{name} must have at least one channel, got {audio.shape}")
    if audio.shape[0] > audio.shape[1] > 0 and audio.shape[0] > 64:
        raise InvalidInputError(
            f"{name} has {audio.shape[0]} channels: did you supply (samples, channels)?"
        )
    if not np.issubdtype(audio.dtype, np.floating):
        raise InvalidInputError(f"{name} must be floating point, got {audio.dtype}")
    if not _all_finite(audio):
        raise InvalidInputError(f"{name} must be finite, got NaN or infinity")
    return audio.astype(np.float32, copy=False)


def _all_finite(audio: np.ndarray) -> bool:
    """Tell whether no value is NaN or infinite.

    A sum of squares can be finite only where all values are, and costs a sixth of looking at
    each. It may also overflow, so that only the slow way can say no.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if all(math.isfinite(channel @ channel) for channel in audio):
            return True
    return bool(np.isfinite(audio).all())


def to_stereo(audio: Audio) -> Audio:
    """Make two channels: mono is doubled, more than two are folded down by even and odd.

    Folding averages channels 0, 2, 4, ... to the left and 1, 3, 5, ... to the right.
    """
    channels = audio.shape[0]
    if channels == 2:
        return audio
    if channels == 1:
        return np.repeat(audio, 2, axis=0)
    left = audio[0::2].mean(axis=0, dtype=np.float32)
    right = audio[1::2].mean(axis=0, dtype=np.float32)
    return np.stack([left, right])
