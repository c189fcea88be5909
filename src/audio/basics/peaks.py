"""The outline of a sound, for drawing it."""

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.validation import Audio


def outline(audio: Audio, points: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return lowest and highest sample, over all channels, of ``points`` equal stretches.

    audio: shape (channels, samples)
    points: at least 1; a clip with fewer samples gives one point per sample

    Returns (minimum, maximum), each of shape (points,). An empty clip gives none.
    """
    samples = audio.shape[1]
    count = min(points, samples)
    if count == 0:
        empty = np.zeros(0, dtype=np.float32)
        return empty, empty
    edges = np.arange(count, dtype=np.int64) * samples // count
    minimum = np.minimum.reduceat(audio.min(axis=0), edges)
    maximum = np.maximum.reduceat(audio.max(axis=0), edges)
    return minimum.astype(np.float32), maximum.astype(np.float32)
