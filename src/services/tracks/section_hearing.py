"""Listening to a mix section by section, and weighing the sections again where they are off."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.audio.metering.loudness import lufs_of_power, measured_loudness
from src.core.progress import Progress, silent
from src.mixdown import Load, RenderArchive, SampleGrid, mix_score, score_samples
from src.music.model.score import Score
from src.music.model.timeline import SectionTime
from src.music.scoring.section_levels import as_mastered, reweighted
from src.music.theory.library import StemCard

TAIL_FLOOR_DB, TAIL_AIR_S = -60.0, 0.1
"""What lies further below the loudest sample is silence at the end; a breath is left of it."""

MOST_OFF_DB = 0.25
"""By how much a section may be quieter than one of less energy."""

_STEP_S = 0.1


def balanced_mix(
    score: Score,
    cards: Mapping[str, StemCard],
    times: Sequence[SectionTime],
    *,
    load: Load,
    archive: RenderArchive | None = None,
    progress: Progress = silent,
) -> tuple[Score, Audio]:
    """Mix a score before bus and master, sections balanced; shape (2, samples).

    The levels of sections come from an estimate. Where the mix shows that a section of more
    energy would be quieter in the master than one of less, all are weighed again by what was
    heard, and mixed again; of that the archive knows most. A tail that is silent is cut off. The
    same score gives the same.
    """
    mix = mix_score(score, load=load, archive=archive, progress=progress)
    audible = audible_sections(score, mix)
    if most_off_db(as_mastered(score, cards, times, audible), times) > MOST_OFF_DB:
        del mix
        score = reweighted(score, cards, times, audible)
        mix = mix_score(score, load=load, archive=archive, progress=progress)
    return without_silent_tail(score, mix)


def without_silent_tail(score: Score, mix: Audio) -> tuple[Score, Audio]:
    """End a track where its last sound has died away, instead of in digital silence.

    No bar is taken from it, only of its tail. Its last fade is never longer than what is left.
    """
    ends = SampleGrid(score.bpm, PROJECT_SAMPLE_RATE).sample(score.length_beats)
    tail = mix[:, ends:]
    level = float(max(mix.max(initial=0.0), -mix.min(initial=0.0))) * 10.0 ** (TAIL_FLOOR_DB / 20.0)
    audible = np.flatnonzero(np.abs(tail).max(axis=0) > level) if tail.size else np.zeros(0, int)
    rest_s = (int(audible[-1]) + 1 if audible.size else 0) / PROJECT_SAMPLE_RATE
    tail_s = min(score.tail_s, round(rest_s + TAIL_AIR_S, 2))
    if tail_s >= score.tail_s:
        return score, mix
    shorter = replace(score, tail_s=tail_s, fade_out_s=min(score.fade_out_s, tail_s / 2.0))
    return shorter, np.ascontiguousarray(mix[:, : score_samples(shorter)])


def audible_sections(score: Score, mix: Audio) -> tuple[float, ...]:
    """Measure the loudness of each section of a mix in LUFS (ITU-R BS.1770-4, ungated)."""
    steps = measured_loudness(mix, sample_rate=PROJECT_SAMPLE_RATE).step_powers
    grid = SampleGrid(score.bpm, PROJECT_SAMPLE_RATE)
    audible = []
    for section in score.sections:
        first = _step(grid, section.start_beats)
        last = max(_step(grid, section.start_beats + section.length_beats), first + 1)
        inside = steps[first:last]
        audible.append(lufs_of_power(float(inside.mean())) if inside.size else -math.inf)
    return tuple(audible)


def _step(grid: SampleGrid, beats: float) -> int:
    return round(grid.sample(beats) / PROJECT_SAMPLE_RATE / _STEP_S)


def most_off_db(loudness_lufs: Sequence[float], times: Sequence[SectionTime]) -> float:
    """By how much a section is quieter than one of less energy, at most; 0 for none."""
    audible = list(zip(loudness_lufs, times, strict=True))
    return max(
        (
            emptier - fuller
            for fuller, more in audible
            for emptier, less in audible
            if more.energy > less.energy and emptier > fuller
        ),
        default=0.0,
    )
