"""The outline of a sound for drawing, read in pieces so that long ones need little memory."""

from pathlib import Path

from src.audio.basics.peaks import outline
from src.audio.basics.validation import PROJECT_SAMPLE_RATE
from src.storage.decode import read_stem

_BLOCK_SAMPLES = 20 * PROJECT_SAMPLE_RATE


def sound_outline(file: Path, duration_s: float, points: int) -> tuple[list[float], list[float]]:
    """Return lowest and highest sample of each of ``points`` equal stretches of a file.

    file: a WAV at the house rate; duration_s: its length
    points: how many at most; a shorter sound has one per sample
    """
    samples = max(round(duration_s * PROJECT_SAMPLE_RATE), 1)
    count = min(points, samples)
    step = max(1, count * _BLOCK_SAMPLES // samples)
    minimum: list[float] = []
    maximum: list[float] = []
    for first in range(0, count, step):
        last = min(first + step, count)
        start, end = first * samples // count, last * samples // count
        block = read_stem(
            file, start_s=start / PROJECT_SAMPLE_RATE, length_s=(end - start) / PROJECT_SAMPLE_RATE
        )
        low, high = outline(block, last - first)
        minimum += [round(min(float(value), 0.0), 4) for value in low]
        maximum += [round(max(float(value), 0.0), 4) for value in high]
    return minimum, maximum
