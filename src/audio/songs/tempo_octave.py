"""Whether a tracked beat is the eighth of the true one: then bars repeat after eight of it.

An onset strength alone can't tell 70 from 140 BPM. A bar can: most songs have four beats a bar,
and their drums and chords repeat bar by bar more exactly than by half bars.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from src.audio.songs.beats import track_beats
from src.audio.songs.onsets import FRAME_RATE, LARGEST_RISE_DB, SongOnsets
from src.audio.songs.tempo_curve import TempoCurve, tempo_curve, tempo_prior

_LEAST_BPM = 110.0
_MARGIN = 0.08
_PRIOR_WEIGHT = 0.05
_BEATS = 32
_BEFORE, _AFTER = 3, 5

Values = NDArray[np.float64]


def tempo_and_beats(onsets: SongOnsets) -> tuple[TempoCurve, Values] | None:
    """Follow tempo and beats of a song, at the octave that gives it bars of four beats.

    Returns (tempo, times of the beats in seconds); None where no beat can be followed.
    """
    tempo = tempo_curve(onsets)
    if tempo is None:
        return None
    beats_s = track_beats(onsets, tempo)
    middle_bpm = float(np.median(tempo.bpm))
    if middle_bpm >= _LEAST_BPM and beats_s.size >= _BEATS:
        shorter = max(repetition(onsets, beats_s, lag) for lag in (1, 2, 4))
        gain = repetition(onsets, beats_s, 8) - shorter
        usual = tempo_prior(np.array([0.5 * middle_bpm, middle_bpm]))
        if gain + _PRIOR_WEIGHT * float(usual[0] - usual[1]) > _MARGIN:
            tempo = replace(tempo, bpm=0.5 * tempo.bpm)
            beats_s = track_beats(onsets, tempo)
    return (tempo, beats_s) if beats_s.size >= 2 else None


def repetition(onsets: SongOnsets, beats_s: Values, lag: int) -> float:
    """Tell how alike the onsets on beats are to those so many beats later, -1 to 1."""
    levels = onsets.levels_db
    rise = np.clip(np.diff(levels, axis=1, prepend=levels[:, :1]), 0.0, LARGEST_RISE_DB)
    frames = np.round(beats_s * FRAME_RATE).astype(int)
    around = frames[:, None] + np.arange(-_BEFORE, _AFTER)
    profile = rise[:, np.clip(around, 0, rise.shape[1] - 1)].sum(axis=2).T
    standard = (profile - profile.mean(axis=0)) / (profile.std(axis=0) + 1e-9)
    return float((standard[lag:] * standard[:-lag]).mean())
