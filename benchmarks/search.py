"""How long a search takes: the vector part beside others, and a whole search.

    python -m benchmarks.search [--size 100000] [--dim 512] [--queries 200] [--data both]
                                [--no-graph] [--json FILE]
    python -m benchmarks.search --whole 10000

Vectors are made: "random" ones, all equally far from each other, are the worst case of every
index; "clustered" ones lie around a centre for each 200 with a spectrum that falls like that
of real embeddings. Filters let a random tenth, a hundredth, or one category of 20 in a third
of all tempos pass. p50, p95 and p99 are wall time of one search for ten, "cpu" is mean CPU
time; recall is against the float32 product. Target: p95 of a filtered search at most 10 ms
for 100,000 and 25 ms for 1,000,000 vectors of 512 on two cores, recall at least 0.99, an
append visible within 100 ms. With --whole, so many stems are written into a fresh SQLite
database and found again with prompts and filters.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.search_rivals import ADDED_AT_ONCE, Rival, entries
from src.db.database import Database
from src.db.index.library_index import IndexedStem
from src.db.models import Embedding, Stem
from src.embeddings.acoustic import AcousticEmbedder
from src.music.theory.keys import KEYS
from src.music.theory.library import CATEGORIES
from src.services.search import SearchQuery, SearchService

PROMPTS = (
    "dark industrial kick", "warm wide pad", "тёмный бас", "helle Hi-Hat", "driving loop 138 bpm",
)  # fmt: skip
WORDS = ("dark", "bright", "kick", "loop", "acid", "warm", "deep", "vinyl", "room", "hit")
COUNT = 10
CHECKED = 50
"""Searches whose recall is measured."""

Row = dict[str, object]


def main() -> None:
    """Read arguments, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--data", choices=("random", "clustered", "both"), default="both")
    parser.add_argument("--no-graph", action="store_true", help="without HNSW: minutes to build")
    parser.add_argument("--whole", type=int, default=0, metavar="STEMS")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows: list[Row] = []
    if arguments.whole:
        rows += measure_whole(arguments.whole, arguments.queries)
    else:
        kinds = ("random", "clustered") if arguments.data == "both" else (arguments.data,)
        for kind in kinds:
            rows += measure_vectors(kind, arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure_vectors(kind: str, arguments: argparse.Namespace) -> list[Row]:
    """Every rival over the same vectors."""
    rng = np.random.default_rng(0)
    made = MADE[kind](arguments.size + arguments.queries, arguments.dim, rng)
    vectors, requested = made[: arguments.size].copy(), made[arguments.size :].copy()
    del made
    filters = _filters(arguments.size, rng)
    right = {
        reported: [_best(vectors, one, allowed) for one in requested[:CHECKED]]
        for reported, allowed in filters.items()
    }
    print(f"\n{arguments.size} {kind} vectors of {arguments.dim}")
    print(f"{'index':34}{'filter':>16}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'cpu ms':>8}{'recall':>8}")
    rows: list[Row] = []
    for entry in entries(graph=not arguments.no_graph):
        if entry.left_out:
            print(f"{entry.name:34} skipped: {entry.left_out}")
            continue
        rival = entry.build(arguments.dim)
        built = _built(rival, vectors)
        for reported, allowed in filters.items():
            if reported == "none" or rival.filters:
                row = _searched(
                    rival, requested, None if reported == "none" else allowed, right[reported]
                )
                rows.append({"data": kind, "size": arguments.size, "filter": reported} | row)
                _print_row(rows[-1])
        append_ms = _append_ms(rival, requested, arguments.size)
        rows.append({"data": kind, "index": rival.name, "append_ms": append_ms} | built)
        print(
            f"  built in {built['build_s']:.1f} s ({built['build_cpu_s']:.1f} s CPU),"
            f" {rival.told_bytes()}, one more is found after {append_ms:.2f} ms"
        )
        del rival
    return rows


def random_vectors(count: int, dimension: int, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors of every direction."""
    return _unit(rng.standard_normal((count, dimension), dtype=np.float32))


def clustered_vectors(count: int, dimension: int, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors around a centre for each 200, the variance of axis n falling as 1/n."""
    spectrum = (1.0 / np.sqrt(np.arange(1, dimension + 1))).astype(np.float32)
    shape = (max(8, count // 200), dimension)
    centres = rng.standard_normal(shape, dtype=np.float32) * spectrum
    found = rng.standard_normal((count, dimension), dtype=np.float32)
    for start in range(0, count, ADDED_AT_ONCE):
        part = found[start : start + ADDED_AT_ONCE]
        part *= 0.5 * spectrum
        part += centres[rng.integers(len(centres), size=len(part))]
    return _unit(found)


MADE = {"random": random_vectors, "clustered": clustered_vectors}


def _unit(vectors: np.ndarray) -> np.ndarray:
    for start in range(0, len(vectors), ADDED_AT_ONCE):
        part = vectors[start : start + ADDED_AT_ONCE]
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def _filters(size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    category, bpm = rng.integers(20, size=size), rng.uniform(80, 180, size)
    return {
        "none": np.ones(size, dtype=bool),
        "a half": rng.random(size) < 0.5,
        "a tenth": rng.random(size) < 0.1,
        "category, bpm": (category == 3) & (bpm >= 110) & (bpm <= 143),
        "a hundredth": rng.random(size) < 0.01,
    }


def _best(vectors: np.ndarray, requested: np.ndarray, allowed: np.ndarray) -> set[int]:
    products = vectors @ requested
    products[~allowed] = -np.inf
    return set(np.argpartition(-products, COUNT)[:COUNT].tolist())


def _built(rival: Rival, vectors: np.ndarray) -> dict[str, float]:
    started, cpu = time.perf_counter(), time.process_time()
    if rival.name == "NumPy float32":
        rival.add(0, vectors)
    else:
        for start in range(0, len(vectors), ADDED_AT_ONCE):
            rival.add(start, vectors[start : start + ADDED_AT_ONCE])
    return {
        "build_s": round(time.perf_counter() - started, 3),
        "build_cpu_s": round(time.process_time() - cpu, 3),
    }


def _searched(
    rival: Rival, requested: np.ndarray, allowed: np.ndarray | None, right: list[set[int]]
) -> Row:
    cpu = time.process_time()
    timed = _timed(len(requested), lambda n: rival.nearest(requested[n], allowed, COUNT))
    cpu_ms = (time.process_time() - cpu) * 1000.0 / (len(requested) + min(5, len(requested)))
    found = [
        len(best & set(rival.nearest(one, allowed, COUNT).tolist()))
        for best, one in zip(right, requested, strict=False)
    ]
    recall = sum(found) / (COUNT * len(found))
    return {"index": rival.name, **timed, "cpu_ms": round(cpu_ms, 3), "recall": round(recall, 4)}


def _append_ms(rival: Rival, requested: np.ndarray, size: int) -> float:
    """Until a vector that was appended is found, at worst of 20."""
    slowest = 0.0
    for number, vector in enumerate(requested[:20]):
        started = time.perf_counter()
        rival.add(size + number, vector[np.newaxis].copy())
        if size + number not in rival.nearest(vector, None, COUNT).tolist():
            return float("nan")
        slowest = max(slowest, time.perf_counter() - started)
    return round(slowest * 1000.0, 3)


def _print_row(row: Row) -> None:
    print(
        f"{row['index']:34}{row['filter']:>16}{row['p50_ms']:8.2f}{row['p95_ms']:8.2f}"
        f"{row['p99_ms']:8.2f}{row['cpu_ms']:8.2f}{row['recall']:8.4f}",
        flush=True,
    )


def measure_whole(size: int, queries: int) -> list[Row]:
    """Whole searches through the service: sync, vectors, words, filters, cards, reasons."""
    rng = np.random.default_rng(1)
    embedder = AcousticEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'stems.db'}")
        database.upgrade()
        for start in range(0, size, 1000):
            with database.transaction() as session:
                made = _made_stems(min(1000, size - start), embedder.dimension, rng)
                session.add_all(_row(stem, start + i, embedder) for i, stem in enumerate(made))
        service = SearchService(database, embedder)
        started = time.perf_counter()
        service.search(SearchQuery())
        print(f"first search reads {size} stems: {time.perf_counter() - started:.2f} s")
        plain = {"what": "whole search", "stems": size} | _timed(
            queries,
            lambda i: service.search(SearchQuery(PROMPTS[i % len(PROMPTS)])),
        )  # fmt: skip
        filtered = {"what": "whole search, filtered", "stems": size} | _timed(
            queries,
            lambda i: service.search(
                SearchQuery(PROMPTS[i % len(PROMPTS)], category="kick", bpm_min=100, bpm_max=140)
            ),
        )  # fmt: skip
        database.close()
    print(f"{'what':34}{'stems':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for row in (plain, filtered):
        print(
            f"{row['what']:34}{row['stems']:9}{row['p50_ms']:9.2f}{row['p95_ms']:9.2f}"
            f"{row['p99_ms']:9.2f}"
        )
    return [plain, filtered]


def _timed(queries: int, call: Callable[[int], object]) -> Row:
    for number in range(min(5, queries)):
        call(number)
    spent = []
    for number in range(queries):
        started = time.perf_counter()
        call(number)
        spent.append((time.perf_counter() - started) * 1000.0)
    p50, p95, p99 = np.percentile(spent, [50, 95, 99])
    return {
        "queries": queries,
        "p50_ms": round(float(p50), 3), "p95_ms": round(float(p95), 3),
        "p99_ms": round(float(p99), 3),
    }  # fmt: skip


def _made_stems(count: int, dimension: int, rng: np.random.Generator) -> Iterator[IndexedStem]:
    for number in range(count):
        vector = rng.standard_normal(dimension).astype(np.float32)
        vector /= np.linalg.norm(vector)
        yield IndexedStem(
            id=f"{number:08d}",
            name=" ".join(rng.choice(WORDS, 2)),
            category=CATEGORIES[int(rng.integers(len(CATEGORIES)))],
            is_loop=bool(rng.integers(2)),
            bpm=float(rng.integers(80, 180)),
            key=KEYS[int(rng.integers(len(KEYS)))],
            duration_s=float(rng.uniform(0.1, 16)),
            tags={"dark": 0.9},
            kit_id=None,
            kit=None,
            vector=vector.tobytes(),
        )


def _row(stem: IndexedStem, number: int, embedder: AcousticEmbedder) -> Stem:
    stem_id = f"{number:08d}"
    made = Stem(
        id=stem_id, path=f"stems/{stem_id}.wav", original_file=f"{stem_id}.wav", name=stem.name,
        content_hash=stem_id, duration_s=stem.duration_s, channels=2,
        original_sample_rate=48_000, is_loop=stem.is_loop, bpm=stem.bpm, key=stem.key,
        category=stem.category, tags=stem.tags, features={}, analysis={}, analysis_version="made",
    )  # fmt: skip
    vector = stem.vector if stem.vector is not None else b""
    made.embeddings = [Embedding(model_id=embedder.model_id, vector=vector)]
    return made


if __name__ == "__main__":
    main()
