"""Adding sounds into a running block of the mix."""

import numpy as np

from src.audio.basics.validation import Audio


def add_at(block: Audio, audio: Audio, offset: int, gain: float = 1.0) -> None:
    """Add a sound into a block, in place, where the two overlap.

    block: float32, shape (2, samples); it is changed
    audio: float32, one channel (goes to both) or two
    offset: sample of the block at which the sound begins; may be negative or beyond the end
    """
    start, stop = max(offset, 0), min(offset + audio.shape[1], block.shape[1])
    if stop <= start or gain == 0.0:
        return
    part = audio[:, start - offset : stop - offset]
    target = block[:, start:stop]
    if gain == 1.0:
        np.add(target, part, out=target)
    else:
        target += part * np.float32(gain)


def multiply_at(block: Audio, ramp: np.ndarray, offset: int) -> None:
    """Multiply a block by a ramp, shape (samples,), in place, where the two overlap."""
    start, stop = max(offset, 0), min(offset + ramp.size, block.shape[1])
    if stop > start:
        block[:, start:stop] *= ramp[start - offset : stop - offset]
