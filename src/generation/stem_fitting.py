"""Fits a generated part to a track: to its beats, its key and its length, or refuses it.

What is off by a little is put right; what is off by more is refused with the figures, so that
another seed can be tried.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from src.audio.analysis.key import KeyEstimate
from src.audio.analysis.tempo import TempoEstimate
from src.audio.basics.fades import crossfade, seamless_loop
from src.audio.basics.validation import Audio
from src.audio.processing.stretch import conform
from src.core.errors import GenerationFailedError
from src.generation.beat_grid import SEARCHED, BeatGrid, find_beats, grid_deviations_s
from src.generation.judging import SILENT_DBFS
from src.music.theory.keys import is_minor, key_name, pitch_class, relative_key
from src.music.theory.tempo import tempo_relation

MOST_TEMPO_OFF = 0.04
MOST_SEMITONES = 2
MOST_OFF_GRID_S = 0.010
LEAST_COHERENCE = 0.5
LEAST_KEY_SHARE = 0.25
"""A key to which the measured probabilities give so much is believed."""

PEAK_DBFS = -3.0
_FADE_S = 0.005
_EXACT = 0.0005
_SURE = 0.5


@dataclass(frozen=True)
class StemTarget:
    """What a part has to fit. key: None for drums and effects, whose key does not matter"""

    tempo_bpm: float
    bars: int
    key: str | None = None
    beats_per_bar: int = 4
    percussive: bool = False

    @property
    def beats(self) -> int:
        """How many beats it lasts."""
        return self.bars * self.beats_per_bar

    def samples(self, beat: int, sample_rate: int) -> int:
        """Tell at which sample a beat begins."""
        return round(beat * 60.0 / self.tempo_bpm * sample_rate)


@dataclass(frozen=True)
class StemFigures:
    """What was measured and what was done. Times in milliseconds.

    tempo_bpm, start_ms, wander_ms: of the clip as the model made it; None where it has no beat
    off_grid_ms, off_grid_p90_ms: of the onsets of what is kept, from the nearest sixteenth
    key: as measured, before semitones were added
    """

    tempo_bpm: float | None
    start_ms: float | None
    wander_ms: float | None
    coherence: float | None
    off_grid_ms: float | None
    off_grid_p90_ms: float | None
    key: str | None
    semitones: int
    gain_db: float

    def to_dict(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True)
class FittedStem:
    """A loop of exactly the bars asked for, float32, shape (channels, samples)."""

    audio: Audio
    figures: StemFigures


def fit_stem(audio: Audio, target: StemTarget, *, sample_rate: int) -> FittedStem:
    """Cut a loop of whole bars out of a clip, on the target's grid and in its key.

    audio: float32, shape (channels, samples), longer than the loop

    A clip in which hardly anything begins is cut from its start, if it is in key. Raises
    GenerationFailedError: ``silent``, ``no_beat``, ``off_tempo``, ``off_grid``, ``off_key``,
    ``wrong_length``.
    """
    peak_db = 20.0 * np.log10(max(float(np.abs(audio).max(initial=0.0)), 1e-10))
    if peak_db < SILENT_DBFS:
        raise GenerationFailedError(f"the part is silent: {peak_db:.0f} dBFS", code="silent")
    from src.audio.analysis.sound_estimates import estimate_sound

    estimates = estimate_sound(audio, sample_rate=sample_rate)
    grid = find_beats(audio, sample_rate=sample_rate, tempo_bpm=target.tempo_bpm)
    if grid is not None:
        _check_grid(grid, target)
        _check_tempo(estimates.tempo, target)
    key, semitones = _transposition(estimates.key, target)
    if grid is None and target.key is None:
        raise GenerationFailedError(
            "nothing begins in the part, so that it fits no grid", code="no_beat"
        )
    beats_s = _regular_beats(target) if grid is None else grid.beats_s
    loop = _on_grid(audio, beats_s, target, semitones, sample_rate)
    off_grid, off_grid_p90 = _checked_deviation(loop, grid, target, sample_rate)
    gain_db = PEAK_DBFS - 20.0 * float(np.log10(np.abs(loop).max()))
    figures = StemFigures(
        tempo_bpm=None if grid is None else target.tempo_bpm * grid.ratio,
        start_ms=None if grid is None else 1000.0 * grid.start_s,
        wander_ms=None if grid is None else 1000.0 * _wander_s(grid),
        coherence=None if grid is None else grid.coherence,
        off_grid_ms=off_grid, off_grid_p90_ms=off_grid_p90,
        key=key, semitones=semitones, gain_db=gain_db,
    )  # fmt: skip
    return FittedStem(loop * np.float32(10.0 ** (gain_db / 20.0)), figures)


def _check_grid(grid: BeatGrid, target: StemTarget) -> None:
    if grid.coherence < LEAST_COHERENCE:
        raise GenerationFailedError(
            f"the part keeps no beat near {target.tempo_bpm:g} BPM: its onsets agree to"
            f" {grid.coherence:.2f}, {LEAST_COHERENCE} is needed",
            code="no_beat",
        )
    if abs(grid.ratio - 1.0) > MOST_TEMPO_OFF:
        raise GenerationFailedError(
            f"the part plays at {target.tempo_bpm * grid.ratio:.1f} BPM instead of"
            f" {target.tempo_bpm:g}: more than {MOST_TEMPO_OFF:.0%} off",
            code="off_tempo",
        )


def _check_tempo(found: TempoEstimate | None, target: StemTarget) -> None:
    """Refuse what surely has a tempo of its own, though its hits fall on the target's sixteenths.

    Beats of 97 BPM are five sixteenths of 121 BPM.
    """
    if found is None or found.confidence < _SURE:
        return
    if abs(tempo_relation(found.bpm, target.tempo_bpm).factor - 1.0) > SEARCHED:
        raise GenerationFailedError(
            f"the part plays at {found.bpm:.1f} BPM, not at {target.tempo_bpm:g}",
            code="off_tempo",
        )


def _transposition(found: KeyEstimate | None, target: StemTarget) -> tuple[str | None, int]:
    """Tell the measured key, and by how many semitones the part comes into the target's."""
    if target.key is None:
        return None, 0
    if found is None:
        raise GenerationFailedError(f"the part has no key, {target.key} is needed", code="off_key")
    measured = key_name(found.tonic, minor=found.minor)
    share = sum(found.scores[_place(one)] for one in (target.key, relative_key(target.key)))
    if share >= LEAST_KEY_SHARE:
        return measured, 0
    alike = measured if found.minor == is_minor(target.key) else relative_key(measured)
    semitones = (pitch_class(target.key) - pitch_class(alike) + 6) % 12 - 6
    if abs(semitones) > MOST_SEMITONES:
        raise GenerationFailedError(
            f"the part is in {measured} instead of {target.key}: {abs(semitones)} semitones,"
            f" {MOST_SEMITONES} can be put right",
            code="off_key",
        )
    return measured, semitones


