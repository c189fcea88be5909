"""Playing a sound faster or slower, as a sampler does: pitch and length change together."""

import numpy as np
import soxr

from src.audio.basics.validation import Audio


def repitched(audio: Audio, *, semitones: float, sample_rate: int) -> Audio:
    """Play a one-shot higher or lower by resampling; an octave up is half as long.

    audio: float32, shape (channels, samples)
    semitones: 0 gives the clip itself

    Uses soxr at high quality. An empty clip stays empty.
    """
    if semitones == 0 or audio.shape[1] == 0:
        return audio
    played_rate = sample_rate * 2 ** (semitones / 12)
    moved = soxr.resample(np.ascontiguousarray(audio.T), played_rate, sample_rate, quality="HQ")
    return np.ascontiguousarray(np.asarray(moved, np.float32).T)
