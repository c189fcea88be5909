"""Fit the category model and the attribute scales, judge them on packs held out, write them.

    python -m benchmarks.fit_categories ../shared/corpus --cache /tmp/descriptors \\
        [--soundfont /usr/share/sounds/sf2/FluidR3_GM.sf2] [--write]

Prints top-1, top-3 and the precision at 10 of each category over packs that the fit did not
see. Packs that were themselves played from that soundfont are judged by a fit without it.
With --write the files below src/audio/data are renewed from all packs, with their
provenance and these figures. Attributes are calibrated on the corpus alone.
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
    joined,
)
from benchmarks.made_sounds import kit_mixes, single_cycles
from benchmarks.network_training import Network, Recipe, TrainingSet, train
from benchmarks.soundfont_sounds import soundfont_sounds
from src.audio import attributes
from src.audio.calibration import Scale, fit_scale
from src.audio.categories import IGNORED, feature_row
from src.music.library import CATEGORIES

DATA = Path(__file__).parent.parent / "src" / "audio" / "data"
BIG_PACKS = (
    "lmms-samples", "sonic-pi", "scratch", "mercury", "garden", "uzu-drumkit", "mixing-desk",
    "fretless-bass", "ukulele", "switchangel-breaks", "switchangel-pad", "muldjord-songs",
)  # fmt: skip
"""Held out one at a time; the construction kits in groups of whole kits."""

OWN_PACKS = ("made", "FluidR3 GM")
SOUNDFONT_FOLD = "kits soundfont"

VARIANTS = 2
NETWORKS = 3


@dataclass(frozen=True)
class Rows:
    """Bent descriptors with labels. values: shape (sounds, variants, descriptors)."""

    values: np.ndarray
    labels: np.ndarray
    folds: np.ndarray
    judged: np.ndarray
    sources: np.ndarray
    names: tuple[str, ...]


def main() -> None:
    """Read arguments, fit, judge, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="folder for descriptors")
    parser.add_argument("--soundfont", type=Path, help="also learn from its instruments")
    parser.add_argument("--write", action="store_true", help="renew src/audio/data")
    parser.add_argument("--skip-judging", action="store_true", help="take the last figures")
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    corpus, taught = gather(arguments.corpus, arguments.soundfont, arguments.cache)
    rows = _rows(taught)
    kept = arguments.cache / "figures.json"
    if arguments.skip_judging:
        figures = json.loads(kept.read_text(encoding="utf-8"))
    else:
        figures = judge(rows)
        kept.write_text(json.dumps(figures), encoding="utf-8")
    if arguments.write:
        write_calibration(corpus, provenance(corpus, {}))
        write_model(rows, provenance(taught, figures))


def gather(folder: Path, soundfont: Path | None, cache: Path) -> tuple[Described, Described]:
    """The corpus, and the corpus with all that is added to teach the categories."""
    sounds = corpus_sounds(folder)
    corpus = described(sounds, variants=VARIANTS, cache=cache / "corpus.npz")
    made = [*single_cycles(cache / "made"), *kit_mixes(sounds, cache / "made")]
    parts = [corpus, described(made, variants=VARIANTS, cache=cache / "made.npz")]
    if soundfont is not None:
        played = soundfont_sounds(soundfont, cache / "soundfont")
        parts.append(described(played, variants=VARIANTS, cache=cache / "soundfont.npz"))
    return corpus, joined(parts)


def judge(rows: Rows) -> dict[str, str]:
    """Top-1 and top-3 over held-out packs, printed by pack and by category."""
    guesses = np.zeros((len(rows.labels), len(CATEGORIES)))
    for fold in sorted(set(rows.folds)):
        held = rows.folds == fold
        if not rows.judged[held].any():
            continue
        seen = ~held
        if fold == SOUNDFONT_FOLD:
            seen &= rows.sources != "soundfont"
        mean, spread, networks = _fit(rows, seen)
        standard = np.clip((rows.values[held, 0] - mean) / spread, -3.0, 3.0)
        guesses[held] = np.mean([network.probabilities(standard) for network in networks], axis=0)
    order = np.argsort(-guesses, axis=1)
    first = order[:, 0] == rows.labels
    third = (order[:, :3] == rows.labels[:, None]).any(axis=1)
    for name, groups in (("pack", rows.folds), ("category", np.array(CATEGORIES)[rows.labels])):
        print(f"{name:20} count  top-1  top-3")
        for group in sorted(set(groups)):
            some = rows.judged & (groups == group)
            if some.any():
                shown = f"{some.sum():5d}  {first[some].mean():5.2f}  {third[some].mean():5.2f}"
                print(f"{group:20} {shown}")
    precision = [_precision(guesses, rows, place) for place in range(len(CATEGORIES))]
    for name, value in zip(CATEGORIES, precision, strict=True):
        print(f"P@10 {name:12} {value:5.2f}")
    figures = {
        "p_at_10": f"{np.nanmean(precision):.3f}",
        "top1": f"{first[rows.judged].mean():.3f}",
        "top3": f"{third[rows.judged].mean():.3f}",
        "judged": str(int(rows.judged.sum())),
    }
    print("packs held out:", figures)
    return figures