def _place(key: str) -> int:
    """Tell where a key stands among the estimator's 24."""
    return pitch_class(key) + (12 if is_minor(key) else 0)


def _regular_beats(target: StemTarget) -> np.ndarray:
    return np.arange(target.beats + 1) * 60.0 / target.tempo_bpm


def _on_grid(
    audio: Audio, beats_s: np.ndarray, target: StemTarget, semitones: int, sample_rate: int
) -> Audio:
    """Cut the loop from its first beat, stretch it as a whole, then set each beat to its place."""
    if beats_s.size < target.beats + 1:
        raise GenerationFailedError(
            f"the part has {beats_s.size} beats, {target.beats + 1} are needed",
            code="wrong_length",
        )
    beats = np.round(beats_s[: target.beats + 1] * sample_rate).astype(np.int64)
    length = target.samples(target.beats, sample_rate)
    clip = audio[:, beats[0] : beats[-1]]
    before = audio[:, max(0, beats[0] - round(_FADE_S * sample_rate)) : beats[0]]
    if abs(clip.shape[1] / length - 1.0) > _EXACT or semitones:
        factor = length / clip.shape[1]
        clip = conform(
            clip, sample_rate=sample_rate, length_samples=length,
            semitones=float(semitones), percussive=target.percussive,
        )  # fmt: skip
    else:
        factor = 1.0
    starts = np.round((beats - beats[0]) * factor).astype(np.int64)
    placed = _placed(clip, starts, target, sample_rate)
    return seamless_loop(placed, sample_rate=sample_rate, before=before if not semitones else None)


def _placed(clip: Audio, starts: np.ndarray, target: StemTarget, sample_rate: int) -> Audio:
    """Set the beats of a clip to their places in the grid, each crossfaded into the next."""
    fade = round(_FADE_S * sample_rate)
    length = target.samples(target.beats, sample_rate)
    padded = np.pad(clip, ((0, 0), (fade, length)), mode="wrap")
    out = np.zeros((clip.shape[0], length), np.float32)
    for beat in range(target.beats):
        begin, end = (target.samples(one, sample_rate) for one in (beat, beat + 1))
        source = int(starts[beat]) + fade
        out[:, begin:end] = padded[:, source : source + end - begin]
        if beat == 0:
            continue
        length_before = begin - target.samples(beat - 1, sample_rate)
        goes_on = int(starts[beat - 1]) + fade + length_before
        if goes_on != source:
            ending = padded[:, goes_on - fade : goes_on]
            out[:, begin - fade : begin] = crossfade(ending, padded[:, source - fade : source])
    return out


def _checked_deviation(
    loop: Audio, grid: BeatGrid | None, target: StemTarget, sample_rate: int
) -> tuple[float | None, float | None]:
    """Measure what is kept once more. Raises GenerationFailedError (``off_grid``)."""
    if grid is None:
        return None, None
    off = np.abs(grid_deviations_s(loop, sample_rate=sample_rate, tempo_bpm=target.tempo_bpm))
    if off.size == 0:
        return None, None
    median_s, p90_s = float(np.median(off)), float(np.quantile(off, 0.9))
    if median_s > MOST_OFF_GRID_S:
        raise GenerationFailedError(
            f"the part lies {1000 * median_s:.0f} ms off the grid after it was put right,"
            f" {1000 * MOST_OFF_GRID_S:.0f} are allowed",
            code="off_grid",
        )
    return 1000.0 * median_s, 1000.0 * p90_s


def _wander_s(grid: BeatGrid) -> float:
    """Measure how far the beats stray from evenly spaced ones."""
    if grid.beats_s.size < 3:
        return 0.0
    numbers = np.arange(grid.beats_s.size)
    slope, offset = np.polyfit(numbers, grid.beats_s, 1)
    return float(np.abs(grid.beats_s - (offset + slope * numbers)).max())
