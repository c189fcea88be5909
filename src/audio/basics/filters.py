"""Filters: second-order sections from SciPy, applied along time."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from src.audio.basics.validation import Audio

Shape = Literal["lowpass", "highpass", "bandpass"]


def _sections(
    shape: Shape, cutoff_hz: float | tuple[float, float], order: int, sample_rate: int
) -> np.ndarray:
    limit_hz = sample_rate * 0.49
    edges = np.clip(np.atleast_1d(cutoff_hz), 1.0, limit_hz)
    sections: np.ndarray = butter(
        order, edges if shape == "bandpass" else edges[0], shape, fs=sample_rate, output="sos"
    )
    return sections


def low_pass(audio: Audio, *, sample_rate: int, cutoff_hz: float, order: int = 2) -> Audio:
    """Darken: Butterworth low-pass, causal. Cutoffs beyond Nyquist are pulled below it."""
    sections = _sections("lowpass", cutoff_hz, order, sample_rate)
    return sosfilt(sections, audio, axis=-1).astype(np.float32)


def high_pass(audio: Audio, *, sample_rate: int, cutoff_hz: float, order: int = 2) -> Audio:
    """Thin out: Butterworth high-pass, causal."""
    sections = _sections("highpass", cutoff_hz, order, sample_rate)
    return sosfilt(sections, audio, axis=-1).astype(np.float32)


def band_pass(
    audio: Audio, *, sample_rate: int, low_hz: float, high_hz: float, order: int = 2
) -> Audio:
    """Keep the band between two frequencies: Butterworth, causal."""
    sections = _sections("bandpass", (low_hz, high_hz), order, sample_rate)
    return sosfilt(sections, audio, axis=-1).astype(np.float32)


def low_pass_sections(cutoff_hz: float, *, sample_rate: int, order: int = 2) -> NDArray[np.float64]:
    """Return Butterworth low-pass as second-order sections, for a RunningFilter."""
    return _sections("lowpass", cutoff_hz, order, sample_rate)


def high_pass_sections(
    cutoff_hz: float, *, sample_rate: int, order: int = 2
) -> NDArray[np.float64]:
    """Return Butterworth high-pass as second-order sections, for a RunningFilter."""
    return _sections("highpass", cutoff_hz, order, sample_rate)


class RunningFilter:
    """A filter that goes on from block to block as if the blocks were one sound."""

    def __init__(self, sections: NDArray[np.float64], channels: int) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), channels, 2))

    def process(self, block: Audio) -> Audio:
        """Filter the next block, shape (channels, samples)."""
        out, self._state = sosfilt(self._sections, block, axis=-1, zi=self._state)
        filtered: Audio = out.astype(np.float32)
        return filtered
