"""Vectors by slot, searched exactly: by bits, then by codes, the best few in float32."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numkong
import numpy as np
from numpy.typing import NDArray

from src.db.index.vector_codes import (
    CodedQuery,
    CodedVectors,
    Floats,
    bit_error,
    bit_products,
    code_error,
    code_products,
    encode,
    encode_query,
    no_codes,
)

Slots = NDArray[np.intp]
Mask = NDArray[np.bool_]

CODED_FROM = 96
"""Vectors of fewer axes are compared as they are: their codes would tell too little."""

FEW = 1_024
"""So many vectors are compared exactly at once: faster than looking through codes first."""

BIT_MARGIN, CODE_MARGIN = 2.6, 4.0
"""How many standard deviations below the last one wanted an estimate may lie, and its vector
still be looked at more closely. One in 200 vectors lies further down by its bits."""

MOST_EXACT = 8_192
"""At most so many vectors are worked out exactly for one question."""

_SCANNED = 32_768
_COMPARED = 512
_GATHER_BELOW = 0.25
_FIRST_ROOM = 1_024


@dataclass(frozen=True)
class Segment:
    """Slots from ``start`` on. Its arrays never move, so that readers need no copy.

    vectors: float32, shape (room, dimension); coded: of the same rows
    """

    start: int
    vectors: Floats
    coded: CodedVectors

    @property
    def room(self) -> int:
        """How many slots it holds."""
        return len(self.vectors)


@dataclass(frozen=True)
class _CodedQuery:
    """A vector as it is compared. coded: None where vectors are compared as they are

    bit_margin, code_margin: how far an estimate may lie below the last one wanted
    """

    vector: Floats
    coded: CodedQuery | None
    bit_margin: float
    code_margin: float


class _Best:
    """The best estimates so far. least: of the last one wanted, as far as is known"""

    def __init__(self, wanted: int, margin: float) -> None:
        self.wanted = wanted
        self.margin = margin
        self.least = -np.inf
        self.slots: Slots = np.zeros(0, dtype=np.intp)
        self.estimates: Floats = np.zeros(0, dtype=np.float32)

    def take(self, slots: Slots, estimates: Floats) -> None:
        """Keep what may be among the wanted ones."""
        near = np.flatnonzero(estimates > self.least - self.margin)
        if not len(near):
            return
        self.slots = np.concatenate([self.slots, slots[near]])
        self.estimates = np.concatenate([self.estimates, estimates[near]])
        if len(self.slots) > self.wanted:
            last = len(self.slots) - self.wanted
            self.least = float(np.partition(self.estimates, last)[last])
            self._keep(self.least - self.margin)
        cut = len(self.slots) - max(MOST_EXACT, self.wanted)
        if cut > 0:
            self._keep(float(np.partition(self.estimates, cut)[cut]))

    def _keep(self, floor: float) -> None:
        which = self.estimates >= floor
        self.slots, self.estimates = self.slots[which], self.estimates[which]


class VectorStore:
    """Vectors by slot, growing in place: what is there is never copied to make room.

    Writing while others search is safe for slots that they don't look at; a search that
    meets a slot in the very moment it is written may see a mixture of old and new.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._segments: tuple[Segment, ...] = ()
        self._starts: tuple[int, ...] = ()

    @property
    def room(self) -> int:
        """How many slots there is room for."""
        return sum(segment.room for segment in self._segments)

    @property
    def coded(self) -> bool:
        """Whether bits and codes are looked through first."""
        return self.dimension >= CODED_FROM

    @property
    def bytes_held(self) -> tuple[int, int]:
        """Bytes of bits and codes, and of float32 vectors (mapped, where a file holds them)."""
        coded = sum(segment.coded.nbytes for segment in self._segments)
        return coded, sum(segment.vectors.nbytes for segment in self._segments)

    def adopt(self, vectors: Floats, coded: CodedVectors) -> None:
        """Take rows that are there already, such as mapped ones, as the next slots."""
        self._append(Segment(self.room, vectors, coded))

    def write(self, slots: Slots, vectors: Floats) -> None:
        """Put vectors into slots, making room where it lacks. Zeros mean none.

        vectors: float32, shape (slots, dimension)
        """
        if not len(slots):
            return
        self._make_room(int(slots.max()) + 1)
        fresh = encode(vectors) if self.coded else no_codes(len(vectors), 0)
        for segment, inside, rows in self._placed(slots):
            segment.vectors[inside] = vectors[rows]
            segment.coded[inside] = fresh[rows]

    def vectors_of(self, slots: Slots) -> Floats:
        """Return vectors of some slots, float32, shape (slots, dimension)."""
        found = np.empty((len(slots), self.dimension), dtype=np.float32)
        for segment, inside, rows in self._placed(slots):
            found[rows] = segment.vectors[inside]
        return found

    def similarity(self, vector: Floats, slots: Slots) -> Floats:
        """Return exact products of a vector with those of some slots, float32, shape (slots,)."""
        found = np.empty(len(slots), dtype=np.float32)
        for start in range(0, len(slots), _COMPARED):
            part = slots[start : start + _COMPARED]
            found[start : start + _COMPARED] = _exact(self.vectors_of(part), vector)
        return found

    def nearest(self, vector: Floats, allowed: Mask, count: int) -> Slots:
        """Find up to ``count`` of the allowed slots whose vectors are nearest, best first.

        vector: float32, shape (dimension,); allowed: shape (slots,), at most as many as
        there is room for. Equal ones come in the order of their slots.
        """
        among = int(np.count_nonzero(allowed))
        if count < 1 or among == 0:
            return np.zeros(0, dtype=np.intp)
        if among <= max(FEW, count):
            slots = np.flatnonzero(allowed)
        else:
            slots = self._promising(vector, allowed, among, count)
        exact = self.similarity(vector, slots)
        return slots[np.lexsort((slots, -exact))[:count]]

    def rows(self, size: int) -> Iterator[tuple[Floats, CodedVectors]]:
        """Yield the first slots, segment by segment, to be written to a file."""
        for segment in self._segments:
            part = slice(0, max(0, size - segment.start))
            yield segment.vectors[part], segment.coded[part]

    def _promising(self, vector: Floats, allowed: Mask, among: int, count: int) -> Slots:
        """Return slots whose estimates are good enough for their vectors to be worked out
        exactly.
        """
        requested = self._requested(vector)
        best = _Best(count, requested.code_margin)
        collect = among < _GATHER_BELOW * len(allowed)
        for segment in self._segments:
            for start in range(0, segment.room, _SCANNED):
                first = segment.start + start
                mask = allowed[first : min(first + _SCANNED, segment.start + segment.room)]
                if len(mask) and (not collect or mask.any()):
                    rows = _rows_of(mask, start, collect=collect)
                    _scan(segment, rows, None if collect else mask, requested, best)
        return np.sort(best.slots)

    def _requested(self, vector: Floats) -> _CodedQuery:
        if not self.coded:
            return _CodedQuery(vector, None, 0.0, 1e-6)
        length = float(np.linalg.norm(vector))
        return _CodedQuery(
            vector=vector,
            coded=encode_query(vector),
            bit_margin=BIT_MARGIN * bit_error(self.dimension) * length,
            code_margin=CODE_MARGIN * code_error(self.dimension) * length + 1e-6,
        )

    def _make_room(self, slots: int) -> None:
        while self.room < slots:
            room = max(_FIRST_ROOM, self.room, slots - self.room)
            vectors = np.zeros((room, self.dimension), dtype=np.float32)
            self._append(
                Segment(self.room, vectors, no_codes(room, self.dimension if self.coded else 0))
            )

    def _append(self, segment: Segment) -> None:
        # the starts come last: who sees a start also sees its segment
        self._segments = (*self._segments, segment)
        self._starts = (*self._starts, segment.start)

    def _placed(self, slots: Slots) -> Iterator[tuple[Segment, Slots, Slots]]:
        """Yield for each segment that holds some: itself, places inside, rows of ``slots``."""
        if not len(slots):
            return
        starts = self._starts
        first = bisect_right(starts, int(slots.min())) - 1
        last = bisect_right(starts, int(slots.max()))
        for segment in self._segments[first:last]:
            inside = (slots >= segment.start) & (slots < segment.start + segment.room)
            rows = np.flatnonzero(inside)
            if len(rows):
                yield segment, slots[rows] - segment.start, rows


