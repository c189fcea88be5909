"""How right the analysis is, on a labelled corpus, with names shown or hidden.

    python -m benchmarks.analysis --corpus DIR [--hide-names] [--json FILE] [--wrong]

Reads DIR/labels.csv (relpath, source, pack, category, is_loop, bpm, beats, key, key_evidence,
...; empty means unknown). A missing answer counts as wrong. Hidden names: every file is
analysed under a neutral name in a neutral folder; folders stay apart. The category model
that ships was fitted on the development corpus: its figures there are not held out.
"""

import argparse
import csv
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from src.audio.validation import HOUSE_RATE  # noqa: E402
from src.core.errors import UnreadableAudioError  # noqa: E402
from src.music.keys import is_minor, parse_key, pitch_class, relative_key  # noqa: E402
from src.music.library import DRUM_CATEGORIES, TONAL_CATEGORIES  # noqa: E402
from src.services.stem_analysis import StemFacts, analyse_stem  # noqa: E402
from src.storage.decode import read_audio  # noqa: E402
from src.storage.metadata import read_metadata  # noqa: E402

OUR_NAMES = {"drumloop": "drums"}
ANY_TONAL = ("chord", "melody-loop")
BINS = 10

Row = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What the analysis said of one labelled file; facts None where it could not be read."""

    row: Row
    facts: StemFacts | None

    @property
    def is_loop(self) -> bool:
        return self.row["is_loop"] == "1"

    def value(self, field: str) -> Any:
        return None if self.facts is None else getattr(self.facts, field)

    def confidence(self, field: str) -> float:
        return 0.0 if self.facts is None else float(self.facts.analysis[field]["confidence"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--hide-names", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list what was answered wrongly")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with (options.corpus / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    started = time.perf_counter()
    answers = analysed(rows, options.corpus, hide=options.hide_names, workers=options.workers)
    stems_per_s = len(rows) / (time.perf_counter() - started)
    report = {
        "names": "hidden" if options.hide_names else "shown",
        "overall": figures(answers) | {"stems_per_s": round(stems_per_s, 1)},
        "by_source": {
            source: figures([a for a in answers if a.row["source"] == source])
            for source in sorted({row["source"] for row in rows})
        },
    }
    print_table(report)
    if options.wrong:
        print_wrong(answers)
    if options.json is not None:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def analysed(rows: Sequence[Row], corpus: Path, *, hide: bool, workers: int) -> list[Answer]:
    """Decode and analyse every file, in worker processes."""
    names = neutral_names([row["relpath"] for row in rows]) if hide else {}
    tasks = [(corpus / row["relpath"], names.get(row["relpath"], row["relpath"])) for row in rows]
    with ProcessPoolExecutor(max_workers=workers) as pool:
        facts = pool.map(_analyse, tasks, chunksize=16)
        return [Answer(row, fact) for row, fact in zip(rows, facts, strict=True)]


def neutral_names(paths: Iterable[str]) -> dict[str, str]:
    """Names that say nothing, with one folder for each folder."""
    folders: dict[str, str] = {}
    neutral = {}
    for number, path in enumerate(paths):
        folder = folders.setdefault(str(Path(path).parent), f"folder{len(folders):04d}")
        neutral[path] = f"{folder}/file{number:05d}.wav"
    return neutral


def _analyse(task: tuple[Path, str]) -> StemFacts | None:
    path, name = task
    try:
        audio = read_audio(path, sample_rate=HOUSE_RATE).audio
        metadata = read_metadata(path)
    except UnreadableAudioError:
        return None
    return analyse_stem(audio, sample_rate=HOUSE_RATE, relative_path=name, metadata=metadata)


def figures(answers: Sequence[Answer]) -> dict[str, float | int | None]:
    """All figures of a set of answers, as fractions of 1; None where nothing is labelled."""
    tempo = [a for a in answers if a.is_loop and a.row["bpm"]]
    keyed = [a for a in answers if a.row["key"]]
    key = [a for a in keyed if a.is_loop and a.row["key_evidence"] != "root-note"]
    notes = [a for a in keyed if not a.is_loop and a.row["key_evidence"] == "root-note"]
    drums = [a for a in answers if our_category(a) in DRUM_CATEGORIES]
    named = [a for a in answers if a.row["category"] not in ("", "other")]
    shots = [a for a in answers if a.row["is_loop"] == "0"]
    known = [a for a in answers if a.row["is_loop"] in ("0", "1")]
    return {
        "tempo_n": len(tempo),
        "tempo_exact": share(tempo, tempo_exact),
        "tempo_exact_octave": share(tempo, lambda a: tempo_exact(a, octaves=True)),
        "tempo_acc1": share(tempo, tempo_close),
        "tempo_acc2": share(tempo, lambda a: tempo_close(a, octaves=True)),
        "one_shots_with_tempo": share(shots, lambda a: a.value("bpm") is not None),
        "key_n": len(key),
        "key_exact": share(key, lambda a: mirex(a) == 1.0),
        "key_mirex": share(key, mirex),
        "root_note": share(notes, root_right),
        "drums_with_key": share(drums, lambda a: a.value("key") is not None),
        "loop_or_one_shot": share(known, lambda a: a.value("is_loop") is a.is_loop),
        "category_n": len(named),
        "category_top1": share(named, lambda a: category_right(a, 1)),
        "category_top3": share(named, lambda a: category_right(a, 3)),
        "tempo_ece": calibration_error(tempo, "bpm", tempo_exact),
        "key_ece": calibration_error(key, "key", lambda a: mirex(a) == 1.0),
    }


def share(answers: Sequence[Answer], score: Callable[[Answer], float]) -> float | None:
    """Mean score."""
    if not answers:
        return None
    return round(sum(float(score(answer)) for answer in answers) / len(answers), 4)


def tempo_exact(answer: Answer, octaves: bool = False) -> bool:
    """Within 0.5 BPM of the truth (of half or double it, with ``octaves``)."""
    bpm, truth = answer.value("bpm"), float(answer.row["bpm"])
    ratios = (1.0, 0.5, 2.0) if octaves else (1.0,)
    return bpm is not None and any(abs(bpm - truth * ratio) <= 0.5 for ratio in ratios)


def tempo_close(answer: Answer, octaves: bool = False) -> bool:
    """Within 4 % of the truth (of half or double it, with ``octaves``)."""
    bpm, truth = answer.value("bpm"), float(answer.row["bpm"])
    ratios = (1.0, 0.5, 2.0) if octaves else (1.0,)
    return bpm is not None and any(abs(bpm / (truth * ratio) - 1.0) <= 0.04 for ratio in ratios)


def mirex(answer: Answer) -> float:
    """MIREX's score of a key: 1 exact, 0.5 a fifth above, 0.3 relative, 0.2 parallel."""
    key = answer.value("key")
    if key is None:
        return 0.0
    truth = parse_key(answer.row["key"])
    above = (pitch_class(key) - pitch_class(truth)) % 12
    if is_minor(key) == is_minor(truth):
        return {0: 1.0, 7: 0.5}.get(above, 0.0)
    return 0.3 if relative_key(key) == truth else 0.2 if above == 0 else 0.0


