"""Real and made sounds with known categories, as descriptors, to fit and judge by."""

import csv
import os
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from src.audio.descriptors import describe
from src.audio.validation import HOUSE_RATE, Audio

HOUSE_NAMES = {"drumloop": "drums", "chord": "synth", "melody-loop": "lead"}
"""Labels of the corpus that the house calls otherwise."""

UNJUDGED = ("chord", "melody-loop")
"""Labels without one clear category: they teach, but do not count in the figures."""


@dataclass(frozen=True)
class LabelledSound:
    """A file with its truth. pack: what it is held out with."""

    path: Path
    pack: str
    source: str
    category: str
    judged: bool
    licence: str
    name: str = ""


@dataclass(frozen=True)
class Described:
    """Sounds with descriptors: values has shape (sounds, variants, descriptors)."""

    sounds: tuple[LabelledSound, ...]
    names: tuple[str, ...]
    values: np.ndarray


def corpus_sounds(folder: Path) -> list[LabelledSound]:
    """All files of the corpus, from its labels.csv."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        LabelledSound(
            path=folder / row["relpath"],
            pack=row["pack"],
            source=row["source"],
            category=HOUSE_NAMES.get(row["category"], row["category"]),
            judged=row["category"] not in UNJUDGED,
            licence=row["licence"],
            name=row["relpath"],
        )
        for row in rows
    ]


def read_sound(path: Path) -> Audio:
    """At most the first minute, at the house rate, shape (channels, samples)."""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != HOUSE_RATE:
        audio = soxr.resample(audio, rate, HOUSE_RATE)
    return np.ascontiguousarray(np.nan_to_num(audio[: 60 * HOUSE_RATE].T), dtype=np.float32)


def varied(audio: Audio, rng: np.random.Generator) -> Audio:
    """The same sound as another producer might deliver it.

    Up to four semitones faster or slower, equalised, perhaps driven, noisy, padded or
    folded to mono: what must not change its category.
    """
    speed = 2.0 ** (rng.uniform(-4.0, 4.0) / 12.0)
    changed = audio[:, : 30 * HOUSE_RATE]
    if changed.shape[1] > 50:
        changed = soxr.resample(changed.T, HOUSE_RATE, HOUSE_RATE * speed).T
    changed = _equalised(changed, rng)
    changed = changed / (np.abs(changed).max() + 1e-9)
    if rng.random() < 0.4:
        changed = np.tanh(changed * rng.uniform(1.0, 4.0))
    if rng.random() < 0.4:
        changed = changed + rng.standard_normal(changed.shape) * 10 ** (-rng.uniform(45, 75) / 20)
    if rng.random() < 0.3:
        changed = np.pad(changed, ((0, 0), (0, int(rng.integers(100, 20_000)))))
    if rng.random() < 0.3:
        changed = changed.mean(axis=0, keepdims=True)
    return np.ascontiguousarray(changed, dtype=np.float32)


def described(sounds: Sequence[LabelledSound], *, variants: int, cache: Path) -> Described:
    """Descriptors of each sound and of its variants, computed once and kept in a file."""
    if cache.exists():
        with np.load(cache, allow_pickle=False) as data:
            names = tuple(str(name) for name in data["names"])
            if data["values"].shape[:2] == (len(sounds), 1 + variants):
                return Described(tuple(sounds), names, data["values"])
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tasks = [(sound.path, variants) for sound in sounds]
        rows = list(pool.map(_describe_one, tasks, chunksize=8))
    names = tuple(describe(np.zeros((1, 1), dtype=np.float32), sample_rate=HOUSE_RATE))
    values = np.array(rows)
    np.savez(cache, values=values, names=np.array(names))
    return Described(tuple(sounds), names, values)


def joined(parts: Sequence[Described]) -> Described:
    """Several sets as one; all must have the same descriptors and number of variants."""
    if any(part.names != parts[0].names for part in parts):
        raise SystemExit("the cached descriptors are of different versions: empty the cache")
    sounds = tuple(sound for part in parts for sound in part.sounds)
    return Described(sounds, parts[0].names, np.concatenate([part.values for part in parts]))


def _describe_one(task: tuple[Path, int]) -> list[list[float]]:
    path, variants = task
    audio = read_sound(path)
    rng = np.random.default_rng(zlib.crc32(path.name.encode()))
    return [
        list(describe(clip, sample_rate=HOUSE_RATE).values())
        for clip in _with_variants(audio, variants, rng)
    ]


def _with_variants(audio: Audio, variants: int, rng: np.random.Generator) -> Iterator[Audio]:
    yield audio
    for _ in range(variants):
        yield varied(audio, rng)


def _equalised(audio: Audio, rng: np.random.Generator) -> np.ndarray:
    length = audio.shape[1]
    if length == 0:
        return audio
    octaves = np.log2(np.maximum(np.fft.rfftfreq(length, 1 / HOUSE_RATE), 20.0) / 1000.0)
    tilt = rng.uniform(-1.5, 1.5) * octaves
    wave = rng.uniform(0, 6) * np.sin(octaves * rng.uniform(0.5, 1.5) + rng.uniform(0, 6.28))
    gain = 10.0 ** ((tilt + wave) / 20.0)
    return np.fft.irfft(np.fft.rfft(audio, axis=1) * gain, length, axis=1)
