"""The chords of a tonal loop, named, in beats of its tempo."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np

from src.audio.analysis.harmony.chords import ChordEstimates, estimate_chords
from src.audio.analysis.key import Chroma
from src.audio.analysis.onsets import loudest_channel_mix
from src.audio.analysis.pitch import PITCH_RATE, Mono, low_rate
from src.audio.analysis.sound_estimates import SoundEstimates
from src.audio.basics.validation import Audio
from src.music.theory.chords import Chord, HeardChord
from src.music.theory.progressions import MOST_CHORDS, chord_row
from src.music.theory.tempo import beats_in

LONGEST_S = 90.0
"""Longer recordings get no chords: they are songs, not loops."""

_QUALITIES = ("", "m", "dim")
"""How the house writes what the estimator numbers."""

_LEAST_TONAL = 0.3
"""From how much of what sounds being tonal on a loop has chords (Chroma sums to so much)."""

_BARE_SHARE = 0.85
"""From how much of what sounds being root and fifth on a loop on one root has no third."""

_BASS_SHARE = 0.7
"""On so many beats of a chord another note than its root has to be the lowest."""


def chord_estimate(
    audio: Audio, sound: SoundEstimates, *, sample_rate: int, bpm: float, downbeat_s: float
) -> dict[str, Any] | None:
    """Estimate the chords of a loop as a row for the column; None where nothing tonal sounds.

    audio: the whole clip, float32, shape (channels, samples); sound: what was estimated of it
    downbeat_s: where its first beat lies
    """
    duration_s = audio.shape[1] / sample_rate
    beats = round(beats_in(duration_s - downbeat_s, bpm))
    if duration_s > LONGEST_S or beats < 1 or float(sound.chroma.all.sum()) < _LEAST_TONAL:
        return None
    low = sound.low if sound.window_s is None else _low(audio, sample_rate)
    beats_s = downbeat_s + np.arange(beats + 1, dtype=np.float64) * (60.0 / bpm)
    estimates = estimate_chords(low, beats_s, rate=min(sample_rate, PITCH_RATE))
    if estimates is None:
        return None
    spans = _spans(estimates)
    if _bare(spans, sound.chroma):
        spans = [replace(one, chord=Chord(one.chord.root, "5")) for one in spans]
    return chord_row(spans, bpm=bpm) if len(spans) <= MOST_CHORDS else None


def _low(audio: Audio, sample_rate: int) -> Mono:
    return low_rate(loudest_channel_mix(audio), sample_rate=sample_rate)


def _bare(spans: Sequence[HeardChord], chroma: Chroma) -> bool:
    """Tell whether a loop stays on one note, with or without its fifth."""
    roots = {one.chord.root for one in spans}
    if len(roots) > 1:
        return False
    root = roots.pop()
    share = float(chroma.all[root] + chroma.all[(root + 7) % 12])
    return share >= _BARE_SHARE * float(chroma.all.sum())


def _spans(estimates: ChordEstimates) -> list[HeardChord]:
    """Join beats of the same chord, each with its mean confidence and its lowest note."""
    chords = zip(estimates.root.tolist(), estimates.quality.tolist(), strict=True)
    spans, first = [], 0
    for (root, quality), beats in groupby(chords):
        last = first + len(list(beats))
        bass = _bass(estimates.bass[first:last], root, quality)
        confidence = float(estimates.confidence[first:last].mean())
        chord = Chord(root, _QUALITIES[quality], bass)
        spans.append(HeardChord(float(last - first), chord, confidence))
        first = last
    return spans


def _bass(lowest: np.ndarray, root: int, quality: int) -> int | None:
    """Return the third or fifth that is the lowest note of a chord; None: its root is."""
    counts = np.bincount(lowest[lowest >= 0], minlength=12)
    likeliest = int(counts.argmax())
    inverted = likeliest in Chord(root, _QUALITIES[quality]).pitch_classes and likeliest != root
    return likeliest if inverted and counts[likeliest] >= _BASS_SHARE * len(lowest) else None
