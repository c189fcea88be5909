"""Fit how sure estimates of tempo and key are, and show it on packs left out.

    python -m benchmarks.fit_confidence --real DIR --composed DIR [--composed DIR ...]
        [--judge DIR] [--json FILE]

Each DIR holds sounds and a labels.csv (benchmarks.kit_sounds writes those of composed kits); all
are analysed under neutral names, real ones for the keys of kits under their own as well. Every
loop counts twice, in its kit and as if it lay alone; packs weigh by the root of their size, real
ones three times. Prints for tempo, keys of single loops and keys in kits the reliability on packs
that the weights never met (bins of confidence, share of right answers, expected calibration error
of Guo et al. 2017), before and after, the same for the folder of --judge, of which nothing is
fitted, and the constants to be pasted into src/music/evidence/confidence.py.
"""

import argparse
import csv
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.analysis import analysed, tasks_of  # noqa: E402
from benchmarks.analysis_figures import BINS, EXACT_BPM, Answer  # noqa: E402
from benchmarks.labels import Label, read_labels  # noqa: E402
from src.music.evidence.confidence import ContextCues, Cues  # noqa: E402
from src.music.evidence.kit_evidence import evidence_from, stated  # noqa: E402
from src.music.evidence.stem_in_kit import (  # noqa: E402
    StemInKit,
    cues_in_context,
    fuse_in_context,
)
from src.services.ingest.kit_consensus import consensus_paths, place_of  # noqa: E402

RIDGE = 0.004
FOLDS = 8
REAL = 3.0
"""How much a pack of real sounds counts beside a composed one."""


@dataclass(frozen=True)
class Judged:
    """An estimate. cues: what it rests on; raw: its confidence as fused; weight: of its pack"""

    cues: Cues
    raw: float
    right: bool
    pack: str
    weight: float
    source: str


@dataclass
class Judgements:
    """Estimates by kind. keys: that stand alone; kit_keys: beside others of their kit"""

    tempos: list[Judged] = field(default_factory=list)
    keys: list[Judged] = field(default_factory=list)
    kit_keys: list[Judged] = field(default_factory=list)

    def add(self, others: "Judgements") -> None:
        """Take in those of another folder."""
        self.tempos += others.tempos
        self.keys += others.keys
        self.kit_keys += others.kit_keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, action="append", default=[])
    parser.add_argument("--composed", type=Path, action="append", default=[])
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    taught = Judgements()
    for folder, weight in [(f, REAL) for f in options.real] + [(f, 1.0) for f in options.composed]:
        taught.add(judged(folder, weight=weight))
    for folder in options.real:
        taught.kit_keys += judged(folder, weight=REAL, hide=False).kit_keys
    new = Judgements() if options.judge is None else judged(options.judge, weight=1.0)
    report.save(print_fits(taught, new), options.json)


def print_fits(taught: Judgements, new: Judgements) -> dict[str, dict[str, float]]:
    """Print reliability and weights of each kind of estimate; errors by kind and source."""
    told = {}
    for name, answers, others in (
        ("TEMPO", taught.tempos, new.tempos),
        ("KEY", taught.keys, new.keys),
        ("KIT_KEY", taught.kit_keys, new.kit_keys),
    ):
        told[name.lower()] = print_reliability(f"{name}, left out", answers, held_out(answers))
        weights = fitted(answers)
        if others:
            after = _chances(_table(others), weights).clip(0.01, 0.99)
            told[f"{name.lower()} judged"] = print_reliability(f"{name}, judged", others, after)
        body = ", ".join(
            f'"{cue}": {weight:.3g}' for cue, weight in zip(answers[0].cues, weights, strict=True)
        )
        print(f"{name}_WEIGHTS: Cues = {{{body}}}\n")
    return told


def judged(folder: Path, *, weight: float, hide: bool = True) -> Judgements:
    """All tempos and keys of loops that were estimated by sound or kit and are labelled."""
    labels = read_labels(folder)
    tasks = tasks_of(labels.rows, folder, hide=hide, models={})
    answers = analysed(labels.rows, tasks, workers=os.cpu_count() or 1)
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        packs = {row["relpath"]: f"{folder.name}/{row['pack']}" for row in csv.DictReader(file)}
    return judged_answers([one for one in answers if one.facts is not None], packs, weight=weight)


def judged_answers(
    answers: Sequence[Answer], packs: Mapping[str, str], *, weight: float
) -> Judgements:
    """Judge tempos and keys, once with all stems of a kit together and once each alone.

    packs: by the path of a file; weight: of its packs
    """
    paths = consensus_paths([one.heard_as for one in answers])
    contexts: dict[str, list[Answer]] = {}
    for one in answers:
        contexts.setdefault(paths[one.heard_as], []).append(one)
    found = Judgements()
    for group in [*contexts.values(), *([one] for one in answers)]:
        stems = [evidence_from(one.facts.analysis["alone"]) for one in group if one.facts]
        positions = [place_of(one.heard_as) for one in group]
        fused = fuse_in_context(stems, positions)
        cues = cues_in_context(stems, positions, fused)
        for one, estimates, both in zip(group, fused, cues, strict=True):
            if one.label.is_loop:
                _judge(one.label, estimates, both, (packs[one.label.relpath], weight), found)
    return found