def _rows_of(mask: Mask, start: int, *, collect: bool) -> Slots | slice:
    return np.flatnonzero(mask) + start if collect else slice(start, start + len(mask))


def _scan(
    segment: Segment, rows: Slots | slice, mask: Mask | None, requested: _CodedQuery, best: _Best
) -> None:
    """Look at rows of a segment: at their bits, then at the codes of the promising ones.

    mask: which of the rows are allowed; None: all
    """
    if requested.coded is None:
        vectors = _exact(segment.vectors[rows], requested.vector)
        near = np.arange(len(vectors)) if mask is None else np.flatnonzero(mask)
        locations = rows[near] if isinstance(rows, np.ndarray) else near + rows.start
        best.take(segment.start + locations, vectors[near])
        return
    coded = segment.coded
    by_bits = bit_products(requested.coded, coded.bits[rows], coded.scales[:2, rows])
    close = by_bits >= best.least - requested.bit_margin
    near = np.flatnonzero(close if mask is None else close & mask)
    if len(near):
        locations = rows[near] if isinstance(rows, np.ndarray) else near + rows.start
        scales = coded.scales[2:, locations]
        best.take(
            segment.start + locations,
            code_products(requested.coded, coded.codes[locations], scales),
        )


def _exact(vectors: Floats, vector: Floats) -> Floats:
    """Return products summed in float64: the same bits on one thread or more, unlike a BLAS's."""
    raw = np.empty((1, len(vectors)), dtype=np.float32)
    if len(vectors):
        numkong.cdist(vector[np.newaxis], vectors, metric="dot", out=raw)
    found: Floats = raw[0]
    return found
