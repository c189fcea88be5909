"""How long a search takes: the vector part, and a whole search with a real database.

    python -m benchmarks.search [--size 100000] [--dim 512] [--queries 200] [--json FILE]
    python -m benchmarks.search --whole 10000

The vector part is what the search service does with vectors: one product of the matrix of
all stems with the prompt's vector, and the best five of it. Target: p95 below 30 ms for
100,000 vectors of 512 on two cores. With --whole, so many stems are written into a fresh
SQLite database and found again with prompts and filters.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from src.db.database import Database
from src.db.library_index import IndexedStem, LibraryIndex
from src.db.models import Embedding, Stem
from src.embeddings.acoustic import AcousticEmbedder
from src.music.keys import KEYS
from src.music.library import CATEGORIES
from src.services.search import SearchQuery, SearchService

PROMPTS = (
    "dark industrial kick", "warm wide pad", "тёмный бас", "helle Hi-Hat", "driving loop 138 bpm",
)  # fmt: skip
WORDS = ("dark", "bright", "kick", "loop", "acid", "warm", "deep", "vinyl", "room", "hit")


def main() -> None:
    """Read arguments, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--whole", type=int, default=0, metavar="STEMS")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = [measure_vectors(arguments.size, arguments.dim, arguments.queries)]
    if arguments.whole:
        rows += measure_whole(arguments.whole, arguments.queries)
    print(f"{'what':34}{'stems':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for row in rows:
        print(
            f"{row['what']:34}{row['stems']:9}{row['p50_ms']:9.2f}{row['p95_ms']:9.2f}"
            f"{row['p99_ms']:9.2f}"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure_vectors(size: int, dimension: int, queries: int) -> dict[str, object]:
    """Product and best five over random unit vectors in the service's own index."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'unused.db'}")
        index = LibraryIndex(database, "random", dimension, str.split)
        index.add(_made_stems(size, dimension, rng))
        database.close()
    allowed = index.column("alive")
    asked = rng.standard_normal((queries, dimension)).astype(np.float32)

    def one(number: int) -> None:
        index.nearest(asked[number], allowed, 5)

    return _timed(f"vector part, {dimension} dimensions", size, queries, one)


def measure_whole(size: int, queries: int) -> list[dict[str, object]]:
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
        plain = _timed(
            "whole search", size, queries,
            lambda i: service.search(SearchQuery(PROMPTS[i % len(PROMPTS)])),
        )  # fmt: skip
        filtered = _timed(
            "whole search, filtered", size, queries,
            lambda i: service.search(
                SearchQuery(PROMPTS[i % len(PROMPTS)], category="kick", bpm_min=100, bpm_max=140)
            ),
        )  # fmt: skip
        database.close()
    return [plain, filtered]


def _timed(what: str, size: int, queries: int, call: Callable[[int], object]) -> dict[str, object]:
    for number in range(min(5, queries)):
        call(number)
    spent = []
    for number in range(queries):
        started = time.perf_counter()
        call(number)
        spent.append((time.perf_counter() - started) * 1000.0)
    p50, p95, p99 = np.percentile(spent, [50, 95, 99])
    return {
        "what": what, "stems": size, "queries": queries,
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
