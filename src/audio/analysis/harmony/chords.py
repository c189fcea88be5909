"""Chords of loops, beat by beat.

The tones of short frames are folded onto twelve pitch classes, summed over each beat, judged by
a small network (chord_model), and joined to the likeliest path through the loop, on which a
change costs less on a downbeat than within a bar (Viterbi 1967; Sheh and Ellis 2003).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.harmony.chord_model import (
    ChordModel,
    chord_model,
    chord_views,
    log_chords,
)
from src.audio.analysis.harmony.tone_peaks import (
    Mono,
    Values,
    blackman_spectra,
    folded,
    lowest_voice,
    tone_peaks,
)
from src.audio.analysis.pitch import track_pitch

WINDOW_S, HOP_S, VOICE_HOP_S = 0.45, 0.12, 0.1
_BEATS_PER_BAR = 4
_MIDDLE = 1.0 / 3.0
"""A Blackman frame hears mostly the middle third of what it covers."""

_LEAST_TONAL = 0.02
"""Weight of the tones of a beat, a frame, from which on it has a chord of its own."""

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class BeatChroma:
    """What sounds on each beat, by pitch class, 0 is C. All of shape (beats, 12).

    all: weights of all tones; low: of the lowest voice; zeros on silent beats
    voice: of what a single voice plays, by periodicity; zeros where nothing is periodic
    """

    all: Values
    low: Values
    voice: Values


@dataclass(frozen=True)
class ChordEstimates:
    """The chord on each beat. All of shape (beats,).

    root: pitch class 0..11, 0 is C
    quality: 0 major, 1 minor, 2 diminished
    confidence: 0..1, the chance that both are right; 0 where nothing tonal sounds
    bass: pitch class of the lowest voice, -1 where there is none
    """

    root: Indices
    quality: Indices
    confidence: Values
    bass: Indices


def estimate_chords(
    low: Mono, beats_s: Values, *, rate: int, model: ChordModel | None = None
) -> ChordEstimates | None:
    """Estimate the chord on each beat of a loop; None where nothing tonal sounds.

    low: float32, shape (samples,), at a low sample rate (see pitch.low_rate)
    beats_s: shape (beats + 1,): where each begins and the last one ends, from a downbeat on
    model: None takes the one that ships
    """
    chroma = beat_chroma(low, beats_s, rate=rate)
    strength = chroma.all.sum(axis=1)
    if len(strength) == 0 or float(strength.max()) < _LEAST_TONAL:
        return None
    model = chord_model() if model is None else model
    believed = log_chords(chord_views(chroma.all, chroma.low, chroma.voice), model)
    sounding = strength >= _LEAST_TONAL * max(1.0, float(strength.max()))
    believed[~sounding] = 0.0  # A silent beat stays on the chord before it.
    path = likeliest_path(believed, model.changes)
    chance = np.exp(believed[np.arange(len(path)), path])
    low_there = chroma.low.sum(axis=1) > 0.0
    return ChordEstimates(
        root=path % 12,
        quality=path // 12,
        confidence=np.where(sounding, chance, 0.0),
        bass=np.where(low_there, chroma.low.argmax(axis=1), -1),
    )


def beat_chroma(low: Mono, beats_s: Values, *, rate: int) -> BeatChroma:
    """Sum what sounds on each beat; a frame counts in the beats that its middle lies in.

    low, beats_s: as estimate_chords takes them
    """
    length = fft.next_fast_len(int(WINDOW_S * rate), real=True)
    hop = int(HOP_S * rate)
    starts = np.arange(0, max(1, low.size), hop)
    padded = np.pad(low, (length // 2, length + hop))
    peaks = tone_peaks(*blackman_spectra(padded, starts, length=length, rate=rate))
    shares = _shares_of_frames(starts / rate, beats_s)
    if peaks.silent:
        nothing = np.zeros((len(shares), 12))
        return BeatChroma(nothing, nothing, nothing)
    tuned = peaks.midi - peaks.tuning
    lowest = np.where(lowest_voice(peaks.midi, peaks.loudness), peaks.loudness, 0.0)
    return BeatChroma(
        shares @ folded(tuned, peaks.weights),
        shares @ folded(tuned, lowest),
        _voice_chroma(low, beats_s, rate),
    )


def _voice_chroma(low: Mono, beats_s: Values, rate: int) -> Values:
    """Sum what YIN hears on each beat, shape (beats, 12); a frame every 0.1 s."""
    beats = len(beats_s) - 1
    track = track_pitch(low, rate=rate, most_frames=int(low.size / rate / VOICE_HOP_S) + 1)
    beat = np.searchsorted(beats_s, track.times_s, side="right") - 1
    within = (beat >= 0) & (beat < beats)
    places = 12 * beat + np.round(track.midi).astype(int) % 12
    weights = track.weight[within] * beats
    chroma = np.bincount(places[within], weights, minlength=12 * beats)
    return chroma.reshape(beats, 12).astype(np.float64)


def likeliest_path(believed: Values, changes: tuple[float, float, float]) -> Indices:
    """Find the likeliest row of chords, shape (beats,).

    believed: logarithms of probabilities, shape (beats, chords), from a downbeat on
    changes: what a change costs on a downbeat, in the middle of a bar, elsewhere
    """
    best, stays = believed[0], np.arange(believed.shape[1])
    came_from = np.empty(believed.shape, np.intp)
    for beat in range(1, len(believed)):
        leading = int(best.argmax())
        changed = best[leading] - changes[_place(beat)]
        came_from[beat] = np.where(best >= changed, stays, leading)
        best = np.maximum(best, changed) + believed[beat]
    path = np.empty(len(believed), np.intp)
    path[-1] = best.argmax()
    for beat in range(len(believed) - 1, 0, -1):
        path[beat - 1] = came_from[beat, path[beat]]
    return path


def _place(beat: int) -> int:
    within = beat % _BEATS_PER_BAR
    return 0 if within == 0 else 1 if within == _BEATS_PER_BAR // 2 else 2


def _shares_of_frames(times_s: Values, beats_s: Values) -> Values:
    """Weigh each frame in each beat, shape (beats, frames); rows sum to 1 or 0."""
    half = 0.5 * _MIDDLE * WINDOW_S
    begins, ends = beats_s[:-1, None], beats_s[1:, None]
    over = np.minimum(times_s + half, ends) - np.maximum(times_s - half, begins)
    over = np.clip(over, 0.0, None)
    shares: Values = over / np.maximum(over.sum(axis=1, keepdims=True), 1e-9)
    return shares
