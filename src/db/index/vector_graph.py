"""A graph over very large libraries: searches that need not look at every vector.

USearch's HNSW (Malkov and Yashunin, 2018). It finds most of the nearest, not all: how many is
measured on the library's own vectors when it is built, with a wider search until enough are
found. Where that can't be reached, or where a filter leaves out too many, nothing is asked of
it and the exact search answers.
"""

import logging
import threading

import numpy as np
from numpy.typing import NDArray
from usearch.index import Index

from src.db.index.vector_codes import Floats
from src.db.index.vector_store import Mask, Slots, VectorStore

log = logging.getLogger(__name__)

WANTED_RECALL = 0.98
"""Share of the ten nearest that the graph must find to be used."""

LEAST_SHARE = 0.5
"""A filter that lets fewer through is left to the exact search, which is fast then."""

_WIDTHS = (128, 256, 512, 1024)
_PROBES, _PROBED = 64, 10
_ADDED_AT_ONCE = 8_192


class VectorGraph:
    """A graph over the slots of a store, built beside the searches.

    recall: measured share of the nearest that it finds; NaN until it is built
    ready: whether it may be asked
    """

    def __init__(self, store: VectorStore) -> None:
        self._store = store
        self._index = Index(ndim=store.dimension, metric="ip", dtype="f16")
        self._lock = threading.Lock()
        self._building: threading.Thread | None = None
        self.recall = float("nan")
        self.ready = False

    def build(self, slots: Slots) -> None:
        """Take up slots, then measure; in a thread of its own."""
        self._building = threading.Thread(
            target=self._build, args=(slots,), name="vector-graph", daemon=True
        )
        self._building.start()

    def wait(self) -> None:
        """Wait until it is built."""
        if self._building is not None:
            self._building.join()

    def put(self, slots: Slots) -> None:
        """Take up slots that were written, again where they were there. Zeros stay out."""
        with self._lock:
            for start in range(0, len(slots), _ADDED_AT_ONCE):
                self._put(slots[start : start + _ADDED_AT_ONCE])

    def nearest(self, vector: Floats, allowed: Mask, count: int) -> Slots | None:
        """Find up to ``count`` near slots, best first; None where the exact search must answer."""
        share = np.count_nonzero(allowed) / max(len(allowed), 1)
        if not self.ready or share < LEAST_SHARE:
            return None
        requested = min(len(self._index), int(1.5 * count / share) + 16)
        found = _keys(self._index, vector, requested)
        found = found[found < len(allowed)]
        found = found[allowed[found]]
        if len(found) < count:
            return None
        exact = self._store.similarity(vector, found)
        nearest: Slots = found[np.lexsort((found, -exact))[:count]]
        return nearest

    def _build(self, slots: Slots) -> None:
        for start in range(0, len(slots), _ADDED_AT_ONCE):
            some = slots[start : start + _ADDED_AT_ONCE]
            with self._lock:  # what was put meanwhile is newer and stays
                self._put(some[~np.asarray(self._index.contains(some.astype(np.uint64)))])
        probes = self._store.vectors_of(slots[:: max(1, len(slots) // _PROBES)])
        everything = np.zeros(int(slots.max()) + 1 if len(slots) else 0, dtype=bool)
        everything[slots] = True
        right = [set(self._store.nearest(one, everything, _PROBED).tolist()) for one in probes]
        for width in _WIDTHS:
            self._index.expansion_search = width  # type: ignore[misc]
            found = [_keys(self._index, one, _PROBED).tolist() for one in probes]
            hits = sum(len(best & set(some)) for best, some in zip(right, found, strict=True))
            self.recall = hits / max(1, sum(map(len, right)))
            if self.recall >= WANTED_RECALL:
                self.ready = True
                break
        log.info(
            "a graph of %d vectors finds %.1f %% of the nearest: %s",
            len(slots), 100 * self.recall, "used" if self.ready else "too few, not used",
        )  # fmt: skip

    def _put(self, slots: Slots) -> None:
        vectors = self._store.vectors_of(slots)
        keys = slots.astype(np.uint64)
        known = keys[np.asarray(self._index.contains(keys), dtype=bool)]
        if len(known):
            self._index.remove(known)
        there = np.einsum("ij,ij->i", vectors, vectors) > 0.0
        if there.any():
            self._index.add(keys[there], vectors[there])


def _keys(index: Index, vector: Floats, count: int) -> Slots:
    found: NDArray[np.uint64] = np.asarray(index.search(vector, count).keys)
    return found.astype(np.intp)
