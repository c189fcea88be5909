"""The library in memory, as columns and vectors, kept in step with the database."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from src.db.database import Database
from src.db.models import Embedding, Kit, Stem, StemChange
from src.db.word_index import WordIndex
from src.music.keys import KEYS
from src.music.library import CATEGORIES

CHUNK = 500
"""Stems asked for at once; below the limit of variables in one SQL statement."""

NAME_WORDS, KIND_WORDS, KIT_WORDS, TAG_WORDS = 1.0, 1.0, 0.7, 0.6
"""How much a word says of a stem whose name, category, kit or tag it is."""

Words = Callable[[str], Iterable[str]]
Name = TypeVar("Name", str, tuple[str, str])


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
    loudness_lufs: float | None = None
    rating: int | None = None
    licence: str | None = None


class Coded(Generic[Name]):
    """Names with numbers, for columns. The first stands for none."""

    def __init__(self, none: Name) -> None:
        self.names: list[Name] = [none]
        self._codes: dict[Name, int] = {none: 0}

    def code(self, name: Name) -> int:
        """The number of a name; a new one gets the next."""
        code = self._codes.setdefault(name, len(self.names))
        if code == len(self.names):
            self.names.append(name)
        return code


class LibraryIndex:
    """Columns over rows ("slots"). A slot of a deleted stem is empty and used again.

    words: turns a name into the words it is found by
    vectors: float32, shape (slots, dimension); zeros where a stem has no vector
    bpm, loudness: NaN where unknown; key: place in KEYS, -1 where unknown; rating: 0 for none
    kit, licence: places in ``kit_names`` and ``licence_names``; 0 is none
    words: of name, category, kit and tags; tags: which slots have which tag
    Not safe to share between threads without a lock of the owner's.
    """

    def __init__(self, database: Database, model_id: str, dimension: int, words: Words) -> None:
        self._database = database
        self._model_id = model_id
        self._words = words
        self._seq = 0
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._slot_words: list[dict[str, float]] = []
        self._slot_tags: list[dict[str, float]] = []
        self.size = 0
        self.ids: list[str] = []
        self.names: list[str] = []
        self.kits: list[tuple[str, str]] = []
        self.kit_names = Coded(("", ""))
        self.licence_names = Coded("")
        self.words = WordIndex()
        self.tags = WordIndex()
        self._columns: dict[str, NDArray[Any]] = {
            "vectors": np.zeros((0, dimension), dtype=np.float32),
            "alive": np.zeros(0, dtype=bool),
            "category": np.zeros(0, dtype=np.int8),
            "is_loop": np.zeros(0, dtype=bool),
            "bpm": np.zeros(0, dtype=np.float32),
            "key": np.zeros(0, dtype=np.int8),
            "duration_s": np.zeros(0, dtype=np.float32),
            "loudness": np.zeros(0, dtype=np.float32),
            "rating": np.zeros(0, dtype=np.int8),
            "kit": np.zeros(0, dtype=np.int32),
            "licence": np.zeros(0, dtype=np.int32),
        }

    def column(self, name: str) -> NDArray[Any]:
        """A column over all slots in use, also the empty ones (see "alive"). Don't write."""
        return self._columns[name][: self.size]

    def slots_of(self, ids: Iterable[str]) -> NDArray[np.intp]:
        """Slots of the stems with these ids that are there."""
        found = [self._slots[stem_id] for stem_id in ids if stem_id in self._slots]
        return np.array(found, dtype=np.intp)

    def nearest(
        self, vector: NDArray[np.float32], allowed: NDArray[np.bool_], count: int
    ) -> NDArray[np.intp]:
        """Up to ``count`` of the allowed slots whose vectors are nearest, in no order.

        vector: float32, shape (dimension,); allowed: shape (size,)
        """
        slots = np.flatnonzero(allowed)
        if slots.size <= count:
            return slots
        similar = self.similarity(vector, slots)
        return slots[np.argpartition(-similar, count - 1)[:count]]

    def similarity(
        self, vector: NDArray[np.float32], slots: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Exact products of a vector with those of some slots, float32, shape (slots,)."""
        vectors = self._columns["vectors"]
        if 2 * slots.size > self.size:
            products: NDArray[np.float32] = (vectors[: self.size] @ vector)[slots]
            return products
        return np.asarray(vectors[slots] @ vector, dtype=np.float32)

    def vectors_of(self, slots: NDArray[np.intp]) -> NDArray[np.float32]:
        """Exact vectors of some slots, float32, shape (slots, dimension); zeros for none."""
        return np.asarray(self._columns["vectors"][slots], dtype=np.float32)

    @property
    def seq(self) -> int:
        """Number of the newest change that is taken over."""
        return self._seq

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
                Stem.loudness_lufs, Stem.user_rating, Stem.licence,
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
        self._slot_words[slot] = self._weighted_words(stem)
        self._slot_tags[slot] = dict(stem.tags)
        self.words.put(slot, self._slot_words[slot])
        self.tags.put(slot, self._slot_tags[slot])

    def _weighted_words(self, stem: IndexedStem) -> dict[str, float]:
        """The words it is found by, each with the weight of the best place it stands in."""
        texts = [(tag, TAG_WORDS) for tag in stem.tags]
        texts += [(stem.kit or "", KIT_WORDS), (stem.category, KIND_WORDS), (stem.name, NAME_WORDS)]
        found: dict[str, float] = {}
        for text, weight in texts:
            for word in self._words(text):
                found[word] = max(weight, found.get(word, 0.0))
        return found

    def _write_columns(self, slot: int, stem: IndexedStem) -> None:
        columns = self._columns
        columns["vectors"][slot] = self._vector(stem.vector)
        columns["alive"][slot] = True
        columns["category"][slot] = CATEGORIES.index(stem.category)
        columns["is_loop"][slot] = stem.is_loop
        columns["bpm"][slot] = np.nan if stem.bpm is None else stem.bpm
        columns["key"][slot] = KEYS.index(stem.key) if stem.key in KEYS else -1
        columns["duration_s"][slot] = stem.duration_s
        columns["loudness"][slot] = np.nan if stem.loudness_lufs is None else stem.loudness_lufs
        columns["rating"][slot] = stem.rating or 0
        columns["kit"][slot] = self.kit_names.code((stem.kit_id or "", stem.kit or ""))
        columns["licence"][slot] = self.licence_names.code(stem.licence or "")

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
        self.words.forget(slot, self._slot_words[slot])
        self.tags.forget(slot, self._slot_tags[slot])
        self._slot_words[slot], self._slot_tags[slot] = {}, {}

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
        self._slot_words.append({})
        self._slot_tags.append({})
        return slot


def _stems(session: Session, rows: Select[*tuple[Any, ...]]) -> Iterator[IndexedStem]:
    for row in session.execute(rows.execution_options(yield_per=2000)):
        yield IndexedStem(*row)
