"""Listening to a mix section by section, and weighing the sections again where they are off."""

import math
from collections.abc import Mapping, Sequence

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.audio.metering.loudness import lufs_of_power, measured_loudness
from src.core.progress import Progress, silent
from src.mixdown import Load, RenderArchive, SampleGrid, mix_score
from src.music.model.score import Score
from src.music.model.timeline import SectionTime
from src.music.scoring.section_levels import as_mastered, reweighted
from src.music.theory.library import StemCard

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
    heard, and mixed again; of that the archive knows most. The same score gives the same.
    """
    mix = mix_score(score, load=load, archive=archive, progress=progress)
    audible = audible_sections(score, mix)
    if most_off_db(as_mastered(score, cards, times, audible), times) <= MOST_OFF_DB:
        return score, mix
    del mix
    score = reweighted(score, cards, times, audible)
    return score, mix_score(score, load=load, archive=archive, progress=progress)


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
