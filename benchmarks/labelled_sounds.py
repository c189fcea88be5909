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
from scipy import signal

from src.audio.analysis.descriptors import describe
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio

LOOSE = ("chord", "melody-loop")
"""Labels of the corpus for which any tonal category is right."""

HOUSE_NAMES = {"drumloop": "drums", "chord": "synth", "melody-loop": "lead"}
"""Labels of the corpus that the house calls otherwise."""

_VARIED_SHARE = 0.6


@dataclass(frozen=True)
class LabelledSound:
    """A file with its truth.

    source: what it is held out with; shares: other sources with some of the same sound, never
    judged by a fit that heard it; loose: any tonal category is right
    """

    path: Path
    pack: str
    source: str
    category: str
    judged: bool
    licence: str
    name: str = ""
    shares: tuple[str, ...] = ()
    loose: bool = False


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
            judged=row["category"] != "other",
            licence=row["licence"],
            name=row["relpath"],
            loose=row["category"] in LOOSE,
        )
        for row in rows
    ]


def listed_sounds(table: Path) -> list[LabelledSound]:
    """Sounds to learn from besides the corpus: a CSV with these columns.

    ``path`` (absolute, or beside the table), ``pack``, ``category`` (as in the corpus),
    ``licence``, ``shares`` (sources of the corpus that hold some of the same sound, parted
    by spaces). They teach and are never judged.
    """
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        LabelledSound(
            path=table.parent / row["path"],
            pack=row["pack"],
            source="added",
            category=HOUSE_NAMES.get(row["category"], row["category"]),
            judged=False,
            licence=row["licence"],
            name=row["path"],
            shares=tuple(row["shares"].split()),
        )
        for row in rows
    ]


def read_sound(path: Path) -> Audio:
    """At most the first minute, at the house rate, shape (channels, samples)."""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != PROJECT_SAMPLE_RATE:
        audio = soxr.resample(audio, rate, PROJECT_SAMPLE_RATE)
    return np.ascontiguousarray(
        np.nan_to_num(audio[: 60 * PROJECT_SAMPLE_RATE].T), dtype=np.float32
    )


def varied(audio: Audio, rng: np.random.Generator) -> Audio:
    """The same sound as another producer might deliver it.

    Up to four semitones faster or slower, equalised, perhaps driven, noisy, padded, folded
    to mono, in a room or muffled: what must not change its category.
    """
    speed = 2.0 ** (rng.uniform(-4.0, 4.0) / 12.0)
    changed = audio[:, : 30 * PROJECT_SAMPLE_RATE]
    if changed.shape[1] > 50:
        changed = soxr.resample(changed.T, PROJECT_SAMPLE_RATE, PROJECT_SAMPLE_RATE * speed).T
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
    if rng.random() < 0.25 and changed.shape[1] > 100:
        changed = _in_a_room(changed, rng)
    if rng.random() < 0.15:
        changed = _muffled(changed, rng)
    return np.ascontiguousarray(changed, dtype=np.float32)


def described(sounds: Sequence[LabelledSound], *, variants: int, cache: Path) -> Described:
    """Descriptors of each sound and of its variants, computed once and kept in a file.

    variants: 0 gives one row for each sound: by chance the sound itself or a variant of it
    """
    if cache.exists():
        with np.load(cache, allow_pickle=False) as data:
            names = tuple(str(name) for name in data["names"])
            if data["values"].shape[:2] == (len(sounds), 1 + variants):
                return Described(tuple(sounds), names, data["values"])
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tasks = [(sound.path, variants) for sound in sounds]
        rows = list(pool.map(_describe_one, tasks, chunksize=8))
    names = tuple(describe(np.zeros((1, 1), dtype=np.float32), sample_rate=PROJECT_SAMPLE_RATE))
    values = np.array(rows)
    np.savez(cache, values=values, names=np.array(names))
    return Described(tuple(sounds), names, values)


def _describe_one(task: tuple[Path, int]) -> list[list[float]]:
    path, variants = task
    audio = read_sound(path)
    rng = np.random.default_rng(zlib.crc32(path.name.encode()))
    return [
        list(describe(clip, sample_rate=PROJECT_SAMPLE_RATE).values())
        for clip in _with_variants(audio, variants, rng)
    ]


def _with_variants(audio: Audio, variants: int, rng: np.random.Generator) -> Iterator[Audio]:
    if variants == 0:
        yield varied(audio, rng) if rng.random() < _VARIED_SHARE else audio
        return
    yield audio
    for _ in range(variants):
        yield varied(audio, rng)


def _equalised(audio: Audio, rng: np.random.Generator) -> np.ndarray:
    length = audio.shape[1]
    if length == 0:
        return audio
    octaves = np.log2(np.maximum(np.fft.rfftfreq(length, 1 / PROJECT_SAMPLE_RATE), 20.0) / 1000.0)
    tilt = rng.uniform(-1.5, 1.5) * octaves
    wave = rng.uniform(0, 6) * np.sin(octaves * rng.uniform(0.5, 1.5) + rng.uniform(0, 6.28))
    gain = 10.0 ** ((tilt + wave) / 20.0)
    return np.fft.irfft(np.fft.rfft(audio, axis=1) * gain, length, axis=1)


def _in_a_room(audio: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With the fading noise of a room of 0.2 to 2 s, 4 to 20 dB below the sound."""
    decay_s = rng.uniform(0.2, 2.0)
    times_s = np.arange(int(decay_s * PROJECT_SAMPLE_RATE)) / PROJECT_SAMPLE_RATE
    room = rng.standard_normal(times_s.size) * np.exp(-6.9 * times_s / decay_s)
    wet = signal.fftconvolve(audio, room[None], axes=1)
    wet = wet[:, : audio.shape[1] + int(rng.uniform(0.0, 0.5) * room.size)]
    dry = np.pad(audio, ((0, 0), (0, wet.shape[1] - audio.shape[1])))
    return dry + wet / (np.abs(wet).max() + 1e-9) * 10 ** (-rng.uniform(4, 20) / 20)


def _muffled(audio: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    cutoff_hz = float(np.exp(rng.uniform(np.log(1_500), np.log(14_000))))
    sections = signal.butter(2, cutoff_hz, fs=PROJECT_SAMPLE_RATE, output="sos")
    return signal.sosfilt(sections, audio, axis=1)
