"""From a stem of any length and level to the ten-second windows that CLAP hears."""

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.validation import Audio, valid_audio
from src.embeddings.clap.mel import WINDOW_SAMPLES

PREPARATION = {
    "version": 1,
    "mono": "mean of channels; the loudest where they cancel",
    "trim_db": -60.0,
    "level_dbfs": -20.0,
    "ceiling_dbfs": -1.0,
    "most_windows": 12,
    "shorter": "whole repeats, then silence",
    "longer": "one after the other, the last up to the end, silent ones left out",
    "pooling": "normalised mean of normalised vectors",
}
"""All that is done to a sound before the towers; part of every ``model_id``.

Level and silence around a sound move CLAP's vectors (20 dB less: cosine down to 0.91), so both
are fixed here. Raise the version with every change that moves vectors.
"""

MOST_WINDOWS = 12

_SILENT = 10.0 ** (-60.0 / 20.0)
_LEVEL = 10.0 ** (-20.0 / 20.0)
_CEILING = 10.0 ** (-1.0 / 20.0)
_CANCELLED = 0.1
"""Where the mean of the channels has less than this of their own RMS, they cancel."""

Mono = NDArray[np.float32]


def windows_of(clip: Audio, *, int16: bool) -> list[Mono]:
    """Cut a clip into one to MOST_WINDOWS windows, each of shape (WINDOW_SAMPLES,).

    clip: shape (channels, samples) at 48 kHz, any length; must be finite
    int16: round to 16 bit as LAION's package did when its checkpoints were trained

    A silent or empty clip gives one silent window.
    """
    mono = levelled(trimmed(folded(valid_audio(clip))))
    peak = float(np.abs(mono).max(initial=0.0))
    if peak == 0.0:
        return [np.zeros(WINDOW_SAMPLES, np.float32)]
    if int16:
        mono = rounded_to_16_bit(mono)
    if mono.size <= WINDOW_SAMPLES:
        return [repeated(mono)]
    cut = [mono[start : start + WINDOW_SAMPLES] for start in window_starts(mono.size)]
    analysed = [one for one in cut if float(np.abs(one).max()) > peak * _SILENT]
    if len(analysed) <= MOST_WINDOWS:
        return analysed
    return [
        analysed[n] for n in np.linspace(0, len(analysed) - 1, MOST_WINDOWS).round().astype(int)
    ]


def window_starts(samples: int) -> list[int]:
    """List where windows begin: one after the other, the last moved back to end at the end."""
    last = samples - WINDOW_SAMPLES
    return [*range(0, last, WINDOW_SAMPLES), last]


def folded(clip: Audio) -> Mono:
    """Fold to one channel: the mean, or the loudest channel where the mean cancels itself."""
    if clip.shape[0] == 1 or clip.shape[1] == 0:
        only: Mono = clip[0]
        return only
    mean: Mono = clip.mean(axis=0, dtype=np.float32)
    powers = np.square(clip, dtype=np.float64).mean(axis=1)
    if np.square(mean, dtype=np.float64).mean() < _CANCELLED**2 * powers.mean():
        loudest: Mono = clip[int(powers.argmax())]
        return loudest
    return mean


def trimmed(mono: Mono) -> Mono:
    """Without what lies 60 dB below the peak before the first and after the last sample."""
    sounding = np.flatnonzero(np.abs(mono) > np.abs(mono).max(initial=0.0) * _SILENT)
    kept: Mono = mono[sounding[0] : sounding[-1] + 1] if sounding.size else mono[:0]
    return kept


def levelled(mono: Mono) -> Mono:
    """At -20 dBFS RMS, or as near as its peak may come to -1 dBFS. Silence stays."""
    peak = float(np.abs(mono).max(initial=0.0))
    if peak == 0.0:
        return mono
    rms = float(np.sqrt(np.square(mono, dtype=np.float64).mean()))
    return (mono * np.float64(min(_LEVEL / rms, _CEILING / peak))).astype(np.float32)


def rounded_to_16_bit(mono: Mono) -> Mono:
    """Values that 16-bit integers can hold, cut off towards zero as LAION's package does it."""
    whole = (np.clip(mono, -1.0, 1.0) * np.float32(32767.0)).astype(np.int16)
    return whole.astype(np.float32) / np.float32(32767.0)


def repeated(mono: Mono) -> Mono:
    """As often as it fits whole into a window, then silence."""
    window = np.zeros(WINDOW_SAMPLES, np.float32)
    whole = np.tile(mono, WINDOW_SAMPLES // mono.size)
    window[: whole.size] = whole
    return window
