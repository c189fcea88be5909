"""Sounds that the corpus has too few of, made by arithmetic: single cycles and mixes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.labelled_sounds import LabelledSound, read_sound
from src.audio.basics.validation import PROJECT_SAMPLE_RATE

SINGLE_CYCLES = 60
MIXES_PER_KIT = 3


def single_cycles(folder: Path) -> list[LabelledSound]:
    """Waveforms for wavetables: a few cycles without any envelope. Category "other"."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(11)
    sounds = []
    for number in range(SINGLE_CYCLES):
        path = folder / f"cycle_{number:02d}.wav"
        soundfile.write(path, _cycle(rng), PROJECT_SAMPLE_RATE, subtype="PCM_16")
        sounds.append(LabelledSound(path, "made", "made", "other", False, "own", path.name))
    return sounds


def kit_mixes(sounds: Sequence[LabelledSound], folder: Path) -> list[LabelledSound]:
    """Loops of one kit played together, held out with their kit. Category "other"."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(12)
    mixes = []
    for pack in sorted({sound.pack for sound in sounds if sound.source.endswith("kits")}):
        loops = [s for s in sounds if s.pack == pack and s.category not in {"other", "fx"}]
        backbone = [s for s in loops if s.category in {"drums", "kick"}]
        for number in range(MIXES_PER_KIT):
            chosen = [*rng.choice(np.array(backbone or loops, dtype=object), 1)]
            chosen += list(rng.choice(np.array(loops, dtype=object), min(4, len(loops)), False))
            path = folder / f"mix_{pack.replace('/', ' ')}_{number}.wav"
            soundfile.write(path, _mixed(chosen), PROJECT_SAMPLE_RATE, subtype="PCM_16")
            licence = chosen[0].licence
            shares = (chosen[0].source,)
            mixes.append(
                LabelledSound(path, pack, "made", "other", False, licence, path.name, shares)
            )
    return mixes


def _cycle(rng: np.random.Generator) -> np.ndarray:
    """One to some twenty periods with falling harmonics of random phase."""
    length = round(float(np.exp(rng.uniform(np.log(0.004), np.log(0.3)))) * PROJECT_SAMPLE_RATE)
    periods = max(1, round(length / PROJECT_SAMPLE_RATE * float(rng.uniform(20, 250))))
    turns = 2 * np.pi * periods * np.arange(length) / length
    steepness = rng.uniform(0.3, 2.5)
    wave = np.zeros(length)
    for harmonic in range(1, int(rng.integers(1, 40)) + 1):
        if harmonic * periods < length / 2:
            phase = rng.choice([0.0, rng.uniform(0, 6.28)])
            wave += np.sin(harmonic * turns + phase) * rng.uniform(0.3, 1) / harmonic**steepness
    return 0.8 * wave / (np.abs(wave).max() + 1e-9)


def _mixed(sounds: Sequence[LabelledSound]) -> np.ndarray:
    clips = [read_sound(sound.path).mean(axis=0) for sound in sounds]
    length = min(max(clip.size for clip in clips), 12 * PROJECT_SAMPLE_RATE)
    total = sum(np.resize(clip / (np.abs(clip).max() + 1e-9), length) for clip in clips)
    return 0.8 * total / (np.abs(total).max() + 1e-9)
