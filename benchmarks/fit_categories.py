"""Fit the category model and the attribute scales, judge them on sources held out, write them.

    python -m benchmarks.fit_categories ../shared/corpus --cache /tmp/descriptors \\
        [--also LIST.csv ...] [--folds DIR] [--write]

Prints top-1 and top-3 of each source and category of the corpus, every source judged by a fit
that never met it, nor added sounds that share some of it (labelled_sounds.listed_sounds reads
the lists, benchmarks.soundfont_sounds makes some). --folds keeps those fits, one for each source:
benchmarks.analysis --held-out hears with them. With --write the files below src/audio/analysis/data
are renewed from everything, with their provenance and these figures. Attributes are
calibrated on the corpus alone.
"""

import argparse
import json
import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from benchmarks.labelled_sounds import (
    Described,
    LabelledSound,
    corpus_sounds,
    described,
    listed_sounds,
)
from benchmarks.made_sounds import kit_mixes, single_cycles
from benchmarks.network_training import Network, Recipe, TrainingSet, train
from src.audio.analysis import attributes
from src.audio.analysis.calibration import Scale, fit_scale
from src.audio.analysis.categories import IGNORED, feature_row
from src.music.theory.library import CATEGORIES

DATA = Path(__file__).parent.parent / "src" / "audio" / "analysis" / "data"
TONAL = ("bass", "synth", "lead", "pad", "keys", "guitar", "strings", "brass", "vocal")
"""What a chord or a loop of a melody may rightly be taken for."""

VARIANTS = 3
MADE_VARIANTS = 2
NETWORKS = 3
CORPUS_WEIGHT = 3.0
"""What a sound of the corpus counts beside an added or made one."""


@dataclass(frozen=True)
class Rows:
    """Bent descriptors of sounds and their variants. values: shape (rows, descriptors).

    sound: to which of ``sounds`` a row belongs; plain: not a variant; weight: of each row
    """

    sounds: tuple[LabelledSound, ...]
    values: np.ndarray
    sound: np.ndarray
    plain: np.ndarray
    weight: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]

    def without(self, source: str) -> np.ndarray:
        """Mask of the rows that have nothing to do with a source."""
        free = np.array([source not in (s.source, *s.shares) for s in self.sounds])
        return free[self.sound]


@dataclass(frozen=True)
class Fit:
    """Networks, and how their inputs are standardised."""

    mean: np.ndarray
    spread: np.ndarray
    networks: list[Network]

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Shares of the categories, shape (rows, categories)."""
        standard = np.clip((values - self.mean) / self.spread, -3.0, 3.0)
        return np.mean([network.probabilities(standard) for network in self.networks], axis=0)


def main() -> None:
    """Read arguments, fit, judge, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="folder for descriptors")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="lists to learn from too")
    parser.add_argument("--folds", type=Path, help="folder for the fits that lack one source")
    parser.add_argument("--write", action="store_true", help="renew src/audio/analysis/data")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    corpus, added = gather(arguments.corpus, arguments.also, arguments.cache)
    rows = rows_of([(corpus, CORPUS_WEIGHT), *((part, 1.0) for part in added)])
    about = provenance(rows.sounds)
    figures = judge(rows, about, arguments.folds)
    if arguments.write:
        write_calibration(corpus, provenance(corpus.sounds))
        fit = fit_rows(rows, np.ones(len(rows.values), dtype=bool))
        about = about | {"held_out": json.dumps(figures)}
        write_model(DATA / "categories.npz", fit, rows.names, about)


def gather(folder: Path, lists: list[Path], cache: Path) -> tuple[Described, list[Described]]:
    """The corpus, and all that is added to teach the categories."""
    sounds = corpus_sounds(folder)
    corpus = described(sounds, variants=VARIANTS, cache=cache / "corpus.npz")
    made = [*single_cycles(cache / "made"), *kit_mixes(sounds, cache / "made")]
    added = [described(made, variants=MADE_VARIANTS, cache=cache / "made.npz")]
    for table in lists:
        path = cache / f"{table.stem}.npz"
        added.append(described(listed_sounds(table), variants=0, cache=path))
    return corpus, added


def rows_of(parts: list[tuple[Described, float]]) -> Rows:
    """Several sets of sounds, each with what one of its sounds counts, as rows to fit."""
    described_as = parts[0][0].names
    if any(part.names != described_as for part, _ in parts):
        raise SystemExit("the cached descriptors are of different versions: empty the cache")
    names = tuple(name for name in described_as if name not in IGNORED)
    values, sound, plain, weight = [], [], [], []
    sounds: list[LabelledSound] = []
    for part, worth in parts:
        for one, variants in zip(part.sounds, part.values, strict=True):
            for i, variant in enumerate(variants):
                values.append(feature_row(dict(zip(part.names, variant, strict=True)), names))
                sound.append(len(sounds))
                plain.append(i == 0)
                weight.append(worth / len(variants))
            sounds.append(one)
    labels = [CATEGORIES.index(sounds[i].category) for i in sound]
    return Rows(
        tuple(sounds), np.array(values, dtype=np.float64), np.array(sound), np.array(plain),
        np.array(weight), np.array(labels), names,
    )  # fmt: skip


