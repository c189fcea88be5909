"""One short-time spectrum that all analyses share, and the bands to read it by."""

import math
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.basics.validation import Audio, valid_audio

FRAME_S = 2048 / 48_000
"""Length of one frame: 42.7 ms, which is 2,048 samples at the house rate."""

LONGEST_ANALYSED_S = 30.0
"""Of a longer clip the loudest stretch of this length is analysed."""

_FRAMES_AT_ONCE = 32

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Spectrum:
    """Magnitudes over time of the mono mix.

    magnitude: float32, shape (bins, frames); frame k is centred on sample k * hop of the
        analysed stretch, and a full-scale sine gives a magnitude near 0.5
    freqs_hz: shape (bins,)
    start_s: where the analysed stretch begins in the clip; 0 for clips of up to 30 s
    """

    magnitude: Floats
    freqs_hz: Floats
    sample_rate: int
    hop: int
    n_fft: int
    start_s: float = 0.0

    @cached_property
    def power(self) -> Floats:
        """Squares of the magnitudes, worked out once for all who read them."""
        squares: Floats = np.square(self.magnitude)
        squares.flags.writeable = False
        return squares

    @property
    def times_s(self) -> Floats:
        """Centre of each frame in seconds from the start of the clip, shape (frames,)."""
        frames = np.arange(self.magnitude.shape[1])
        return (self.start_s + frames * self.hop / self.sample_rate).astype(np.float32)


def loudest_stretch(
    audio: Audio, *, sample_rate: int, longest_s: float = LONGEST_ANALYSED_S
) -> tuple[Audio, int]:
    """Cut a long clip to its loudest stretch, so that analysis costs the same for all.

    audio: float32, shape (channels, samples)

    Returns (the stretch, its first sample); a clip that is short enough comes back as it is.
    """
    length = int(longest_s * sample_rate)
    if audio.shape[1] <= length:
        return audio, 0
    block = sample_rate // 2
    blocks = audio.shape[1] // block
    used = audio[:, : blocks * block].reshape(audio.shape[0], blocks, block)
    energy = np.einsum("cbs,cbs->b", used, used, dtype=np.float64)
    total = np.concatenate([[0.0], np.cumsum(energy)])
    span = min(length // block, blocks)
    start = int(np.argmax(total[span:] - total[:-span])) * block
    start = min(start, audio.shape[1] - length)
    return audio[:, start : start + length], start


def short_time_spectrum(audio: Audio, *, sample_rate: int) -> Spectrum:
    """Magnitude spectra of overlapping Hann frames, four to a frame's length.

    audio: float32, shape (channels, samples); channels are averaged and a steady
        offset is taken away. Longer than 30 s: its loudest 30 s. An empty clip gives one
        frame of zeros.
    """
    stretch, start = loudest_stretch(valid_audio(audio), sample_rate=sample_rate)
    mono = stretch.mean(axis=0, dtype=np.float32)
    if mono.size:
        mono -= mono.mean(dtype=np.float64)
    n_fft = _frame_length(sample_rate)
    hop = n_fft // 4
    padded = np.pad(mono, n_fft // 2)
    if padded.size < n_fft:
        padded = np.pad(padded, (0, n_fft - padded.size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    freqs = fft.rfftfreq(n_fft, 1.0 / sample_rate).astype(np.float32)
    return Spectrum(
        magnitude=_magnitudes(frames),
        freqs_hz=freqs,
        sample_rate=sample_rate,
        hop=hop,
        n_fft=n_fft,
        start_s=start / sample_rate,
    )


def mel_energies(spectrum: Spectrum, *, bands: int) -> Floats:
    """Power in bands evenly spaced on the mel scale, from 30 Hz to 16 kHz.

    Mel scale of O'Shaughnessy (1987): 2595 * log10(1 + f / 700). Triangular bands that
    overlap by half. Bands above Nyquist are zero.

    Returns float32, shape (bands, frames).
    """
    weights = _mel_weights(spectrum.n_fft, spectrum.sample_rate, bands)
    energies: Floats = weights @ spectrum.power
    return energies


def _magnitudes(frames: Floats) -> Floats:
    """Magnitudes of frames, (frames, samples) -> (bins, frames); in pieces that stay in cache."""
    count, n_fft = frames.shape
    window = _window(n_fft) * np.float32(2.0 / n_fft)
    magnitude = np.empty((n_fft // 2 + 1, count), np.float32)
    for first in range(0, count, _FRAMES_AT_ONCE):
        piece = slice(first, first + _FRAMES_AT_ONCE)
        spectra = fft.rfft(frames[piece] * window, axis=1)
        power = np.square(spectra.real) + np.square(spectra.imag)
        magnitude[:, piece] = np.sqrt(power, out=power).T
    return magnitude


def _frame_length(sample_rate: int) -> int:
    return max(64, 1 << round(math.log2(FRAME_S * sample_rate)))


@cache
def _window(length: int) -> Floats:
    angles = 2.0 * np.pi * np.arange(length) / length
    window: Floats = (0.5 - 0.5 * np.cos(angles)).astype(np.float32)
    window.flags.writeable = False
    return window


@cache
def _mel_weights(n_fft: int, sample_rate: int, bands: int) -> Floats:
    mel_edges = np.linspace(_mel(30.0), _mel(16_000.0), bands + 2)
    edges_hz = 700.0 * (10.0 ** (mel_edges / 2595.0) - 1.0)
    freqs = np.fft.rfftfreq(n_fft, 1.0 / sample_rate)
    low, centre, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising = (freqs - low) / (centre - low)
    falling = (high - freqs) / (high - centre)
    weights: Floats = np.clip(np.minimum(rising, falling), 0.0, None).astype(np.float32)
    weights.flags.writeable = False
    return weights


def _mel(freq_hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + freq_hz / 700.0))
