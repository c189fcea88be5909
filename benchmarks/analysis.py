"""How right the analysis is, on a labelled folder of sounds, with names shown or hidden.

    python -m benchmarks.analysis --corpus DIR [--hide-names] [--json FILE]
        [--held-out DIR] [--wrong] [--pictures DIR]

Reads DIR/labels.csv (relpath, source, pack, category, is_loop, bpm, beats, key, key_evidence,
...; empty means unknown; columns may be missing). A missing answer counts as wrong, a missing
file is told and left out. Hidden names: every file is analysed under a neutral name in a
neutral folder; folders stay apart. The category model that ships was fitted on the development
corpus: its figures there are not held out. With --held-out every file is heard with a model
that never met its source, DIR/<source>.npz (benchmarks.fit_categories --folds DIR writes them).
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from benchmarks import report  # noqa: E402
from benchmarks.analysis_errors import mistakes, print_mistakes  # noqa: E402
from benchmarks.analysis_figures import (  # noqa: E402
    AT_MOST,
    TARGETS,
    Answer,
    reached,
    report_of,
)
from benchmarks.analysis_pictures import write_pictures  # noqa: E402
from benchmarks.labels import Label, read_labels, sources  # noqa: E402
from src.analysis import StemFacts, StemNames, analyse  # noqa: E402
from src.audio.analysis.categories import CategoryModel, model_from  # noqa: E402
from src.audio.basics.validation import PROJECT_SAMPLE_RATE  # noqa: E402
from src.core.errors import InvalidInputError, UnreadableAudioError  # noqa: E402
from src.music.evidence.kit_evidence import evidence_from  # noqa: E402
from src.music.evidence.stem_in_kit import reconcile  # noqa: E402
from src.services.ingest.kit_consensus import consensus_notes, consensus_paths, place_of  # noqa: E402
from src.storage.decode import read_audio  # noqa: E402
from src.storage.metadata import read_metadata  # noqa: E402

_TOLD_DOUBTS = 20


@dataclass(frozen=True)
class Task:
    """One file to analyse. heard_as: its path as the analysis sees it; model: of categories."""

    path: Path
    heard_as: str
    model: Path | None = None


def main() -> int:
    """The command line."""
    options = _options()
    try:
        labels = read_labels(options.corpus)
        models = fold_models(options.held_out, labels.rows) if options.held_out else {}
    except InvalidInputError as error:
        print(error, file=sys.stderr)
        return 2
    _tell(labels.doubts)
    tasks = tasks_of(labels.rows, options.corpus, hide=options.hide_names, models=models)
    started = time.perf_counter()
    answers = settled(analysed(labels.rows, tasks, workers=options.workers))
    wall_s = time.perf_counter() - started
    _tell([f"{a.label.relpath}: it could not be read" for a in answers if a.facts is None])
    figures = report_of(answers, hidden=options.hide_names, wall_s=wall_s)
    print_table(figures, hidden=options.hide_names)
    if options.wrong:
        print_mistakes(mistakes(answers))
    if options.pictures is not None:
        how = {"hidden": options.hide_names, "held_out": options.held_out is not None}
        write_pictures(answers, options.pictures, **how)
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def tasks_of(
    rows: Sequence[Label], corpus: Path, *, hide: bool, models: dict[str, Path]
) -> list[Task]:
    """What is to be analysed, in the order of the rows. models: source -> category model."""
    shown = [row.relpath for row in rows]
    names = neutral_names(shown) if hide else {path: path for path in shown}
    return [Task(corpus / row.relpath, names[row.relpath], models.get(row.source)) for row in rows]


def analysed(rows: Sequence[Label], tasks: Sequence[Task], *, workers: int) -> list[Answer]:
    """Decode and analyse every file for itself, in worker processes."""
    with ProcessPoolExecutor(max_workers=workers) as pool:
        found = pool.map(_analyse, tasks, chunksize=8)
        return [
            Answer(row, task.heard_as, facts, busy_s)
            for row, task, (facts, busy_s) in zip(rows, tasks, found, strict=True)
        ]


def settled(answers: Sequence[Answer]) -> list[Answer]:
    """Answers after the stems that lie together (by ``heard_as``) settled tempo and key."""
    there = [answer for answer in answers if answer.facts is not None]
    paths = consensus_paths([answer.heard_as for answer in there])
    contexts: dict[str, list[Answer]] = {}
    for answer in there:
        contexts.setdefault(paths[answer.heard_as], []).append(answer)
    known = {
        answer.heard_as: answer for context in contexts.values() for answer in _settled(context)
    }
    return [known.get(answer.heard_as, answer) for answer in answers]


def _settled(context: Sequence[Answer]) -> list[Answer]:
    facts = [answer.facts for answer in context if answer.facts is not None]
    evidence = [evidence_from(one.analysis["alone"]) for one in facts]
    places = [place_of(answer.heard_as) for answer in context]
    changed = []
    for answer, one, found in zip(context, facts, reconcile(evidence, places), strict=True):
        notes = consensus_notes(found)
        values = {name: note["value"] for name, note in notes.items()}
        new = replace(one, **values, bars=found.bars, analysis=one.analysis | notes)
        changed.append(replace(answer, facts=new))
    return changed


def neutral_names(paths: Iterable[str]) -> dict[str, str]:
    """Names that say nothing, in folders that lie as they did and say nothing either."""
    folders: dict[tuple[str, ...], str] = {}
    neutral = {}
    for number, path in enumerate(paths):
        parts = PurePosixPath(path).parts[:-1]
        above = [parts[: depth + 1] for depth in range(len(parts))]
        named = [folders.setdefault(folder, f"folder{len(folders):04d}") for folder in above]
        neutral[path] = "/".join([*named, f"file{number:05d}.wav"])
    return neutral


def fold_models(folder: Path, rows: Sequence[Label]) -> dict[str, Path]:
    """The category model for each source that never met it.

    Raises InvalidInputError where one is missing: nothing is called held out that is not.
    """
    models = {source: folder / f"{source}.npz" for source in sources(rows)}
    missing = [source for source, path in models.items() if not path.is_file()]
    if missing:
        raise InvalidInputError(f"{folder} must hold a model for each source: {missing[0]}.npz")
    return models


def print_table(figures: dict[str, Any], *, hidden: bool) -> None:
    """The figures, one a line: what is wanted, overall, and by source."""
    columns = {"overall": figures["overall"], **figures["by_source"]}
    print(f"names {figures['names']}")
    rows = []
    for figure in figures["overall"]:
        requested = TARGETS.get(figure, (None, None))[hidden]
        sign = "<=" if figure in AT_MOST else ">="
        met = reached(figure, figures["overall"][figure], hidden=hidden)
        reported = (
            "" if requested is None else f"{sign} {requested:g}{' missed' if met is False else ''}"
        )
        cells = [column.get(figure) for column in columns.values()]
        rows.append([figure, reported, *["" if cell is None else f"{cell:g}" for cell in cells]])
    report.print_table(["figure", "wanted", *[name[:12] for name in columns]], rows)


def _options() -> argparse.Namespace:
    parser = report.parser(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with labels.csv")
    parser.add_argument("--hide-names", action="store_true", help="analyse under neutral names")
    parser.add_argument("--held-out", type=Path, metavar="DIR", help="category models by source")
    parser.add_argument("--wrong", action="store_true", help="list what was answered wrongly")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="write SVGs into DIR")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _tell(doubts: Sequence[str]) -> None:
    for doubt in doubts[:_TOLD_DOUBTS]:
        print(f"warning: {doubt}", file=sys.stderr)
    if len(doubts) > _TOLD_DOUBTS:
        print(f"warning: and {len(doubts) - _TOLD_DOUBTS} more", file=sys.stderr)


def _analyse(task: Task) -> tuple[StemFacts | None, float]:
    """The facts of a file, None where it can't be read, and the seconds it took."""
    started = time.perf_counter()
    try:
        audio = read_audio(task.path, sample_rate=PROJECT_SAMPLE_RATE).audio
        metadata = read_metadata(task.path)
    except UnreadableAudioError:
        return None, time.perf_counter() - started
    facts = analyse(
        audio,
        StemNames(task.heard_as, metadata),
        sample_rate=PROJECT_SAMPLE_RATE,
        model=None if task.model is None else _model(task.model),
    )
    return facts, time.perf_counter() - started


@cache
def _model(path: Path) -> CategoryModel:
    return model_from(path)


if __name__ == "__main__":
    sys.exit(main())
