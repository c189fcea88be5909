"""What of a sound is compared: its timbre, its rhythm, or its pitch.

Each aspect is one unit vector of descriptors that say something about it, every one read on
its quantile scale over real sounds, so that all count alike and the cosine of two vectors
tells how alike two sounds are in that aspect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.calibration import calibration

DESCRIPTORS: Mapping[str, tuple[str, ...]] = {
    "timbre": (
        "centroid", "centroid_spread", "bandwidth", "rolloff", "rolloff_low", "rolloff_high",
        "flatness", "flatness_mean", "zero_crossing_rate", "harmonicity", "tonal_share",
        "peakiness", "slope_db", "sub_share", "bass_share", "low_mid_share", "mid_share",
        "high_mid_share", "high_share", "band_00", "band_01", "band_04", "band_12", "band_15",
        "band_17", "band_18", "band_23", "timbre_01", "timbre_02", "wobble_16hz",
        "flat_top_share", "loud_share", "attack_s",
    ),
    "rhythm": (
        "onset_density", "onset_count", "regularity", "hit_evenness", "flux", "flux_peakiness",
        "attack_s", "early_decay_s", "late_decay_s", "sustain_share", "quiet_share", "crest",
    ),
    "pitch": (),
}  # fmt: skip
"""Aspect -> descriptors that have a scale. Pitch is told by tones and height alone."""

ASPECTS = tuple(DESCRIPTORS)

_STEPS, _TONES = 16, 12
_GROOVE_WEIGHT, _TEMPO_WEIGHT, _HEIGHT_WEIGHT = 1.5, 1.5, 0.5
_HEIGHTS_HZ = (40.0, 80.0, 160.0, 320.0, 640.0, 1280.0, 2560.0)


@dataclass(frozen=True)
class SoundFeatures:
    """What is known of one sound. features: as ``describe`` gives them.

    bpm: None where it has none; groove: of a loop its 16 steps; chroma: its 12 tones; both
    may be empty
    """

    features: Mapping[str, float]
    bpm: float | None = None
    groove: Sequence[float] = field(default=())
    chroma: Sequence[float] = field(default=())


def aspect_size(aspect: str) -> int:
    """Length of an aspect's vectors."""
    more = {"rhythm": _STEPS + 2, "pitch": _TONES + len(_HEIGHTS_HZ)}
    return len(DESCRIPTORS[aspect]) + more.get(aspect, 0)


def aspect_vectors(sounds: Sequence[SoundFeatures], aspect: str) -> NDArray[np.float32]:
    """Compute one row per sound, shape (sounds, aspect_size): unit length, or zeros for silence.

    A descriptor that is missing counts as average.
    """
    rows = np.zeros((len(sounds), aspect_size(aspect)))
    for column, name in enumerate(DESCRIPTORS[aspect]):
        scale = calibration().descriptors[name]
        values = np.array([sound.features.get(name, np.nan) for sound in sounds], dtype=float)
        read = np.interp(values, scale.values, scale.positions) - 0.5
        rows[:, column] = np.where(np.isnan(values), 0.0, read)
    first = len(DESCRIPTORS[aspect])
    for row, sound in zip(rows, sounds, strict=True):
        if aspect == "rhythm":
            row[first:] = _time(sound)
        elif aspect == "pitch":
            row[first:] = _tones(sound)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


def _time(sound: SoundFeatures) -> NDArray[np.float64]:
    """Map onsets within the bar and the tempo to coordinates; tempo lies on the circle of
    octaves.
    """
    parts = np.zeros(_STEPS + 2)
    if len(sound.groove) == _STEPS and any(sound.groove):
        groove = np.sqrt(np.maximum(np.array(sound.groove), 0.0))
        parts[:_STEPS] = _GROOVE_WEIGHT * groove / np.linalg.norm(groove)
    if sound.bpm:
        angle = 2.0 * np.pi * np.log2(sound.bpm)
        parts[_STEPS:] = _TEMPO_WEIGHT * np.array([np.cos(angle), np.sin(angle)])
    return parts


def _tones(sound: SoundFeatures) -> NDArray[np.float64]:
    """Square roots of the twelve tones (Bhattacharyya, 1943), and how high it lies."""
    parts = np.zeros(_TONES + len(_HEIGHTS_HZ))
    if len(sound.chroma) == _TONES:
        parts[:_TONES] = np.sqrt(np.maximum(np.array(sound.chroma), 0.0))
    height_hz = max(sound.features.get("peak_hz", 0.0), 1.0)
    octaves = np.log2(height_hz / np.array(_HEIGHTS_HZ))
    heights = np.exp(-(octaves**2))
    if heights.max() > 1e-6:
        parts[_TONES:] = _HEIGHT_WEIGHT * heights / np.linalg.norm(heights)
    return parts
