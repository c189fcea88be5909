"""What CLAP's audio tower looks at: a log-mel picture of ten seconds.

Formulas: Slaney's mel scale and area-normalised triangles (Auditory Toolbox, 1998), short-time
spectra under a periodic Hann window; the numbers are those that LAION trained with.
"""

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from src.audio.basics.validation import PROJECT_SAMPLE_RATE
from src.core.errors import InvalidInputError

WINDOW_SAMPLES = 480_000
"""Ten seconds at 48 kHz: what the audio tower hears at once."""

FFT_SAMPLES, HOP_SAMPLES, BANDS = 1024, 480, 64
LOWEST_HZ, HIGHEST_HZ = 50.0, 14_000.0
FRAMES = WINDOW_SAMPLES // HOP_SAMPLES + 1

_FLOOR = 1e-10
_BEND_HZ, _BEND_MEL = 1_000.0, 15.0
_LOG_STEP = np.log(6.4) / 27.0

Values = NDArray[np.float64]
Features = NDArray[np.float32]
"""Log-mel pictures in dB: float32, shape (frames, bands)."""


def log_mel(window: NDArray[np.float32]) -> Features:
    """Compute the log-mel picture of one window.

    window: finite mono, shape (WINDOW_SAMPLES,), at 48 kHz

    Returns shape (FRAMES, BANDS) in dB; silence gives -100 everywhere. Computed in double
    precision, since single precision moves quiet bands by up to 0.07 dB.

    Raises InvalidInputError for any other shape.
    """
    if window.shape != (WINDOW_SAMPLES,):
        raise InvalidInputError(
            f"a window must have shape ({WINDOW_SAMPLES},), got {window.shape}: "
            "did you supply (channels, samples)?"
        )
    around = np.pad(window.astype(np.float64), FFT_SAMPLES // 2, mode="reflect")
    frames = sliding_window_view(around, FFT_SAMPLES)[::HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    decibels = 10.0 * np.log10(np.maximum(power @ mel_bank(), _FLOOR))
    return decibels.astype(np.float32)


@cache
def mel_bank() -> Values:
    """Weights of the bands, shape (FFT_SAMPLES // 2 + 1, BANDS), each triangle of area 2."""
    bins = np.linspace(0.0, PROJECT_SAMPLE_RATE / 2, FFT_SAMPLES // 2 + 1)
    edges = _hertz(np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2))
    widths = np.diff(edges)
    rising = (bins[:, None] - edges[None, :-2]) / widths[None, :-1]
    falling = (edges[None, 2:] - bins[:, None]) / widths[None, 1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    bank: Values = triangles * (2.0 / (edges[2:] - edges[:-2]))
    return bank


@cache
def _hann() -> Values:
    window: Values = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FFT_SAMPLES) / FFT_SAMPLES)
    return window


def _mel(hertz: float) -> float:
    """Slaney's scale: straight up to 1 kHz, logarithmic above."""
    if hertz < _BEND_HZ:
        return hertz * _BEND_MEL / _BEND_HZ
    return _BEND_MEL + float(np.log(hertz / _BEND_HZ) / _LOG_STEP)


def _hertz(mel: Values) -> Values:
    straight = mel * _BEND_HZ / _BEND_MEL
    bent = _BEND_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BEND_MEL) - _BEND_MEL))
    scaled: Values = np.where(mel < _BEND_MEL, straight, bent)
    return scaled
