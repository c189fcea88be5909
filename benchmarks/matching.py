"""What goes with this: a stem of a kit is hidden and sought again among all others.

    python -m benchmarks.matching --corpus DIR [--no-mixes] [--json FILE] [--workers N]
    python -m benchmarks.matching --library HOME [--json FILE]

Each stem of each kit is hidden once; the rest of its kit plays, and all stems that don't play
are ranked by how well they go with it (music.compatibility). Told are the median of the
normalised rank (0 is first, 50 % is chance) and how often the hidden stem is first (R@1), among
stems of its category and among all. Equal scores share their mean rank; first is only who is
alone first.

--corpus reads DIR/labels.csv (relpath, pack, is_loop, category). A kit is a pack of at least four
files, most of them loops, of at least three categories. "with kinship" hears files under their
names and knows who lies in which folder, which makes it trivial. All other lines hear each
file alone under a neutral name: no names, no folders, no kit. Lengths and tempos tell much, since
kits rarely share a tempo: "and without tempo and length" shows what tones, rhythm and colour
know by themselves (the groove is still read at the tempo that was heard).
--no-mixes leaves out what holds its kit's other stems (full mixes, labelled "other", and full drum
loops, "drumloop"): a mix that plays gives away the groove and tones of whatever is in it.
--library takes an analysed library as it is.

The weights are set by hand, not fitted to any kits.
"""

import argparse
import csv
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from sqlalchemy import select  # noqa: E402

from src.analysis import StemFacts, StemNames, analyse  # noqa: E402
from src.audio.basics.validation import PROJECT_SAMPLE_RATE  # noqa: E402
from src.core.config import Settings  # noqa: E402
from src.core.errors import UnreadableAudioError  # noqa: E402
from src.db.database import Database  # noqa: E402
from src.db.models import Stem  # noqa: E402
from src.db.rows.cards import card as card_of_row  # noqa: E402
from src.music.casting.compatibility import BY_CHANCE, WEIGHTS, compatibility, overall_score  # noqa: E402
from src.music.theory.groove import groove_at  # noqa: E402
from src.music.theory.library import StemCard  # noqa: E402
from src.storage.decode import read_audio  # noqa: E402

LEAST_FILES, LEAST_CATEGORIES = 4, 3
MIXES = ("drumloop", "other")
TIME = frozenset({"tempo", "stretch", "length"})
TARGETS = "targets: median normalised rank <= 5 %, R@1 >= 30 %, within the category"
_cards: list[StemCard] = []


@dataclass(frozen=True)
class Found:
    """Where a hidden stem came back: by variant, (rank from 0, others in the pool)."""

    kit: str
    category: str
    in_category: dict[str, tuple[float, int]]
    in_all: dict[str, tuple[float, int]]


def variants(*, kinship: bool) -> dict[str, frozenset[str]]:
    """What is judged: name -> criteria that do not count."""
    if kinship:
        return {"with kinship": frozenset()}
    alone = {f"only {name}": frozenset(WEIGHTS) - {name} for name in BY_CHANCE if name not in TIME}
    return {
        "without kinship": frozenset({"kit"}),
        "and without tempo and length": TIME | {"kit"},
        "only tempo and length": frozenset(WEIGHTS) - TIME,
        **alone,
    }


