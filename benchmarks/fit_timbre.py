"""Fit the principal components that press the picture of a sound into 64 numbers.

    python -m benchmarks.fit_timbre CORPUS [--also LIST.csv ...]

Writes src/audio/analysis/data/timbre.npz. It sees sounds only, no labels. Refit the category model
afterwards (benchmarks.fit_categories with an empty cache): it reads these numbers.
"""

import argparse
import json
import os
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from benchmarks.labelled_sounds import corpus_sounds, listed_sounds, read_sound, varied
from src.audio.analysis.spectrum import short_time_spectrum
from src.audio.analysis.timbre_patch import patch_measures
from src.audio.basics.validation import PROJECT_SAMPLE_RATE

TARGET = Path(__file__).parent.parent / "src" / "audio" / "analysis" / "data" / "timbre.npz"
COMPONENTS = 64
CLIP = 3.0


def main() -> None:
    """Read arguments, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="lists of more sounds")
    arguments = parser.parse_args()
    sounds = corpus_sounds(arguments.corpus)
    sounds += [sound for table in arguments.also for sound in listed_sounds(table)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        rows = np.concatenate(list(pool.map(_measured, [s.path for s in sounds], chunksize=8)))
    packs = Counter(sound.pack for sound in sounds)
    about = {
        "made": datetime.now(UTC).date().isoformat(),
        "packs": "; ".join(f"{name} {count}" for name, count in sorted(packs.items())),
        "holds": "statistics only, no sound",
    }
    mean, spread, axes = components(rows)
    np.savez_compressed(
        TARGET, mean=mean.astype(np.float32), spread=spread.astype(np.float32),
        axes=axes.astype(np.float16), about=np.array(json.dumps(about)),
    )  # fmt: skip


def components(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and spread of each measure, and the axes of most variance, (measures, components)."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    standard = np.clip((rows - mean) / spread, -CLIP, CLIP)
    _, axes = np.linalg.eigh(standard.T @ standard / len(rows))
    return mean, spread, axes[:, ::-1][:, :COMPONENTS]


def _measured(path: Path) -> np.ndarray:
    """Measures of a sound as it is and of one variant, shape (2, measures)."""
    audio = read_sound(path)
    clips = (audio, varied(audio, np.random.default_rng(zlib.crc32(path.name.encode()))))
    return np.stack([
        patch_measures(short_time_spectrum(clip, sample_rate=PROJECT_SAMPLE_RATE)) for clip in clips
    ])  # fmt: skip


if __name__ == "__main__":
    main()
