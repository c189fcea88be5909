"""Fit how sure estimates of tempo and key are, and show it on packs left out.

    python -m benchmarks.fit_confidence --corpus DIR [--corpus DIR ...] [--shown DIR ...]
        [--json FILE]

Each DIR holds sounds and a labels.csv; those of --corpus are analysed with hidden names, those of
--shown with names too. Prints, for tempo and key, the reliability of packs that the weights never
met (bins of confidence, share of right answers, expected calibration error of Guo et al. 2017),
before and after, and the constants to be pasted into src/music/evidence/confidence.py.
"""

import argparse
import csv
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.analysis import analysed, tasks_of  # noqa: E402
from benchmarks.analysis_figures import BINS, EXACT_BPM, Answer  # noqa: E402
from benchmarks.labels import Label, read_labels  # noqa: E402
from src.music.evidence.confidence import Cues  # noqa: E402
from src.music.evidence.kit_evidence import evidence_from  # noqa: E402
from src.music.evidence.stem_in_kit import (  # noqa: E402
    StemInKit,
    cues_in_context,
    fuse_in_context,
)
from src.services.ingest.kit_consensus import consensus_paths, place_of  # noqa: E402

RIDGE = 0.004
FOLDS = 8


@dataclass(frozen=True)
class Judged:
    """An estimate. cues: what it rests on; raw: its confidence as fused; pack: "source/pack" """

    cues: Cues
    raw: float
    right: bool
    pack: str
    source: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, action="append", default=[])
    parser.add_argument("--shown", type=Path, action="append", default=[])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    tempos: list[Judged] = []
    keys: list[Judged] = []
    for folder, hide in [(f, True) for f in options.corpus] + [(f, False) for f in options.shown]:
        of_tempo, of_key = judged(folder, hide=hide)
        tempos += of_tempo
        keys += of_key
    told = {}
    for name, answers in (("TEMPO", tempos), ("KEY", keys)):
        after = held_out(answers)
        told[name.lower()] = _print_reliability(name.lower(), answers, after)
        weights = fitted(answers)
        names = list(answers[0].cues)
        body = ", ".join(
            f'"{cue}": {weight:.3g}' for cue, weight in zip(names, weights, strict=True)
        )
        print(f"{name}_WEIGHTS: Cues = {{{body}}}\n")
    report.save(told, options.json)


def judged(folder: Path, *, hide: bool) -> tuple[list[Judged], list[Judged]]:
    """All tempos and keys of loops that were estimated and are labelled."""
    labels = read_labels(folder)
    tasks = tasks_of(labels.rows, folder, hide=hide, models={})
    answers = [
        one
        for one in analysed(labels.rows, tasks, workers=os.cpu_count() or 1)
        if one.facts is not None
    ]
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        packs = {row["relpath"]: f"{folder.name}/{row['pack']}" for row in csv.DictReader(file)}
    return judged_answers(answers, packs)


def judged_answers(
    answers: Sequence[Answer], packs: Mapping[str, str]
) -> tuple[list[Judged], list[Judged]]:
    """Judge tempos and keys, the stems of each kit together. packs: by the path of a file"""
    paths = consensus_paths([one.heard_as for one in answers])
    companies: dict[str, list[int]] = {}
    for number, one in enumerate(answers):
        companies.setdefault(paths[one.heard_as], []).append(number)
    tempos: list[Judged] = []
    keys: list[Judged] = []
    for numbers in companies.values():
        stems = [evidence_from(answers[n].facts.analysis["alone"]) for n in numbers]  # type: ignore[union-attr]
        places = [place_of(answers[n].heard_as) for n in numbers]
        found = fuse_in_context(stems, places)
        for n, one, cues in zip(numbers, found, cues_in_context(stems, places, found), strict=True):
            label = answers[n].label
            if label.is_loop:
                _judge(label, one, cues, packs[label.relpath], (tempos, keys))
    return tempos, keys


def _judge(
    label: Label,
    found: StemInKit,
    cues: tuple[Cues | None, Cues | None],
    pack: str,
    into: tuple[list[Judged], list[Judged]],
) -> None:
    of_tempo, of_key = cues
    if label.bpm is not None and found.bpm is not None and of_tempo is not None:
        right = abs(found.bpm.value - label.bpm) <= EXACT_BPM
        into[0].append(Judged(of_tempo, found.bpm.confidence, right, pack, label.source))
    if label.key and not label.is_note and found.key is not None and of_key is not None:
        right = found.key.value == label.key
        into[1].append(Judged(of_key, found.key.confidence, right, pack, label.source))


def fitted(answers: Sequence[Judged]) -> np.ndarray:
    """Weights of a logistic regression, drawn towards "as it was"; packs by the root of their size.

    Newton's method.
    """
    names = list(answers[0].cues)
    cues = np.array([list(one.cues.values()) for one in answers])
    right = np.array([one.right for one in answers], float)
    sizes = Counter(one.pack for one in answers)
    shares = np.array([sizes[one.pack] ** -0.5 for one in answers])
    shares /= shares.sum()
    usual = np.array([float(name == "raw") for name in names])
    weights = usual.copy()
    for _ in range(60):
        chances = _chances(cues, weights)
        slope = cues.T @ (shares * (chances - right)) + RIDGE * (weights - usual)
        bend = (cues.T * (shares * chances * (1.0 - chances))) @ cues + RIDGE * np.eye(usual.size)
        weights -= np.linalg.solve(bend, slope).clip(-1.0, 1.0)
    return weights


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
        cues = np.array([list(answers[n].cues.values()) for n in out])
        found[out] = _chances(cues, weights).clip(0.01, 0.99)
    return found


def _print_reliability(name: str, answers: Sequence[Judged], after: np.ndarray) -> dict[str, float]:
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
