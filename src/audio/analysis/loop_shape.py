"""Loop or one-shot: judged by how a clip repeats, how long it is and how it ends."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.onsets import OnsetStrength, pick_peaks
from src.audio.analysis.tempo import Extent, TempoEstimate, cut_by_the_clock

CUES = (
    "length", "onsets", "repetition", "repeats", "usual_count", "whole_tempo", "open_end",
    "spread", "late_energy", "overlong", "on_grid", "fall",
)  # fmt: skip
"""The cues, in the order of the weights."""

_MEANS = (
    0.4242, 2.081, 0.3376, 0.1702, 0.5234, 0.1934, -0.4998, 0.3885, 0.2807, 0.01118, 0.2198, 0.1572,
)  # fmt: skip
_SPREADS = (
    2.416, 1.529, 0.6007, 0.2478, 0.4995, 0.395, 0.3763, 0.449, 0.2461, 0.1658, 0.388, 0.2125,
)  # fmt: skip
_WEIGHTS = (
    0.6154, 0.4516, 0.3537, 0.4303, 0.6316, 0.8527, 0.05818, 0.1628, 0.4759, -0.2163, 0.6166,
    -0.5028,
)  # fmt: skip
_OFFSET = -1.513

_EDGE_S = 0.03
_LEAST_REPETITION = 0.2


@dataclass(frozen=True)
class LoopCues:
    """What speaks for a loop. values: one number for each of CUES."""

    values: tuple[float, ...]

    @property
    def repeats(self) -> bool:
        """Whether anything comes again at the beats of its tempo."""
        return self.values[CUES.index("repetition")] >= _LEAST_REPETITION


def loop_cues(
    mono: NDArray[np.float32],
    strength: OnsetStrength,
    extent: Extent,
    tempo: TempoEstimate | None,
    *,
    sample_rate: int,
) -> LoopCues:
    """Read the cues off a clip.

    mono: float32, shape (samples,); strength, extent, tempo: of the same clip

    An empty or silent clip gives the cues of a one-shot.
    """
    peaks = pick_peaks(strength.values, frame_rate=strength.frame_rate)
    onsets = peaks / strength.frame_rate
    best = tempo.best if tempo is not None else None
    beats = best.beats if best is not None and best.start_s == 0.0 else None
    usual = beats is not None and beats >= 4 and beats & (beats - 1) == 0
    whole = tempo is not None and abs(tempo.bpm - round(tempo.bpm)) < 0.03
    repetition = min(3.0, max(0.0, best.repetition)) if best is not None else 0.0
    values = (
        math.log2(max(extent.duration_s, 0.02)),
        math.log2(1.0 + onsets.size),
        repetition,
        min(repetition, 0.6),
        float(usual),
        float(usual and whole and not cut_by_the_clock(extent.duration_s)),
        _end_level(mono, sample_rate),
        _spread(onsets, extent),
        _late_energy(mono),
        math.log2(max(1.0, min(extent.duration_s, 300.0) / 16.0)),
        0.0
        if tempo is None
        else _on_grid(onsets - tempo.downbeat_s, strength.values[peaks], tempo.bpm),
        _fall(mono, sample_rate),
    )
    return LoopCues(values)


def loop_probability(cues: LoopCues) -> float:
    """Probability in 0..1 that a clip with these cues is a loop.

    Logistic regression; its weights are fitted by benchmarks/fit_loop_shape.py.
    """
    odds = _OFFSET + sum(
        weight * (value - mean) / spread
        for value, mean, spread, weight in zip(cues.values, _MEANS, _SPREADS, _WEIGHTS, strict=True)
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def _end_level(mono: NDArray[np.float32], sample_rate: int) -> float:
    """Level of the last 30 ms against the whole, in units of 60 dB, -1..0.5: one-shots die away."""
    edge = max(1, round(_EDGE_S * sample_rate))
    whole = float(np.sqrt(np.mean(np.square(mono)))) if mono.size else 0.0
    if whole <= 1e-9:
        return -1.0
    end = float(np.sqrt(np.mean(np.square(mono[-edge:]))))
    return max(-1.0, min(0.5, math.log10(max(end / whole, 1e-6)) / 3.0))


def _spread(onsets: NDArray[np.float64], extent: Extent) -> float:
    """Share of the clip between its first and last onset."""
    if onsets.size < 2 or extent.duration_s <= 0.0:
        return 0.0
    return float((onsets[-1] - onsets[0]) / extent.duration_s)


def _on_grid(onsets_s: NDArray[np.float64], weights: NDArray[np.float32], bpm: float) -> float:
    """Measure how closely onsets keep to sixteenths: 0 by chance or below four, 1 exactly.

    Length of the mean of their phases as vectors, above what as many random ones would have.
    """
    total = float(weights.sum())
    if onsets_s.size < 4 or total <= 0.0:
        return 0.0
    turns = np.exp(8j * np.pi * onsets_s * bpm / 60.0)
    length = float(np.abs(weights @ turns)) / total
    chance = math.sqrt(float(weights @ weights)) / total
    return max(0.0, (length - chance) / max(1.0 - chance, 1e-6))


def _fall(mono: NDArray[np.float32], sample_rate: int) -> float:
    """Measure how much quieter the second half is in the mean, in units of 60 dB, -0.5..1."""
    step = max(1, round(0.01 * sample_rate))
    frames = mono[: mono.size // step * step].reshape(-1, step)
    if frames.shape[0] < 4:
        return 0.0
    level = np.sqrt(np.einsum("fs,fs->f", frames, frames) / step)
    floor = 1e-3 * float(level.max()) + 1e-12
    level_db = 20.0 * np.log10(np.maximum(level, floor))
    half = level_db.size // 2
    fall = float(level_db[:half].mean() - level_db[half:].mean()) / 60.0
    return max(-0.5, min(1.0, fall))


def _late_energy(mono: NDArray[np.float32]) -> float:
    """Share of the energy in the second half: about 0.5 for loops, little for what decays."""
    total = float(mono @ mono)
    half = mono[mono.size // 2 :]
    return float(half @ half) / total if total > 0.0 else 0.0
