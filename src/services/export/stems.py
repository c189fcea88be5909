"""Stems of a track: each role as it sounds in the mix, from the first bar to the last echo."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.gain import db_to_gain
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.progress import Progress, silent
from src.mixdown import Load, MixBlock, block_ending, mix_blocks
from src.music.model.score import Score
from src.storage.encode import AudioSink
from src.storage.paths import safe_name
from src.storage.tag_writing import Tags

PREMASTER_PEAK_DB = -6.0
"""Where the highest sample of the premaster lies, so that a mastering engineer has room."""

_HIGHEST_STEM_DB = -0.1
_PASSES = 2
_RETURNS = ("reverb", "delay")


@dataclass(frozen=True)
class StemFiles:
    """Where stems and premaster are to be written. folder: of the stems"""

    folder: Path
    premaster: Path


def write_stems(
    score: Score,
    files: StemFiles,
    *,
    load: Load,
    tags: Tags | None = None,
    progress: Progress = silent,
) -> float:
    """Write each channel and each send's return as 24-bit WAV, and their sum as premaster.

    All files begin at the first bar, end with the tail and have one length; added up
    sample by sample they are the premaster. It is the mix before bus and master, all files
    alike moved in level so that the premaster's highest sample lies at -6 dBFS and no stem
    clips; the shift in dB is returned.

    The score is played twice, block by block: once to find the level, once to write.
    """
    peaks = _Peaks()
    for block in mix_blocks(score, load=load, progress=_half(progress, 0)):
        peaks.add(block, block_ending(score, block))
    gain = peaks.gain()
    with ExitStack() as stack:

        def opened(path: Path) -> AudioSink:
            return stack.enter_context(
                AudioSink(path, sample_rate=PROJECT_SAMPLE_RATE, channels=2, tags=tags)
            )

        sinks = [opened(files.folder / name) for name in stem_names(score)]
        whole = opened(files.premaster)
        for block in mix_blocks(score, load=load, progress=_half(progress, 1)):
            ramp = block_ending(score, block) * np.float32(gain)
            total = np.zeros((2, block.samples), np.float32)
            for sink, sound in zip(sinks, _present(score, block), strict=True):
                part = np.zeros_like(total) if sound is None else sound * ramp
                sink.write(part)
                total += part
            whole.write(total)
    return float(20.0 * np.log10(gain))


def stem_names(score: Score) -> list[str]:
    """Return file names of the stems: channels in the score's order, then what comes back of
    sends.
    """
    returns = [
        name for name, used in zip(("reverb", "delay"), _returns(score), strict=True) if used
    ]
    names = [*(channel.name for channel in score.channels), *returns]
    return [f"{number:02} {safe_name(name)}.wav" for number, name in enumerate(names, start=1)]


def _returns(score: Score) -> tuple[bool, bool]:
    """Tell whether anything is ever sent to reverb and delay."""

    def used(parameter: str) -> bool:
        return any(
            getattr(channel, parameter) is not None
            or any(line.parameter == parameter for line in channel.automation)
            for channel in score.channels
        )

    return used("reverb_send_db"), used("delay_send_db")


def _present(score: Score, block: MixBlock) -> Iterator[Audio | None]:
    """List the parts of a block that have a file, in the order of ``stem_names``."""
    yield from block.channels
    for sound, used in zip((block.reverb, block.delay), _returns(score), strict=True):
        if used:
            yield sound


class _Peaks:
    """Highest samples of the mix and of the loudest stem."""

    def __init__(self) -> None:
        self._mix = 0.0
        self._stem = 0.0

    def add(self, block: MixBlock, ramp: NDArray[np.float32]) -> None:
        total = np.zeros((2, block.samples), np.float32)
        for sound in block.parts:
            if sound is not None:
                part = sound * ramp
                total += part
                self._stem = max(self._stem, _highest(part))
        self._mix = max(self._mix, _highest(total))

    def gain(self) -> float:
        """Choose the factor for all files; 1 for silence."""
        limits = [
            db_to_gain(level_db) / peak
            for level_db, peak in (
                (PREMASTER_PEAK_DB, self._mix),
                (_HIGHEST_STEM_DB, self._stem),
            )
            if peak > 0.0
        ]
        return min(limits, default=1.0)


def _highest(audio: Audio) -> float:
    return float(max(audio.max(initial=0.0), -audio.min(initial=0.0)))


def _half(progress: Progress, number: int) -> Progress:
    """Return progress of one of the two passes, reported as a part of both."""

    def record(stage: str, done: int, total: int) -> None:
        progress(stage, number * total + done, _PASSES * total)

    return record
