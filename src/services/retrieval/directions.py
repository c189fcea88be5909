"""Where a search points to in the space of sounds: texts and sounds, liked and disliked."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from src.db.index.library_index import LibraryIndex
from src.embeddings.protocol import Embedder, Graded, Vectors

Scores = NDArray[np.float64]

PROMPT, LIKED, DISLIKED = 1.0, 1.0, 0.5
"""What prompt, liked and disliked things count: the idea is Rocchio's (1971), the values ours."""

SAMPLE = 2_048
"""So many stems tell what is usual in a library."""

_REACH = 3.0
_LEAST_REACH = 0.02


@dataclass(frozen=True)
class QueryVector:
    """One thing that the hits shall resemble, or not where ``weight`` is negative.

    vector: unit length, shape (dimension,)
    best: highest cosine that a sound could have with it; None where nobody knows, as with
        texts of a learned model, whose cosines are small
    is_sound: sounds resemble each other by chance, so nought is what is least alike
    """

    vector: Vectors
    weight: float
    best: float | None
    is_sound: bool = False


class Usual:
    """What cosines are usual in a library, by a sample that does not depend on its history."""

    def __init__(self) -> None:
        self._seq = -1
        self._sample: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def cosines(self, index: LibraryIndex, vector: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the cosines with a vector; (0, 0) without stems."""
        if self._seq != index.seq or self._sample.shape[1] != vector.shape[0]:
            ids = [index.ids[slot] for slot in np.flatnonzero(index.column("alive")).tolist()]
            self._sample = index.vectors_of(index.slots_of(heapq.nsmallest(SAMPLE, ids)))
            self._seq = index.seq
        if self._sample.shape[0] == 0:
            return 0.0, 0.0
        cosines = self._sample.astype(np.float64) @ vector
        return float(cosines.mean()), float(cosines.std())


class Pointing(Protocol):
    """Tells which sounds are meant."""

    def nearest(
        self, index: LibraryIndex, mask: NDArray[np.bool_], count: int
    ) -> NDArray[np.intp]: ...

    def part(self, index: LibraryIndex, slots: NDArray[np.intp]) -> Scores: ...

    def cosines(self, index: LibraryIndex, slots: NDArray[np.intp]) -> Scores: ...


@dataclass(frozen=True)
class Example:
    """A sound that somebody brings. digest: names it, so that cursors belong to it

    heard: gives its vectors by an embedder, shape (sounds, dimension), that count like
        liked stems; or
    pointing: what counts instead of all else that points to sounds
    """

    digest: str
    analysed: Callable[[Embedder], Vectors] | None = None
    pointing: Pointing | None = None


@dataclass(frozen=True)
class Direction:
    """Sums up all requests as one product: part = (vectors @ pointer - offset) / reach.

    pointer: shape (dimension,); toward: the unit vector whose cosine is reported to the user
    """

    pointer: Vectors
    offset: float
    reach: float
    toward: Vectors

    def nearest(self, index: LibraryIndex, mask: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
        """Find the best candidates among the allowed slots, in no order."""
        return index.nearest(self.pointer, mask, count)

    def part(self, index: LibraryIndex, slots: NDArray[np.intp]) -> Scores:
        """Rate how well sounds fit, 0..1, shape (slots,)."""
        products = index.similarity(self.pointer, slots).astype(np.float64)
        return np.clip((products - self.offset) / self.reach, 0.0, 1.0)

    def cosines(self, index: LibraryIndex, slots: NDArray[np.intp]) -> Scores:
        """Compute the cosines that are reported, shape (slots,)."""
        return index.similarity(self.toward, slots).astype(np.float64)


def text_vectors(
    embedder: Embedder, texts: Sequence[str], weights: Sequence[float]
) -> list[QueryVector]:
    """Convert texts to directions; those without a known word are left out."""
    if not texts:
        return []
    vectors = embedder.embed_text(texts)
    best: Sequence[float | None] = [None] * len(texts)
    if isinstance(embedder, Graded):
        best = [max(float(value), 1e-6) for value in embedder.best_similarity(texts)]
    return [
        QueryVector(vector, weight, top)
        for vector, weight, top in zip(vectors, weights, best, strict=True)
        if vector.any()
    ]


def sound_vectors(vectors: NDArray[np.float32], weight: float) -> list[QueryVector]:
    """Return liked or disliked sounds, which share one weight. vectors: shape (sounds,
    dimension).
    """
    analysed = [vector for vector in vectors if vector.any()]
    return [QueryVector(vector, weight / len(analysed), 1.0, is_sound=True) for vector in analysed]


def direction_of(
    query_vectors: Sequence[QueryVector], index: LibraryIndex, usual: Usual
) -> Direction | None:
    """Combine all directions in one; None where nothing is asked of the sound.

    Each request counts from the least (for texts with a known best: from nought) to the best
    that is to be expected. Without a liked request the least disliked counts most.
    """
    if not query_vectors:
        return None
    pointer = np.zeros_like(query_vectors[0].vector, dtype=np.float64)
    offset = 0.0
    for query_vector in query_vectors:
        low, high = _range_of(query_vector, index, usual)
        share = query_vector.weight / max(high - low, _LEAST_REACH)
        pointer += share * query_vector.vector
        offset += share * low
    liked = sum(query_vector.weight for query_vector in query_vectors if query_vector.weight > 0.0)
    disliked = -sum(
        query_vector.weight for query_vector in query_vectors if query_vector.weight < 0.0
    )
    if liked == 0.0:
        offset, liked = offset - disliked, disliked
    length = float(np.linalg.norm(pointer))
    toward = pointer / length if length > 0.0 else pointer
    return Direction(pointer.astype(np.float32), offset, liked, toward.astype(np.float32))


def _range_of(query_vector: QueryVector, index: LibraryIndex, usual: Usual) -> tuple[float, float]:
    if query_vector.best is not None and not query_vector.is_sound:
        return 0.0, query_vector.best
    mean, spread = usual.cosines(index, query_vector.vector)
    reach = max(_REACH * spread, _LEAST_REACH)
    low = mean - reach
    return (
        (min(low, 0.9), query_vector.best) if query_vector.best is not None else (low, mean + reach)
    )
