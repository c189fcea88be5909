"""The stereo image: a mono low end, and how alike left and right are."""

from collections.abc import Iterable

import numpy as np

from src.audio.basics.filters import high_pass
from src.audio.basics.validation import Audio


def mono_below(audio: Audio, *, sample_rate: int, cutoff_hz: float) -> Audio:
    """Bring the low end to the middle: the difference of left and right loses its lows.

    audio: float32, shape (channels, samples); only two channels have a difference

    Returns a new array of the same shape; mono stays as it is.
    """
    if audio.shape[0] != 2 or audio.shape[1] == 0:
        return audio
    middle = (audio[:1] + audio[1:]) * np.float32(0.5)
    side = (audio[:1] - audio[1:]) * np.float32(0.5)
    side = high_pass(side, sample_rate=sample_rate, cutoff_hz=cutoff_hz)
    return np.concatenate([middle + side, middle - side])


_RUN_SAMPLES = 256


class CorrelationMeter:
    """Takes a stereo programme block by block and tells how alike its channels are."""

    def __init__(self) -> None:
        self._products = np.zeros(3)

    def add(self, audio: Audio) -> None:
        """Take the next block, shape (2, samples)."""
        runs = audio.shape[1] // _RUN_SAMPLES * _RUN_SAMPLES
        for part in (audio[:, :runs].reshape(2, -1, _RUN_SAMPLES), audio[:, None, runs:]):
            left, right = part
            for number, (one, other) in enumerate(((left, right), (left, left), (right, right))):
                # Short runs in single precision, their sums in double.
                self._products[number] += np.einsum("rs,rs->r", one, other).sum(dtype=np.float64)

    def join(self, meters: Iterable["CorrelationMeter"]) -> None:
        """Take what others have measured of one programme."""
        for meter in meters:
            self._products += meter._products

    @property
    def correlation(self) -> float:
        """1 for mono, 0 for unrelated channels, -1 for opposite ones; silence counts as 1."""
        product, left, right = self._products
        scale = np.sqrt(left * right)
        return float(product / scale) if scale > 0 else 1.0
