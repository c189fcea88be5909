"""Fit the key model on composed loops, judge it on others, write audio/analysis/data/keys.npz.

    python -m benchmarks.fit_keys --soundfont FILE --work DIR [--dry-run]

The loops are composed and played by benchmarks.key_loops and benchmarks.key_sounds; DIR keeps
what was heard in them. The temperature is fitted on a fifth of the loops that the weights never
saw, the figures are of another fifth. No labelled corpus is read: that one only judges
(benchmarks.analysis).
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.key_loops import MINOR_SHARE, VOICES, keyed_loops
from benchmarks.key_sounds import played
from benchmarks.root_training import (
    Parts,
    RootRecipe,
    fitted,
    fitted_temperature,
    log_probabilities,
    outputs,
)
from src.audio.analysis.key import chroma_of
from src.audio.analysis.key_model import WEIGHTS, key_views
from src.audio.analysis.pitch import PITCH_RATE, Mono, melody_chroma, track_pitch

DATA = Path(__file__).parents[1] / "src" / "audio" / "analysis" / "data"
BATCH = 1_200
SEEDS = (11, 12, 13, 14, 21)
PART_ONLY = 0.2
"""How many loops are heard in a part only: a stem seldom holds the whole progression."""


@dataclass(frozen=True)
class HeardLoops:
    """views: shape (loops, 12, 36); keys: 0..23; voices: index into VOICES."""

    views: np.ndarray
    keys: np.ndarray
    voices: np.ndarray

    def part(self, chosen: np.ndarray) -> "HeardLoops":
        return HeardLoops(self.views[chosen], self.keys[chosen], self.voices[chosen])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--soundfont", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    options = parser.parse_args()
    heard = heard_loops(options.soundfont, options.work)
    fold = np.arange(heard.keys.size) % 5
    taught, tuned, judged = heard.part(fold < 3), heard.part(fold == 3), heard.part(fold == 4)
    parts = fitted(taught.views, taught.keys, RootRecipe(kinds=2), np.random.default_rng(5))
    temperature = fitted_temperature(outputs(parts, tuned.views), tuned.keys)
    figures = figures_of(outputs(parts, judged.views) / temperature, judged)
    print(json.dumps(figures, indent=2))
    if not options.dry_run:
        write_model(parts, temperature, figures, taught.keys.size)


def heard_loops(soundfont: Path, work: Path) -> HeardLoops:
    """Compose, play and listen, a batch at a time; batches that are there already are read."""
    work.mkdir(parents=True, exist_ok=True)
    heard = [_batch(seed, soundfont, work) for seed in SEEDS]
    return HeardLoops(*(np.concatenate(parts) for parts in zip(*heard, strict=True)))


def _batch(seed: int, soundfont: Path, work: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    path = work / f"heard_{seed:03d}.npz"
    if not path.exists():
        loops = keyed_loops(BATCH, seed=seed)
        sounds = played(loops, soundfont, work, seed=seed)
        views = views_of(sounds, np.random.default_rng(seed))
        names = [voice for voice, _ in VOICES]
        keys = np.array([loop.tonic + 12 * loop.minor for loop in loops])
        voices = np.array([names.index(loop.voice) for loop in loops])
        np.savez_compressed(path, views=views, keys=keys, voices=voices)
    with np.load(path) as stored:
        return stored["views"], stored["keys"], stored["voices"]


def views_of(sounds: Sequence[Mono], rng: np.random.Generator) -> np.ndarray:
    """What is heard in each sound, or in a half or a quarter of it; shape (sounds, 12, 36)."""
    views = []
    for sound in sounds:
        parts = int(rng.choice([2, 4])) if rng.random() < PART_ONLY else 1
        heard = np.array_split(sound, parts)[int(rng.integers(parts))]
        chroma, melody = chroma_of(heard, rate=PITCH_RATE), melody_chroma(track_pitch(heard))
        views.append(key_views(chroma.all, chroma.low, melody))
    return np.array(views, np.float32)


def figures_of(odds: np.ndarray, data: HeardLoops) -> dict[str, float]:
    """Share of exactly right keys, in all and for each voice, and the calibration error."""
    believed = np.exp(log_probabilities(odds))
    right = believed.argmax(axis=1) == data.keys
    sure = believed.max(axis=1)
    place = np.minimum(9, (10 * sure).astype(int))
    gaps = [abs(float((sure - right)[place == i].sum())) for i in range(10)]
    figures = {"exact": right.mean(), "calibration_error": sum(gaps) / right.size}
    for i, (voice, _) in enumerate(VOICES):
        figures[f"exact_{voice}"] = right[data.voices == i].mean()
    return {name: round(float(value), 4) for name, value in figures.items()}


def write_model(parts: Parts, temperature: float, figures: dict[str, float], taught: int) -> None:
    """The weights with where they come from."""
    about = {
        "written_by": "benchmarks.fit_keys",
        "taught_on": f"{taught} composed loops, half through FluidR3 GM (MIT), half our synthesis",
        "held_out": figures,
    }
    arrays = {name: part.astype(np.float32) for name, part in zip(WEIGHTS, parts, strict=True)}
    np.savez_compressed(
        DATA / "keys.npz",
        **arrays,
        temperature=temperature,
        minor_share=MINOR_SHARE,
        about=np.array(json.dumps(about)),
    )


if __name__ == "__main__":
    main()
