"""All descriptors of a sound as one flat set of finite numbers."""

import math

import numpy as np

from src.audio.analysis.envelope_shape import envelope_descriptors, hit_descriptors
from src.audio.analysis.spectral_shape import band_descriptors, colour_descriptors
from src.audio.analysis.spectrum import Spectrum, loudest_stretch, short_time_spectrum
from src.audio.analysis.timbre_patch import patch_descriptors
from src.audio.analysis.tone_content import tone_descriptors
from src.audio.basics.validation import Audio, valid_audio

SILENCE = 1e-6
"""A peak below this (-120 dBFS) counts as silence."""

_SUMMED_AT_ONCE = 48_000


def describe(
    audio: Audio, *, sample_rate: int, spectrum: Spectrum | None = None
) -> dict[str, float]:
    """Describe a sound by some 170 numbers: colour, shape, tone, width.

    audio: float32, shape (channels, samples); of more than 30 s the loudest 30 s count
    spectrum: short_time_spectrum of the same audio, where it is there already

    Frequencies are in Hz, names ending in ``_s`` in seconds, in ``_db`` in dB, shares in
    0..1. All but ``rms``, ``peak`` and ``dc`` are independent of gain. Always finite, with
    the same names in the same order; an empty or silent clip gives its defaults.
    """
    audio = valid_audio(audio)
    if spectrum is None:
        spectrum = short_time_spectrum(audio, sample_rate=sample_rate)
    block, _ = loudest_stretch(audio, sample_rate=sample_rate)
    mono = block.mean(axis=0, dtype=np.float32)
    offset = float(mono.mean(dtype=np.float64)) if mono.size else 0.0
    mono = mono - np.float32(offset)
    peak = float(np.abs(mono).max()) if mono.size else 0.0
    mono = mono / np.float32(peak) if peak > SILENCE else np.zeros_like(mono)
    described = {"duration_s": audio.shape[1] / sample_rate, "dc": offset}
    described |= _level(block, mono)
    described |= colour_descriptors(spectrum)
    described |= envelope_descriptors(mono, sample_rate=sample_rate)
    described |= hit_descriptors(spectrum)
    described |= tone_descriptors(mono, spectrum)
    described |= _width(block)
    described |= band_descriptors(spectrum) | patch_descriptors(spectrum)
    return {name: _rounded(value) for name, value in described.items()}


def _level(block: Audio, mono: np.ndarray) -> dict[str, float]:
    """RMS and peak of all channels; crest, crossings and flat tops of the mono mix."""
    if mono.size == 0:
        names = ("rms", "peak", "crest", "zero_crossing_rate", "flat_top_share", "loud_share")
        return dict.fromkeys(names, 0.0)
    rms = _rms(block)
    size = np.abs(mono)
    mono_rms = _rms(mono[None])
    signs = np.signbit(mono)
    return {
        "rms": rms,
        "peak": float(np.abs(block).max()),
        "crest": float(-20.0 * np.log10(mono_rms)) if mono_rms > 0.0 else 0.0,
        "zero_crossing_rate": float((signs[1:] != signs[:-1]).mean()) if mono.size > 1 else 0.0,
        "flat_top_share": float((size > 0.98).mean()),
        "loud_share": float((size > 0.5).mean()),
    }


def _rms(audio: Audio) -> float:
    """Root mean square over all channels, summed second by second to keep all digits."""
    squares = 0.0
    for channel in audio:
        for start in range(0, channel.size, _SUMMED_AT_ONCE):
            part = channel[start : start + _SUMMED_AT_ONCE]
            squares += float(part @ part)
    return math.sqrt(squares / audio.size)


def _width(block: Audio) -> dict[str, float]:
    """Stereo width: energy of the difference against the whole, and the correlation.

    Mono is width 0 and correlation 1; channels beyond the second are left out.
    """
    if block.shape[0] < 2 or block.shape[1] == 0:
        return {"width": 0.0, "correlation": 1.0}
    left, right = block[0].astype(np.float64), block[1].astype(np.float64)
    left_power, right_power, product = left @ left, right @ right, left @ right
    total = left_power + right_power
    if total <= SILENCE**2:
        return {"width": 0.0, "correlation": 1.0}
    side = 0.5 * (total - 2.0 * product)
    correlation = product / max(np.sqrt(left_power * right_power), 1e-30)
    return {
        "width": float(np.clip(side / total, 0.0, 1.0)),
        "correlation": float(np.clip(correlation, -1.0, 1.0)),
    }


def _rounded(value: float) -> float:
    """Six significant digits: enough for all, and short in the database."""
    return float(f"{value:.6g}")
