"""The tape stop: a sound is slowed to a standstill, as by a hand on the reel."""

import numpy as np

from src.audio.basics.fades import fade_out_samples
from src.audio.basics.validation import Audio

STOP_FACTOR = 2
"""A tape that is braked evenly runs for twice the time that it would have played."""

_FADED_SHARE = 0.15
_HALF_WIDTH = 16
"""Points of the interpolation on either side."""


def tape_stop(audio: Audio) -> Audio:
    """Brake a sound evenly from full speed to zero; pitch falls with the speed.

    audio: float32, shape (channels, samples)

    Returns shape (channels, 2 * samples): at time t of a stop that lasts T the tape stands at
    t - t^2 / 2T. It plays ever slower, so nothing above half the sample rate can arise and no
    filter is needed; between samples it is read by a Hann-windowed sinc of 32 points. The last
    15 % fade out, for a tape that hardly moves is a level without a sound. An empty clip stays
    empty.
    """
    samples = audio.shape[1]
    if samples == 0:
        return audio.copy()
    time = np.arange(STOP_FACTOR * samples, dtype=np.float64)
    position = time - time**2 / (2.0 * STOP_FACTOR * samples)
    slowed = _read(audio, position)
    return fade_out_samples(slowed, round(_FADED_SHARE * slowed.shape[1]))


def _read(audio: Audio, position: np.ndarray) -> Audio:
    """Interpolate the sound at positions between samples; beyond its ends is silence."""
    whole = np.floor(position).astype(np.int64)
    inside = position - whole
    padded = np.pad(audio, ((0, 0), (_HALF_WIDTH, _HALF_WIDTH + 1)))
    read = np.zeros((audio.shape[0], position.size), np.float64)
    for tap in range(1 - _HALF_WIDTH, _HALF_WIDTH + 1):
        distance = inside - tap
        window = 0.5 + 0.5 * np.cos(np.pi * distance / _HALF_WIDTH)
        read += padded[:, whole + tap + _HALF_WIDTH] * (np.sinc(distance) * window)
    return read.astype(np.float32)
