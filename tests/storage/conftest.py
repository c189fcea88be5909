"""Small sounds for the tests of files."""

import numpy as np
import pytest

from src.audio.basics.validation import Audio


@pytest.fixture
def tone() -> Audio:
    """A tenth of a second of two different sines, shape (2, 4800)."""
    time = np.arange(4_800) / 48_000
    return np.stack(
        [0.5 * np.sin(2 * np.pi * 440 * time), 0.25 * np.sin(2 * np.pi * 660 * time)]
    ).astype(np.float32)
