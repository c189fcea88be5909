"""Onset strength of whole songs, block by block, in bands that tell drums from what sustains."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter1d

from src.audio.analysis.onsets import loudest_channel_mix
from src.audio.basics.validation import Audio, valid_audio

FRAME_RATE = 100.0
"""Frames of the curves per second."""

BAND_EDGES_HZ = (
    30,
    60,
    100,
    150,
    220,
    320,
    460,
    660,
    950,
    1350,
    1950,
    2800,
    4000,
    5800,
    8400,
    12_000,
)
LOW_BANDS = 3
"""So many of the lowest bands hold kicks and basses."""

FLOOR_DB = 60.0
_WINDOW_S = 0.043
_AT_ONCE = 512
_LOCAL_S = 0.4
_LEVEL_S = 6.0
LARGEST_RISE_DB = 18.0

Values = NDArray[np.float64]


@dataclass(frozen=True)
class SongOnsets:
    """How strongly something begins, a hundred times a second.

    strength: shape (frames,), at least 0, evened out over some seconds so that a quiet verse
        counts as much as a loud chorus; low: the same of what lies below 150 Hz
    levels_db: shape (15, frames), level of each band above the floor
    """

    strength: Values
    low: Values
    levels_db: Values

    @property
    def duration_s(self) -> float:
        """Length of the song."""
        return self.strength.size / FRAME_RATE


def song_onsets(audio: Audio, *, sample_rate: int) -> SongOnsets:
    """Measure the onset strength of a whole song.

    audio: float32, shape (channels, samples). Silence and an empty clip give zeros.

    Half-wave rectified flux of levels in dB (Klapuri 1999; Dixon 2006), less its mean around.
    """
    levels = _levels_db(loudest_channel_mix(valid_audio(audio)), sample_rate)
    rise = np.clip(np.diff(levels, axis=1, prepend=levels[:, :1]), 0.0, LARGEST_RISE_DB)
    return SongOnsets(evened(rise.mean(axis=0)), evened(rise[:LOW_BANDS].mean(axis=0)), levels)


def _levels_db(mono: NDArray[np.float32], sample_rate: int) -> Values:
    hop = sample_rate / FRAME_RATE
    size = 1 << round(np.log2(_WINDOW_S * sample_rate))
    frames = int(mono.size / hop)
    if not frames:
        return np.zeros((len(BAND_EDGES_HZ) - 1, 0))
    padded = np.pad(mono, (size // 2, size))
    starts = np.round(np.arange(frames) * hop).astype(int)
    freqs = fft.rfftfreq(size, 1.0 / sample_rate)
    edges = np.searchsorted(freqs, BAND_EDGES_HZ)
    edges = np.maximum.accumulate(np.minimum(edges, freqs.size - 1))
    window = np.hanning(size).astype(np.float32)
    power = np.empty((len(BAND_EDGES_HZ) - 1, frames))
    view = np.lib.stride_tricks.sliding_window_view(padded, size)
    for first in range(0, frames, _AT_ONCE):
        block = view[starts[first : first + _AT_ONCE]] * window
        spectra = np.square(np.abs(fft.rfft(block, axis=1))).cumsum(axis=1, dtype=np.float64)
        power[:, first : first + block.shape[0]] = np.diff(spectra[:, edges], axis=1).T
    peak = float(power.max(initial=0.0))
    if peak <= 1e-9:
        return np.zeros_like(power)
    levels: Values = 10.0 * np.log10(power / peak + 10.0 ** (-FLOOR_DB / 10.0)) + FLOOR_DB
    return levels


def evened(rise: Values) -> Values:
    """Keep what stands out of its surroundings, in units of what usually does there."""
    if not rise.size:
        return rise
    above = np.maximum(rise - uniform_filter1d(rise, round(_LOCAL_S * FRAME_RATE)), 0.0)
    around = np.sqrt(
        # A running sum may end a hair below zero.
        np.maximum(uniform_filter1d(np.square(above), round(_LEVEL_S * FRAME_RATE)), 0.0)
    )
    floor = 0.1 * float(np.sqrt(np.mean(np.square(above)))) + 1e-9
    even: Values = np.minimum(above / (around + floor), 4.0)
    return even
