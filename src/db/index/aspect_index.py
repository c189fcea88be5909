"""Vectors of one aspect of all stems, in memory, kept in step with the database."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from src.db.database import Database
from src.db.models import Stem, StemChange

_AT_ONCE = 500


@dataclass(frozen=True)
class AspectRow:
    """What is read of a stem. matching: its groove and tones, None where never measured"""

    id: str
    features: dict[str, float]
    bpm: float | None
    matching: dict[str, Any] | None


Vectors = Callable[[Sequence[AspectRow]], NDArray[np.float32]]


class AspectIndex:
    """Built when it is first asked for, since most libraries are never searched by it.

    vectors: makes unit vectors, shape (stems, dimension), of what is read of stems
    Not safe to share between threads without a lock of the owner's.
    """

    def __init__(self, database: Database, dimension: int, vectors: Vectors) -> None:
        self._database = database
        self._make = vectors
        self._seq = 0
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((64, dimension), dtype=np.float32)
        self._aligned: tuple[int, int, NDArray[np.float32]] | None = None
        self._aligned_ids: Sequence[str] = ()

    def aligned(self, ids: Sequence[str], seq: int) -> NDArray[np.float32]:
        """Return vectors in the order of the ids, zeros where there is none; kept until ``seq``
        changes.

        ids: of all slots of another index; seq: the newest change that it knows
        """
        self.sync()
        known = self._aligned_ids is ids  # another index has its stems in another order
        if self._aligned is None or not known or self._aligned[:2] != (seq, self._seq):
            self._aligned_ids = ids
            locations = np.array([self._rows.get(stem_id, -1) for stem_id in ids], dtype=np.intp)
            found = np.where((locations >= 0)[:, None], self._vectors[locations], np.float32(0.0))
            self._aligned = (seq, self._seq, found)
        return self._aligned[2]

    def sync(self) -> None:
        """Take over what changed in the database since the last call."""
        with self._database.transaction() as session:
            newest = session.scalar(select(func.max(StemChange.seq))) or 0
            if newest == self._seq:
                return
            if newest < self._seq:  # another database under the same name
                self._rows, self._seq = {}, 0
            for part in self._changed(session):
                self._put(part)
        self._seq = newest

    def _changed(self, session: Session) -> Iterator[list[AspectRow]]:
        """Yield the stems that changed, some hundred at a time. Gone ones are never asked for."""
        changed = _rows().join(StemChange, StemChange.stem_id == Stem.id)
        rows = session.execute(
            changed.where(StemChange.seq > self._seq).execution_options(yield_per=_AT_ONCE)
        )
        for part in rows.partitions(_AT_ONCE):
            yield [AspectRow(*row) for row in part]

    def _put(self, stems: Sequence[AspectRow]) -> None:
        made = self._make(stems)
        for stem, vector in zip(stems, made, strict=True):
            row = self._rows.setdefault(stem.id, len(self._rows))
            if row == len(self._vectors):
                self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._vectors[row] = vector


def _rows() -> Select[*tuple[Any, ...]]:
    return select(Stem.id, Stem.features, Stem.bpm, Stem.analysis["matching"])
