"""Sounds for benchmarks and their tests: made, deterministic, with a few that are none."""

from pathlib import Path

import numpy as np
import soundfile

from src.audio.basics.validation import Audio


def tone_burst(number: int, *, sample_rate: int, length_s: float) -> Audio:
    """A decaying chord with some noise, another one for each number, shape (2, samples)."""
    rng = np.random.default_rng(number)
    time = np.arange(round(length_s * sample_rate)) / sample_rate
    root = 55.0 * 2 ** rng.uniform(0, 4)
    sides = []
    for detune in (1.0, 1.003):
        tones = sum(np.sin(2 * np.pi * root * detune * n * time) / n for n in (1, 1.5, 2, 3))
        sides.append(tones * np.exp(-time * rng.uniform(1, 12)))
    noise = rng.standard_normal((2, len(time))) * np.exp(-time * 30) * rng.uniform(0, 0.5)
    mixed = np.stack(sides) + noise
    return (0.6 * mixed / np.abs(mixed).max()).astype(np.float32)


def write_library(folder: Path, *, files: int, length_s: float = 0.5) -> None:
    """Write files as a library has them: kits, several formats, twins, some that are broken.

    Of each twenty files one is a twin of the one before it and one is no sound.
    """
    for number in range(files):
        kit = folder / f"Kit {number // 20 + 1:02d} - {100 + number // 20} BPM - Am"
        kit.mkdir(parents=True, exist_ok=True)
        name = f"{('kick', 'bass loop', 'pad', 'snare', 'lead')[number % 5]} {number:04d}"
        kind = number % 20
        if kind == 13:
            before = sorted(kit.glob(f"*{number - 1:04d}.*"))[0]
            (kit / f"copy of {before.name}").write_bytes(before.read_bytes())
        elif kind == 17:
            _write_broken(kit / f"{name}.wav", number // 20)
        else:
            rate = (44_100, 48_000)[number % 2]
            audio = tone_burst(number, sample_rate=rate, length_s=length_s)
            ending = ("wav", "flac")[number % 3 == 0]
            soundfile.write(kit / f"{name}.{ending}", audio.T, rate, subtype="PCM_24")


def _write_broken(path: Path, number: int) -> None:
    """A file that is refused: empty, a text, silent, or not finite, by turns."""
    turn = number % 4
    if turn == 0:
        path.touch()
    elif turn == 1:
        path.write_text(f"this is no sound, number {number}\n" * 20)
    elif turn == 2:
        soundfile.write(path, np.zeros(4_800 + number), 48_000)
    else:
        samples = np.full(4_800, 0.1)
        samples[100 + number] = np.nan
        soundfile.write(path, samples, 48_000, subtype="FLOAT")
