"""The library in memory, as columns and vectors, kept in step with the database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from src.db.database import Database
from src.db.models import Embedding, Kit, Stem, StemChange
from src.music.keys import KEYS
from src.music.library import CATEGORIES

CHUNK = 500
"""Stems asked for at once; below the limit of variables in one SQL statement."""

Words = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class IndexedStem:
    """What the index reads of a stem. vector: bytes of float32, None where there is none yet."""

    id: str
    name: str
    category: str
    is_loop: bool
    bpm: float | None
    key: str | None
    duration_s: float
    tags: dict[str, float]
    kit_id: str | None
    kit: str | None
    vector: bytes | None


class LibraryIndex:
    """Columns over rows ("slots"). A slot of a deleted stem is empty and used again.

    words: turns a name into the words it is found by
    vectors: float32, shape (slots, dimension); zeros where a stem has no vector
    bpm: NaN where unknown; key: place in KEYS, -1 where unknown
    Not safe to share between threads without a lock of the owner's.
    """

    def __init__(self, database: Database, model_id: str, dimension: int, words: Words) -> None:
        self._database = database
        self._model_id = model_id
        self._words = words
        self._seq = 0
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._slot_words: list[tuple[str, ...]] = []
        self.size = 0
        self.ids: list[str] = []
        self.names: list[str] = []
        self.kits: list[tuple[str, str]] = []
        self.by_word: dict[str, set[int]] = {}
        self._columns: dict[str, NDArray[Any]] = {
            "vectors": np.zeros((0, dimension), dtype=np.float32),
            "alive": np.zeros(0, dtype=bool),
            "category": np.zeros(0, dtype=np.int8),
            "is_loop": np.zeros(0, dtype=bool),
            "bpm": np.zeros(0, dtype=np.float32),
            "key": np.zeros(0, dtype=np.int8),
            "duration_s": np.zeros(0, dtype=np.float32),
        }

    def column(self, name: str) -> NDArray[Any]:
        """A column over all slots in use, also the empty ones (see "alive"). Don't write."""
        return self._columns[name][: self.size]

    @property
    def count(self) -> int:
        """Stems in the index."""
        return len(self._slots)

    def sync(self) -> bool:
        """Take over what changed in the database since the last call; True if anything did.

        One look at the newest change's number where nothing happened.
        """
        with self._database.transaction() as session:
            newest = session.scalar(select(func.max(StemChange.seq))) or 0
            if newest == self._seq:
                return False
            if self._seq == 0:
                for stem in _stems(session, self._rows()):
                    self._put(stem)
            else:
                if newest < self._seq:  # another database under the same name
                    changed = list(self._slots)
                    self._seq = 0
                else:
                    changed = []
                changed += session.scalars(
                    select(StemChange.stem_id).where(StemChange.seq > self._seq)
                )
                self._renew(session, changed)
        self._seq = newest
        return True

    def add(self, stems: Iterable[IndexedStem]) -> None:
        """Put stems in by hand, as benchmarks do."""
        for stem in stems:
            self._put(stem)

    def _renew(self, session: Session, changed: Sequence[str]) -> None:
        for start in range(0, len(changed), CHUNK):
            wanted = changed[start : start + CHUNK]
            found = {stem.id: stem for stem in _stems(session, self._rows().where(
                Stem.id.in_(wanted)
            ))}  # fmt: skip
            for stem_id in wanted:
                if stem_id in found:
                    self._put(found[stem_id])
                else:
                    self._remove(stem_id)

    def _rows(self) -> Select[*tuple[Any, ...]]:
        return (
            select(
                Stem.id, Stem.name, Stem.category, Stem.is_loop, Stem.bpm, Stem.key,
                Stem.duration_s, Stem.tags, Stem.kit_id, Kit.name, Embedding.vector,
            )
            .outerjoin(Kit, Kit.id == Stem.kit_id)
            .outerjoin(
                Embedding,
                (Embedding.stem_id == Stem.id) & (Embedding.model_id == self._model_id),
            )
            .order_by(Stem.id)
        )  # fmt: skip

    def _put(self, stem: IndexedStem) -> None:
        slot = self._slots.get(stem.id)
        if slot is None:
            slot = self._free.pop() if self._free else self._new_slot()
            self._slots[stem.id] = slot
        else:
            self._forget_words(slot)
        self.ids[slot], self.names[slot] = stem.id, stem.name
        self.kits[slot] = (stem.kit_id or "", (stem.kit or "").casefold())
        self._write_columns(slot, stem)
        text = " ".join([stem.name, stem.kit or "", stem.category, *stem.tags])
        self._slot_words[slot] = tuple(set(self._words(text)))
        for word in self._slot_words[slot]:
            self.by_word.setdefault(word, set()).add(slot)

    def _write_columns(self, slot: int, stem: IndexedStem) -> None:
        columns = self._columns
        columns["vectors"][slot] = self._vector(stem.vector)
        columns["alive"][slot] = True
        columns["category"][slot] = CATEGORIES.index(stem.category)
        columns["is_loop"][slot] = stem.is_loop
        columns["bpm"][slot] = np.nan if stem.bpm is None else stem.bpm
        columns["key"][slot] = KEYS.index(stem.key) if stem.key in KEYS else -1
        columns["duration_s"][slot] = stem.duration_s

    def _vector(self, raw: bytes | None) -> NDArray[np.float32]:
        """The vector, or zeros where there is none or one of another length."""
        dimension = self._columns["vectors"].shape[1]
        if raw is None or len(raw) != 4 * dimension:
            return np.zeros(dimension, dtype=np.float32)
        return np.frombuffer(raw, dtype="<f4")

    def _remove(self, stem_id: str) -> None:
        slot = self._slots.pop(stem_id, None)
        if slot is not None:
            self._forget_words(slot)
            self._columns["alive"][slot] = False
            self._free.append(slot)

    def _forget_words(self, slot: int) -> None:
        for word in self._slot_words[slot]:
            self.by_word[word].discard(slot)
            if not self.by_word[word]:
                del self.by_word[word]
        self._slot_words[slot] = ()

    def _new_slot(self) -> int:
        slot = self.size
        if slot == len(self._columns["alive"]):
            room = max(64, 2 * slot)
            for name, column in self._columns.items():
                grown = np.zeros((room, *column.shape[1:]), dtype=column.dtype)
                grown[:slot] = column
                self._columns[name] = grown
        self.size += 1
        self.ids.append("")
        self.names.append("")
        self.kits.append(("", ""))
        self._slot_words.append(())
        return slot


def _stems(session: Session, rows: Select[*tuple[Any, ...]]) -> Iterator[IndexedStem]:
    for row in session.execute(rows.execution_options(yield_per=2000)):
        yield IndexedStem(*row)
