"""Fundamental frequency of single notes: kicks, basses, plucks, voices.

YIN (de Cheveigné and Kawahara 2002) on a few frames of a clip brought down to 12 kHz; the
frames then vote, weighted by how periodic and how loud they are.
"""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import fft

PITCH_RATE = 12_000
LOWEST_HZ, HIGHEST_HZ = 27.0, 2_200.0
_WINDOW = 1_024
_HOP = 480
_MAX_FRAMES = 48
_QUIETEST = 0.1
"""Frames with less than this part of the loudest one's root of amplitude (-40 dB) are silent."""

_DIP = 0.15
"""A dip of the normalised difference below this is taken as the period at once."""

Mono = NDArray[np.float32]
Values = NDArray[np.float64]


@dataclass(frozen=True)
class PitchTrack:
    """Pitch frame by frame.

    f0_hz: shape (frames,)
    periodicity: 0..1, 1 is a perfectly repeating wave
    weight: periodicity times the root of loudness, sums to at most 1; 0 in silence
    times_s: middle of the frames
    """

    f0_hz: Values
    periodicity: Values
    weight: Values
    times_s: Values

    @property
    def midi(self) -> Values:
        """Pitch as fractional MIDI numbers."""
        numbers: Values = 69.0 + 12.0 * np.log2(self.f0_hz / 440.0)
        return numbers


@dataclass(frozen=True)
class PitchedNote:
    """The one note that a clip plays.

    midi: fractional MIDI number; 60.0 is middle C
    pitch_class: 0..11, 0 is C
    confidence: 0..1; the share of the voting frames within half a semitone, times how
        periodic they are
    """

    midi: float
    pitch_class: int
    confidence: float


def low_rate(mono: Mono, *, sample_rate: int, rate: int = PITCH_RATE) -> Mono:
    """Resample a clip to a lower rate, for analyses of pitch. Shorter clips stay as they are.

    mono: float32, shape (samples,)
    """
    if sample_rate <= rate or mono.size < 16:
        return mono
    resampled: Mono = soxr.resample(mono, sample_rate, rate, quality="MQ").astype(np.float32)
    return resampled


def track_pitch(low: Mono, *, rate: int = PITCH_RATE, most_frames: int = _MAX_FRAMES) -> PitchTrack:
    """Pitch of up to so many frames spread over a clip, by YIN.

    low: float32, shape (samples,), at ``rate`` Hz (see low_rate). Clips shorter than a frame
    are padded with silence; an empty clip gives no frames.
    """
    longest = int(rate / LOWEST_HZ) + 2
    length = _WINDOW + longest
    if low.size == 0 or float(np.abs(low).max()) <= 0.0:
        none = np.zeros(0, np.float64)
        return PitchTrack(none, none, none, none)
    padded = np.pad(low, (0, max(0, length - low.size)))
    starts = np.arange(0, padded.size - length + 1, _HOP)
    if starts.size > most_frames:
        starts = starts[np.linspace(0, starts.size - 1, most_frames).round().astype(int)]
    frames = padded[starts[:, None] + np.arange(length)].astype(np.float64)
    frames -= frames.mean(axis=1, keepdims=True)
    normal = _normalised_difference(frames, longest)
    lags, dips = _period(normal, int(rate / HIGHEST_HZ))
    periodicity = np.clip(1.0 - dips, 0.0, 1.0)
    loudness = np.square(frames[:, :_WINDOW]).mean(axis=1) ** 0.25
    loudness[loudness < _QUIETEST * loudness.max()] = 0.0
    weight = loudness * np.maximum(periodicity - 0.5, 0.0)
    total = max(float(loudness.sum()) * 0.5, 1e-12)
    return PitchTrack(rate / lags, periodicity, weight / total, (starts + length / 2) / rate)


def note_of(track: PitchTrack) -> PitchedNote | None:
    """Find the note that most of a clip stays on. None where too little of it has a pitch."""
    if track.weight.size == 0 or float(track.weight.sum()) < 0.02:
        return None
    midi = track.midi
    near = np.abs(midi[:, None] - midi[None, :]) < 0.5
    votes = near @ track.weight
    centre = int(np.argmax(votes))
    chosen = near[centre]
    weights = track.weight * chosen
    pitch = float((midi * weights).sum() / weights.sum())
    share = float(weights.sum() / track.weight.sum())
    periodic = float((track.periodicity * weights).sum() / weights.sum())
    confidence = share * min(1.0, max(0.0, (periodic - 0.5) / 0.4))
    return PitchedNote(pitch, round(pitch) % 12, confidence)


def melody_chroma(track: PitchTrack) -> Values:
    """Measure how much of a single voice lies on each pitch class, shape (12,).

    Sums to at most 1: less where less of the clip has a pitch, 0 for noise and silence.
    """
    if track.weight.size == 0:
        return np.zeros(12)
    classes = np.round(track.midi).astype(int) % 12
    chroma: Values = np.bincount(classes, track.weight, minlength=12).astype(np.float64)
    chroma /= max(1.0, float(chroma.sum()))
    return chroma


def _normalised_difference(frames: Values, longest: int) -> Values:
    """YIN's cumulative mean normalised difference, shape (frames, lags); 1 at lag 0."""
    # No lag that is asked for reaches beyond the frame, so nothing wraps round.
    size = fft.next_fast_len(frames.shape[1], real=True)
    window = frames[:, :_WINDOW]
    product = fft.rfft(frames, size, axis=1) * np.conj(fft.rfft(window, size, axis=1))
    correlation = fft.irfft(product, size, axis=1)[:, : longest + 1]
    squares = np.pad(np.cumsum(np.square(frames), axis=1), ((0, 0), (1, 0)))
    lags = np.arange(longest + 1)
    energy = squares[:, _WINDOW : _WINDOW + lags.size] - squares[:, : lags.size]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * correlation, 0.0)
    means = np.cumsum(difference[:, 1:], axis=1) / lags[1:]
    normal: Values = np.ones_like(difference, dtype=np.float64)
    normal[:, 1:] = difference[:, 1:] / np.maximum(means, 1e-12)
    return normal


def _period(normal: Values, shortest: int) -> tuple[Values, Values]:
    """Find the period of each frame in samples, refined by a parabola, and the depth of its dip.

    The first dip that is deep enough, followed down to its bottom.
    """
    inner = normal[:, shortest:-1]
    deep = inner < np.maximum(_DIP, 1.15 * inner.min(axis=1, keepdims=True))
    entered = np.logical_or.accumulate(deep, axis=1)[:, :-1]
    turns = entered & (np.diff(inner, axis=1) >= 0.0)
    bottom = np.where(turns.any(axis=1), turns.argmax(axis=1), inner.shape[1] - 1)
    lag = shortest + bottom
    rows = np.arange(len(normal))
    before, here, after = normal[rows, lag - 1], normal[rows, lag], normal[rows, lag + 1]
    curve = before - 2.0 * here + after
    shift = np.where(curve > 1e-9, 0.5 * (before - after) / np.maximum(curve, 1e-9), 0.0)
    return lag + np.clip(shift, -0.5, 0.5), here
