"""Playing a score: channels into a mix, the mix into a master."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.fades import rising
from src.audio.basics.filters import RunningFilter, high_pass_sections
from src.audio.basics.side_by_side import side_by_side
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.audio.metering.master_report import MasterReport
from src.audio.processing.dynamics import Compressor, compress
from src.audio.processing.mastering import Measuring, mastered, premastered
from src.core.errors import InvalidInputError
from src.core.progress import Progress, silent
from src.mixdown.conformed import Load
from src.mixdown.mixing import BLOCK_SAMPLES, MixBlock, mix_score, score_samples
from src.mixdown.render_archive import RenderArchive
from src.music.model.score import Score
from src.music.theory.mastering_presets import preset_name

_DC_HZ = 8.0
"""What lies below is DC: it is taken out before the bus compressor hears it."""


@dataclass(frozen=True)
class MixReport:
    """What was played, as measured on the samples that were handed out.

    Silence has -inf levels. target_lufs is None for a premaster, whose highest sample shall
    lie at ceiling_dbtp. reached says whether the loudness lies within 0.3 LU of its target;
    missed_by and shortfall say by how much it does not and why, as audio.mastering does.
    gain_db is the gain in front of the limiter, limiting_db its largest reduction,
    limiting_mean_db the mean; rounding_db and compression_db are the largest as well.
    """

    duration_s: float
    loudness_lufs: float
    short_term_max_lufs: float
    momentary_max_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    stereo_correlation: float
    preset: str
    target_lufs: float | None
    ceiling_dbtp: float
    reached: bool
    missed_by: float
    shortfall: str
    gain_db: float
    compression_db: float
    rounding_db: float
    limiting_db: float
    limiting_mean_db: float


def play_score(
    score: Score,
    *,
    load: Load,
    archive: RenderArchive | None = None,
    sink: Callable[[Audio], None],
    progress: Progress = silent,
    mix: Audio | None = None,
) -> MixReport:
    """Play a score from its first beat to the end of its tail.

    load: gives a slice of a stem at 48 kHz: (stem id, start in s, length in s)
    archive: what earlier renders left; None computes everything
    mix: what ``mix_score`` gave for the score, if it is there already; it becomes the master
    sink: takes the finished sound in blocks, shape (2, samples), on the 24-bit grid

    Beat b lies at sample round(b * 60 / bpm * 48000), the first at 0. The same score and
    stems give the same samples. Raises InvalidInputError for a score without length.
    """
    samples = score_samples(score)
    if samples < 1:
        raise InvalidInputError(f"a score must have a length, got {score.length_beats} beats")
    if mix is None:
        mix = mix_score(score, load=load, archive=archive, progress=progress)
    compression_db = 0.0
    if score.bus_compression:
        progress("compressing", 0, 1)
        _take_out_dc(mix)
        compression_db = compress(mix, Compressor(), sample_rate=PROJECT_SAMPLE_RATE)
    ramp = ending(score)
    mix[:, samples - ramp.size :] *= ramp
    progress("mastering", 0, 1)
    measure = _mastered(mix, score)
    with ThreadPoolExecutor(1) as beside:
        measuring = beside.submit(measure)
        for number, start in enumerate(range(0, samples, BLOCK_SAMPLES)):
            progress("writing", number, -(-samples // BLOCK_SAMPLES))
            sink(mix[:, start : start + BLOCK_SAMPLES])
        return _report(score, measuring.result(), samples, compression_db)


def _mastered(mix: Audio, score: Score) -> Measuring:
    """Bring the mix to the score's levels, in place."""
    if score.target_lufs is None:
        return premastered(mix, sample_rate=PROJECT_SAMPLE_RATE, peak_dbfs=score.ceiling_dbtp)
    return mastered(
        mix,
        sample_rate=PROJECT_SAMPLE_RATE,
        target_lufs=score.target_lufs,
        ceiling_dbtp=score.ceiling_dbtp,
    )


def _take_out_dc(mix: Audio) -> None:
    sections = high_pass_sections(_DC_HZ, sample_rate=PROJECT_SAMPLE_RATE)

    def work(channel: int) -> None:
        running = RunningFilter(sections, 1)
        for start in range(0, mix.shape[1], BLOCK_SAMPLES):
            part = mix[channel : channel + 1, start : start + BLOCK_SAMPLES]
            part[:] = running.process(part)

    side_by_side(work, range(mix.shape[0]))


def ending(score: Score) -> NDArray[np.float32]:
    """Make the ramp that ends a mix, as factors for its last samples; no longer than the mix."""
    return rising(min(round(score.fade_out_s * PROJECT_SAMPLE_RATE), score_samples(score)))[::-1]


def block_ending(score: Score, block: MixBlock) -> NDArray[np.float32]:
    """Make the ramp that ends a mix, as factors for one block, shape (samples,)."""
    ramp = ending(score)
    factors = np.ones(block.samples, np.float32)
    first = score_samples(score) - ramp.size - block.start
    begin = min(max(first, 0), block.samples)
    factors[begin:] = ramp[begin - first : block.samples - first]
    return factors


def _report(score: Score, result: MasterReport, samples: int, compression_db: float) -> MixReport:
    return MixReport(
        duration_s=samples / PROJECT_SAMPLE_RATE,
        preset=preset_name(score.target_lufs, score.ceiling_dbtp),
        target_lufs=score.target_lufs,
        ceiling_dbtp=score.ceiling_dbtp,
        compression_db=compression_db,
        **asdict(result),
    )