def main() -> int:
    """The command line."""
    options = _options()
    started = time.perf_counter()
    if options.library is not None:
        cards = library_cards(options.library)
        runs = [(cards, kits_of(cards), kinship) for kinship in (True, False)]
    else:
        runs = corpus_runs(options.corpus, options.workers, mixes=not options.no_mixes)
    report: dict[str, Any] = {}
    for cards, kits, kinship in runs:
        report |= judged(cards, kits, kinship=kinship, workers=options.workers)
    report["seconds"] = round(time.perf_counter() - started, 1)
    print_table(report)
    if options.json is not None:
        options.json.write_text(json.dumps(report, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--corpus", type=Path, metavar="DIR")
    where.add_argument("--library", type=Path, metavar="HOME")
    parser.add_argument("--no-mixes", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


Kits = dict[str, list[int]]
"""Name of each kit and the places of its stems among the cards."""


def corpus_runs(
    corpus: Path, workers: int, *, mixes: bool
) -> list[tuple[list[StemCard], Kits, bool]]:
    """The corpus heard twice: under its names, and each file alone under a neutral name."""
    with (corpus / "labels.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    if not mixes:
        kits = _labelled_kits(rows)
        rows = [row for row in rows if row["pack"] not in kits or row["category"] not in MIXES]
    runs = []
    for kinship in (True, False):
        names = [row["relpath"] if kinship else f"{n:05d}.wav" for n, row in enumerate(rows)]
        paths = [corpus / row["relpath"] for row in rows]
        with ProcessPoolExecutor(workers) as pool:
            heard = list(pool.map(_heard, paths, names, chunksize=8))
        kept = [(row, card) for row, card in zip(rows, heard, strict=True) if card is not None]
        kits = _labelled_kits([row for row, _ in kept])
        runs.append(([card for _, card in kept], kits, kinship))
    return runs


def _heard(path: Path, name: str) -> StemCard | None:
    """A file as the library would know it; None, and a word, where it can't be read."""
    try:
        sound = read_audio(path, sample_rate=PROJECT_SAMPLE_RATE).audio
    except UnreadableAudioError as error:
        print(f"{path}: {error.message}", file=sys.stderr)
        return None
    facts = analyse(sound, StemNames(name), sample_rate=PROJECT_SAMPLE_RATE)
    return _card(facts, path, sound.shape[1] / PROJECT_SAMPLE_RATE)


def _card(facts: StemFacts, path: Path, duration_s: float) -> StemCard:
    noted, groove = facts.analysis["matching"], ()
    if facts.bpm and "groove" in noted:
        groove = groove_at(noted["groove"], bpm=noted["groove_bpm"], target_bpm=facts.bpm)
    notes = {name: note for name, note in facts.analysis.items() if "confidence" in note}
    return StemCard(
        id=str(path), path=str(path), name=path.stem, category=facts.category,
        is_loop=facts.is_loop, duration_s=duration_s, channels=2, kit_id=str(path.parents[1]),
        bars=facts.bars, bpm=facts.bpm, key=facts.key, downbeat_s=facts.downbeat_s,
        features=facts.features, loudness_lufs=facts.loudness_lufs, groove=groove,
        confidence={name: note["confidence"] for name, note in notes.items()},
        chroma=tuple(noted["chroma"]),
    )  # fmt: skip


def _labelled_kits(rows: Sequence[dict[str, str]]) -> Kits:
    packs: Kits = defaultdict(list)
    for place, row in enumerate(rows):
        packs[row["pack"]].append(place)

    def is_kit(places: list[int]) -> bool:
        loops = sum(rows[place]["is_loop"] in ("1", "true", "yes") for place in places)
        kinds = {rows[place]["category"] for place in places}
        return loops > len(places) / 2 and len(kinds) >= LEAST_CATEGORIES

    return {k: v for k, v in packs.items() if len(v) >= LEAST_FILES and is_kit(v)}


def library_cards(home: Path) -> list[StemCard]:
    """All stems of an analysed library."""
    settings = Settings(TRAUM_HOME=home)  # type: ignore[call-arg]
    database = Database(settings.sql_url)
    with database.transaction() as session:
        cards = [card_of_row(stem) for stem in session.scalars(select(Stem).order_by(Stem.id))]
    database.close()
    return cards


def kits_of(cards: Sequence[StemCard]) -> Kits:
    """The library's kits that have enough loops of enough kinds."""
    kits: Kits = defaultdict(list)
    for place, card in enumerate(cards):
        if card.kit_id is not None and card.is_loop:
            kits[card.kit or card.kit_id].append(place)
    return {
        name: places
        for name, places in kits.items()
        if len(places) >= LEAST_FILES
        and len({cards[place].category for place in places}) >= LEAST_CATEGORIES
    }


def judged(cards: list[StemCard], kits: Kits, *, kinship: bool, workers: int) -> dict[str, Any]:
    """Hide every stem of every kit once; figures by variant."""
    tasks = [(name, places, place, kinship) for name, places in kits.items() for place in places]
    with ProcessPoolExecutor(workers, initializer=_take, initargs=(cards,)) as pool:
        found = list(pool.map(_sought, tasks, chunksize=2))
    return {
        variant: {
            "kits": len(kits),
            "hidden": len(found),
            "in_category": _figures(found, lambda one, v=variant: one.in_category[v]),
            "in_all": _figures(found, lambda one, v=variant: one.in_all[v]),
            "first_by_kit": _by_kit(found, variant),
        }
        for variant in variants(kinship=kinship)
    }


def _take(cards: list[StemCard]) -> None:
    _cards[:] = cards


def _sought(task: tuple[str, list[int], int, bool]) -> Found:
    """Rank all that does not play against the rest of the kit."""
    kit, places, hidden, kinship = task
    playing = [_cards[place] for place in places if place != hidden]
    beside = set(places) - {hidden}
    pool = [place for place in range(len(_cards)) if place not in beside]
    reasons = {p: compatibility(_cards[p], playing, kinship=kinship).reasons for p in pool}
    kind = _cards[hidden].category
    in_category, in_all = {}, {}
    for name, ignoring in variants(kinship=kinship).items():
        scores = {p: overall_score(why, ignoring=ignoring) for p, why in reasons.items()}
        same = {p: score for p, score in scores.items() if _cards[p].category == kind}
        in_category[name] = _rank(same, hidden)
        in_all[name] = _rank(scores, hidden)
    return Found(kit, kind, in_category, in_all)


def _rank(scores: dict[int, float], hidden: int) -> tuple[float, int]:
    """Rank from 0, the mean one among equals, and how many others there are."""
    own = round(scores[hidden], 9)
    others = [round(score, 9) for place, score in scores.items() if place != hidden]
    better, equal = sum(score > own for score in others), sum(score == own for score in others)
    return better + equal / 2, len(others)


def _figures(found: Sequence[Found], of: Callable[[Found], tuple[float, int]]) -> dict[str, float]:
    ranks = [of(one) for one in found if of(one)[1] > 0]
    normalised = [rank / others for rank, others in ranks]
    return {
        "pool": round(median(others + 1 for _, others in ranks), 1),
        "median_rank": round(median(normalised), 4),
        "mean_rank": round(mean(normalised), 4),
        "first": round(mean(rank < 0.5 for rank, _ in ranks), 4),
        "by_chance": round(mean(1 / (others + 1) for _, others in ranks), 4),
    }


def _by_kit(found: Sequence[Found], variant: str) -> dict[str, float]:
    kits: dict[str, list[bool]] = defaultdict(list)
    for one in found:
        kits[one.kit].append(one.in_category[variant][0] < 0.5)
    return {kit: round(mean(first), 3) for kit, first in kits.items()}


def print_table(report: dict[str, Any]) -> None:
    """One line per variant."""
    rows = {name: figures for name, figures in report.items() if isinstance(figures, dict)}
    some = next(iter(rows.values()))
    print(f"{some['hidden']} stems of {some['kits']} kits hidden, each once")
    print(f"{'':<30}{'category pool':^30}{'all stems':^30}")
    print(f"{'':<30}" + f"{'pool':>6}{'median':>8}{'mean':>8}{'R@1':>8}" * 2)
    for name, figures in rows.items():
        line = f"{name:<30}"
        for where in ("in_category", "in_all"):
            f = figures[where]
            line += f"{f['pool']:>6.0f}{f['median_rank']:>8.1%}{f['mean_rank']:>8.1%}"
            line += f"{f['first']:>8.1%}"
        print(line)
    print(f"first by chance: {some['in_category']['by_chance']:.1%} in the category")
    print(TARGETS)


if __name__ == "__main__":
    sys.exit(main())