def judge(rows: Rows, about: dict[str, str], folds: Path | None) -> dict[str, str]:
    """Top-1 and top-3 over held-out sources, printed by source and by category."""
    judged = np.flatnonzero(rows.plain & np.array([s.judged for s in rows.sounds])[rows.sound])
    sources = np.array([rows.sounds[i].source for i in rows.sound[judged]])
    guesses = np.zeros((len(judged), len(CATEGORIES)))
    for source in sorted(set(sources)):
        fit = fit_rows(rows, rows.without(source))
        guesses[sources == source] = fit.probabilities(rows.values[judged[sources == source]])
        if folds is not None:
            folds.mkdir(parents=True, exist_ok=True)
            write_model(folds / f"{source}.npz", fit, rows.names, about | {"without": source})
    right = np.array([_accepted(rows.sounds[i]) for i in rows.sound[judged]])
    ranked = np.take_along_axis(right, np.argsort(-guesses, axis=1), axis=1)
    first, third = ranked[:, 0], ranked[:, :3].any(axis=1)
    _print_by("source", sources, first, third)
    labels = np.array(CATEGORIES)[rows.labels[judged]]
    _print_by("category", labels, first, third)
    print(f"surer than right by (ECE): {calibration_error(guesses.max(axis=1), first):.3f}")
    figures = {
        "top1": f"{first.mean():.3f}", "top3": f"{third.mean():.3f}", "judged": str(len(judged)),
    }  # fmt: skip
    print("sources held out:", figures)
    return figures


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal bins of confidence (Naeini et al., 2015)."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return sum(
        float(abs(confidence[place == i].mean() - right[place == i].mean()) * (place == i).mean())
        for i in range(bins)
        if (place == i).any()
    )


def _accepted(sound: LabelledSound) -> list[bool]:
    """Which categories are right for a sound."""
    requested = TONAL if sound.loose else (sound.category,)
    return [category in requested for category in CATEGORIES]


def _print_by(name: str, groups: np.ndarray, first: np.ndarray, third: np.ndarray) -> None:
    print(f"{name:20} count  top-1  top-3")
    for group in sorted(set(groups)):
        some = groups == group
        print(f"{group:20} {some.sum():5d}  {first[some].mean():5.2f}  {third[some].mean():5.2f}")


def provenance(sounds: tuple[LabelledSound, ...]) -> dict[str, str]:
    """Where the numbers come from: packs, licences and date."""
    packs = Counter(sound.pack for sound in sounds)
    licences = Counter(sound.licence.split(" (")[0].split(":")[-1] for sound in sounds)
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "sounds": str(len(sounds)),
        "packs": "; ".join(f"{name} {count}" for name, count in sorted(packs.items())),
        "licences": "; ".join(
            f"{name.split(', ')[-1].strip()} {count}" for name, count in licences.most_common(16)
        ),
        "holds": "statistics only, no sound",
    }


def write_calibration(data: Described, about: dict[str, str]) -> None:
    """Renew the quantile scales of descriptors and attributes."""
    used = sorted({name for recipe in attributes.RECIPES.values() for name in recipe})
    columns = {name: data.values[:, 0, data.names.index(name)] for name in used}
    scales = {name: fit_scale(values) for name, values in columns.items()}
    positions = {
        name: np.interp(values, scales[name].values, scales[name].positions)
        for name, values in columns.items()
    }
    raw = {name: [] for name in attributes.ATTRIBUTES}
    for i in range(len(data.sounds)):
        row = {name: float(values[i]) for name, values in positions.items()}
        for name, recipe in attributes.RECIPES.items():
            raw[name].append(attributes.weighted_mean(recipe, row))
    content = {
        "provenance": about,
        "descriptors": {name: _written(scale) for name, scale in scales.items()},
        "attributes": {name: _written(fit_scale(np.array(values))) for name, values in raw.items()},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (DATA / "calibration.json").write_text(text + "\n", encoding="utf-8")


def write_model(path: Path, fit: Fit, names: tuple[str, ...], about: dict[str, str]) -> None:
    """Write a category model, as src.audio.analysis.categories.model_from reads it."""
    arrays: dict[str, np.ndarray] = {
        "mean": fit.mean.astype(np.float32), "spread": fit.spread.astype(np.float32)
    }  # fmt: skip
    for i, network in enumerate(fit.networks):
        parts = (f"hidden_{i}", f"hidden_offset_{i}", f"output_{i}", f"output_offset_{i}")
        for name, part in zip(parts, network.parts, strict=True):
            arrays[name] = part.astype(np.float16)
    about_all = {
        "categories": CATEGORIES,
        "names": names,
        "networks": len(fit.networks),
        "provenance": about,
    }
    arrays["about"] = np.array(json.dumps(about_all))
    np.savez_compressed(path, **arrays)


def fit_rows(rows: Rows, chosen: np.ndarray) -> Fit:
    """Fit networks to some rows; rare categories count more than their number."""
    values, labels, weights = rows.values[chosen], rows.labels[chosen], rows.weight[chosen]
    counts = np.bincount(labels, weights=weights, minlength=len(CATEGORIES))
    weights = weights / np.sqrt(np.maximum(counts, 1.0))[labels]
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    data = TrainingSet(
        rows=np.clip((values - mean) / spread, -3.0, 3.0),
        labels=labels,
        weights=weights / weights.mean(),
        classes=len(CATEGORIES),
    )
    return Fit(mean, spread, [train(data, Recipe(), seed=seed) for seed in range(NETWORKS)])


def _written(scale: Scale) -> dict[str, list[float]]:
    return {
        "values": [float(f"{value:.6g}") for value in scale.values],
        "positions": [round(float(value), 5) for value in scale.positions],
    }


if __name__ == "__main__":
    main()