def _judge(
    label: Label,
    found: StemInKit,
    cues: ContextCues,
    pack: tuple[str, float],
    into: Judgements,
) -> None:
    tempo, key = found.bpm, found.key
    if label.bpm is not None and tempo is not None and not stated(tempo) and cues.tempo is not None:
        right = abs(tempo.value - label.bpm) <= EXACT_BPM
        into.tempos.append(Judged(cues.tempo, tempo.confidence, right, *pack, label.source))
    if not label.key or label.is_note or key is None or stated(key):
        return
    for of_key, judged_keys in ((cues.key, into.keys), (cues.kit_key, into.kit_keys)):
        if of_key is not None:
            right = key.value == label.key
            judged_keys.append(Judged(of_key, key.confidence, right, *pack, label.source))


def fitted(answers: Sequence[Judged]) -> np.ndarray:
    """Weights of a logistic regression, drawn towards "as it was"; packs by the root of their size.

    Newton's method.
    """
    names = list(answers[0].cues)
    cues = _table(answers)
    right = np.array([one.right for one in answers], float)
    sizes = Counter(one.pack for one in answers)
    shares = np.array([one.weight * sizes[one.pack] ** -0.5 for one in answers])
    shares /= shares.sum()
    usual = np.array([float(name == "raw") for name in names])
    weights = usual.copy()
    for _ in range(60):
        chances = _chances(cues, weights)
        slope = cues.T @ (shares * (chances - right)) + RIDGE * (weights - usual)
        bend = (cues.T * (shares * chances * (1.0 - chances))) @ cues + RIDGE * np.eye(usual.size)
        weights -= np.linalg.solve(bend, slope).clip(-1.0, 1.0)
    return weights


def _table(answers: Sequence[Judged]) -> np.ndarray:
    return np.array([list(one.cues.values()) for one in answers])


def _chances(cues: np.ndarray, weights: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1.0 / (1.0 + np.exp(-(cues @ weights).clip(-30.0, 30.0)))
    return chances


def held_out(answers: Sequence[Judged]) -> np.ndarray:
    """The confidence of each by weights that never met its pack."""
    packs = sorted({one.pack for one in answers})
    folds = dict(zip(packs, np.random.default_rng(0).permutation(len(packs)) % FOLDS, strict=True))
    fold = np.array([folds[one.pack] for one in answers])
    found = np.zeros(len(answers))
    for number in range(FOLDS):
        out = np.flatnonzero(fold == number)
        weights = fitted([one for one, place in zip(answers, fold, strict=True) if place != number])
        found[out] = _chances(_table([answers[n] for n in out]), weights).clip(0.01, 0.99)
    return found


def print_reliability(name: str, answers: Sequence[Judged], after: np.ndarray) -> dict[str, float]:
    """Bins before and after, and the errors, in all and by source."""
    before = np.array([one.raw for one in answers])
    right = np.array([one.right for one in answers], float)
    print(f"{name}: {len(answers)} estimates of {len({one.pack for one in answers})} packs")
    rows = [
        (f"{place / BINS:.1f}-{(place + 1) / BINS:.1f}", *_bin(before, right, place),
         *_bin(after, right, place))
        for place in range(BINS)
    ]  # fmt: skip
    header = ("confidence", "count before", "mean", "right", "count after", "mean", "right")
    report.print_table(header, rows)
    by_source: list[tuple[str, Callable[[Judged], bool]]] = [("all", lambda _: True)]
    by_source += [
        (source, lambda one, source=source: one.source == source)
        for source in sorted({one.source for one in answers})
    ]
    told = {}
    lines = []
    for source, chosen in by_source:
        ours = np.array([chosen(one) for one in answers])
        errors = [calibration_error(values[ours], right[ours]) for values in (before, after)]
        told |= {f"{source} before": errors[0], f"{source} after": errors[1]}
        lines.append((source, int(ours.sum()), f"{right[ours].mean():.3f}", *errors))
    report.print_table(("source", "estimates", "right", "error before", "error after"), lines)
    return told


def _bin(confidence: np.ndarray, right: np.ndarray, place: int) -> tuple[int, str, str]:
    inside = np.minimum(BINS - 1, (confidence * BINS).astype(int)) == place
    if not inside.any():
        return 0, "", ""
    return int(inside.sum()), f"{confidence[inside].mean():.2f}", f"{right[inside].mean():.2f}"


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of confidence and share of right answers, over ten bins."""
    places = np.minimum(BINS - 1, (confidence * BINS).astype(int))
    gaps = [abs(float((confidence - right)[places == place].sum())) for place in range(BINS)]
    return round(sum(gaps) / right.size, 4)


if __name__ == "__main__":
    main()
