"""Vector indexes beside each other: ours, NumPy float32, FAISS flat, USearch HNSW."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from src.db.index.vector_store import VectorStore

ADDED_AT_ONCE = 65_536


class Rival(Protocol):
    """An index that a benchmark fills and asks. filters: whether it can leave stems out"""

    name: str
    filters: bool

    def add(self, first: int, vectors: np.ndarray) -> None:
        """Append vectors as slots from ``first`` on."""
        ...

    def nearest(self, vector: np.ndarray, allowed: np.ndarray | None, count: int) -> np.ndarray:
        """The nearest slots among the allowed; None: all are."""
        ...

    def told_bytes(self) -> str:
        """How much memory it takes."""
        ...


class Ours:
    """Bits, then codes, then float32: what the search uses."""

    name, filters = "ours", True

    def __init__(self, dimension: int) -> None:
        self.store = VectorStore(dimension)
        self.size = 0

    def add(self, first: int, vectors: np.ndarray) -> None:
        self.store.write(np.arange(first, first + len(vectors)), vectors)
        self.size = first + len(vectors)

    def nearest(self, vector: np.ndarray, allowed: np.ndarray | None, count: int) -> np.ndarray:
        mask = np.ones(self.size, dtype=bool) if allowed is None else allowed
        return self.store.nearest(vector, mask, count)

    def told_bytes(self) -> str:
        codes, vectors = self.store.bytes_held
        return f"{codes / 1e6:.0f} MB and {vectors / 1e6:.0f} MB in a mapped file after a start"


class Matrix:
    """One product of the whole matrix, as small libraries do it."""

    name, filters = "NumPy float32", True

    def __init__(self, dimension: int) -> None:
        self.vectors = np.zeros((0, dimension), dtype=np.float32)

    def add(self, first: int, vectors: np.ndarray) -> None:
        if first == 0 and vectors.base is None:
            self.vectors = vectors  # the benchmark's own: no second copy of gigabytes
        elif first + len(vectors) > len(self.vectors):
            self.vectors = np.concatenate([self.vectors[:first], vectors])

    def nearest(self, vector: np.ndarray, allowed: np.ndarray | None, count: int) -> np.ndarray:
        products = self.vectors @ vector
        if allowed is not None:
            products[~allowed] = -np.inf
        return np.argpartition(-products, count)[:count]

    def told_bytes(self) -> str:
        return f"{self.vectors.nbytes / 1e6:.0f} MB"


class Faiss:
    """FAISS's exact index, filtered by a bitmap."""

    name, filters = "FAISS flat", True

    def __init__(self, dimension: int) -> None:
        import faiss

        self.faiss: Any = faiss
        self.index: Any = faiss.IndexFlatIP(dimension)

    def add(self, first: int, vectors: np.ndarray) -> None:  # noqa: ARG002
        self.index.add(vectors)

    def nearest(self, vector: np.ndarray, allowed: np.ndarray | None, count: int) -> np.ndarray:
        chosen = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = self.faiss.IDSelectorBitmap(allowed.size, self.faiss.swig_ptr(bits))
            chosen = self.faiss.SearchParameters(sel=selector)
        _, slots = self.index.search(vector[np.newaxis], count, params=chosen)
        return np.asarray(slots[0])

    def told_bytes(self) -> str:
        return f"{self.index.ntotal * self.index.d * 4 / 1e6:.0f} MB"


class Graph:
    """USearch's HNSW over float16; it can't leave stems out while it searches."""

    name, filters = "USearch HNSW f16", False

    def __init__(self, dimension: int, *, expansion: int = 128) -> None:
        from usearch.index import Index

        self.index: Any = Index(
            ndim=dimension, metric="ip", dtype="f16", expansion_search=expansion
        )
        self.name = f"USearch HNSW f16, expansion {expansion}"

    def add(self, first: int, vectors: np.ndarray) -> None:
        self.index.add(np.arange(first, first + len(vectors)), vectors)

    def nearest(
        self,
        vector: np.ndarray,
        allowed: np.ndarray | None,  # noqa: ARG002
        count: int,
    ) -> np.ndarray:
        return np.asarray(self.index.search(vector, count).keys)

    def told_bytes(self) -> str:
        return f"{self.index.memory_usage / 1e6:.0f} MB"


@dataclass(frozen=True)
class Entry:
    """A rival to build, or why it is left out."""

    name: str
    build: Callable[[int], Rival]
    left_out: str = ""


def entries(*, graph: bool) -> list[Entry]:
    """All rivals, ours first."""
    no_faiss = "" if importlib.util.find_spec("faiss") else "not installed: requirements/bench.txt"
    no_graph = "" if graph else "left out by --no-graph"
    return [
        Entry("ours", Ours),
        Entry("NumPy float32", Matrix),
        Entry("FAISS flat", Faiss, no_faiss),
        Entry("USearch HNSW", Graph, no_graph),
    ]