def _precision(guesses: np.ndarray, rows: Rows, place: int) -> float:
    """Of the ten judged sounds that most look like a category, the share that are."""
    judged = np.flatnonzero(rows.judged)
    truth = rows.labels[judged] == place
    if not truth.any():
        return float("nan")
    best = np.argsort(-guesses[judged, place], kind="stable")[: min(10, int(truth.sum()))]
    return float(truth[best].mean())


def provenance(data: Described, figures: dict[str, str]) -> dict[str, str]:
    """Where the numbers come from: packs, licences, date and held-out figures."""
    packs = Counter(sound.pack for sound in data.sounds)
    licences = Counter(sound.licence.split(" (")[0].split(":")[-1] for sound in data.sounds)
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "sounds": str(len(data.sounds)),
        "packs": "; ".join(f"{name} {count}" for name, count in sorted(packs.items())),
        "licences": "; ".join(
            f"{name.split(', ')[-1].strip()} {count}" for name, count in licences.most_common(12)
        ),
        "holds": "statistics only, no sound",
        "held_out": json.dumps(figures),
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


def write_model(rows: Rows, about: dict[str, str]) -> None:
    """Fit on everything and renew the category model."""
    mean, spread, networks = _fit(rows, np.ones(len(rows.labels), dtype=bool))
    arrays: dict[str, np.ndarray] = {
        "mean": mean.astype(np.float32), "spread": spread.astype(np.float32)
    }  # fmt: skip
    for i, network in enumerate(networks):
        names = (f"hidden_{i}", f"hidden_offset_{i}", f"output_{i}", f"output_offset_{i}")
        for name, part in zip(names, network.parts, strict=True):
            arrays[name] = part.astype(np.float16)
    about_all = {
        "categories": CATEGORIES,
        "names": rows.names,
        "networks": len(networks),
        "provenance": about,
    }
    arrays["about"] = np.array(json.dumps(about_all))
    np.savez_compressed(DATA / "categories.npz", **arrays)


def _rows(data: Described) -> Rows:
    names = tuple(name for name in data.names if name not in IGNORED)
    kits = sorted({sound.pack for sound in data.sounds if sound.source == "lmms-kits"})
    bent = [
        [feature_row(dict(zip(data.names, variant, strict=True)), names) for variant in sound]
        for sound in data.values
    ]
    return Rows(
        values=np.array(bent, dtype=np.float64),
        labels=np.array([CATEGORIES.index(sound.category) for sound in data.sounds]),
        folds=np.array([_fold(sound, kits) for sound in data.sounds]),
        judged=np.array([sound.judged for sound in data.sounds]),
        sources=np.array([sound.source for sound in data.sounds]),
        names=names,
    )


def _fold(sound: LabelledSound, kits: list[str]) -> str:
    if sound.pack in kits:
        return f"kits {kits.index(sound.pack) % 4 + 1}"
    return SOUNDFONT_FOLD if sound.pack not in BIG_PACKS + OWN_PACKS else sound.pack


def _fit(rows: Rows, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[Network]]:
    variants = rows.values.shape[1]
    values = rows.values[chosen].reshape(-1, rows.values.shape[2])
    labels = np.repeat(rows.labels[chosen], variants)
    counts = np.bincount(labels, minlength=len(CATEGORIES))
    weights = 1.0 / np.sqrt(np.maximum(counts, 1))[labels]
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    data = TrainingSet(
        rows=np.clip((values - mean) / spread, -3.0, 3.0),
        labels=labels,
        weights=weights / weights.mean(),
        classes=len(CATEGORIES),
    )
    return mean, spread, [train(data, Recipe(), seed=seed) for seed in range(NETWORKS)]


def _written(scale: Scale) -> dict[str, list[float]]:
    return {
        "values": [float(f"{value:.6g}") for value in scale.values],
        "positions": [round(float(value), 5) for value in scale.positions],
    }


if __name__ == "__main__":
    main()