def root_right(answer: Answer) -> bool:
    """Whether the root note's pitch class is right."""
    key = answer.value("key")
    return key is not None and pitch_class(key) == pitch_class(parse_key(answer.row["key"]))


def our_category(answer: Answer) -> str:
    """The label in the house's words."""
    return OUR_NAMES.get(answer.row["category"], answer.row["category"])


def category_right(answer: Answer, best: int) -> bool:
    """Whether the label is among the best so many; chords and melodies are any tonal one."""
    if answer.facts is None:
        return False
    likeliest = list(answer.facts.analysis["category"]["likeliest"])
    named = [answer.facts.category, *(c for c in likeliest if c != answer.facts.category)][:best]
    wanted = our_category(answer)
    right = TONAL_CATEGORIES if wanted in ANY_TONAL else (wanted,)
    return any(category in right for category in named)


def calibration_error(
    answers: Sequence[Answer], field: str, right: Callable[[Answer], bool]
) -> float | None:
    """Expected calibration error over ten bins of confidence; unanswered files are left out."""
    given = [a for a in answers if a.value(field) is not None]
    if not given:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for answer in given:
        confidence = answer.confidence(field)
        place = min(BINS - 1, int(confidence * BINS))
        bins.setdefault(place, []).append((confidence, right(answer)))
    error = sum(abs(sum(confidence - hit for confidence, hit in held)) for held in bins.values())
    return round(error / len(given), 4)


def print_table(report: dict[str, Any]) -> None:
    """The figures, one a line, overall and by source."""
    columns = {"overall": report["overall"], **report["by_source"]}
    print(f"names {report['names']}")
    print(f"{'':22}" + "".join(f"{name[:11]:>12}" for name in columns))
    for figure in report["overall"]:
        cells = [column.get(figure) for column in columns.values()]
        print(f"{figure:22}" + "".join(f"{'' if c is None else f'{c:g}':>12}" for c in cells))


def print_wrong(answers: Sequence[Answer]) -> None:
    """Each wrong answer with its truth and confidence."""
    for a in answers:
        row, wrong = a.row, []
        if a.is_loop and row["bpm"] and not tempo_exact(a):
            wrong.append(f"bpm {row['bpm']} heard {a.value('bpm')} ({a.confidence('bpm'):.2f})")
        if row["key"] and a.is_loop and row["key_evidence"] != "root-note" and mirex(a) < 1.0:
            wrong.append(f"key {row['key']} heard {a.value('key')} ({a.confidence('key'):.2f})")
        if row["key"] and not a.is_loop and not root_right(a):
            wrong.append(f"root {row['key']} heard {a.value('key')} ({a.confidence('key'):.2f})")
        if a.value("is_loop") is not a.is_loop:
            wrong.append(f"loop {a.is_loop} ({a.confidence('is_loop'):.2f})")
        if not a.is_loop and a.value("bpm") is not None:
            wrong.append("one-shot with tempo")
        if our_category(a) in DRUM_CATEGORIES and a.value("key") is not None:
            wrong.append(f"drum with key {a.value('key')}")
        if row["category"] not in ("", "other") and not category_right(a, 1):
            wrong.append(f"category {our_category(a)} heard {a.value('category')}")
        if wrong:
            print(f"{row['relpath']}: {'; '.join(wrong)}")


if __name__ == "__main__":
    main()
