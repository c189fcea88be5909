"""The library in memory, as columns and vectors, kept in step with the database."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import Session

from src.db.database import Database
from src.db.index.vector_cache import VectorCache, in_step, stem_of
from src.db.index.vector_graph import VectorGraph
from src.db.index.vector_store import VectorStore
from src.db.index.word_index import WordIndex
from src.db.models import Embedding, Kit, Stem, StemChange
from src.music.theory.keys import KEYS
from src.music.theory.library import CATEGORIES

CHUNK = 500
"""Stems asked for at once; below the limit of variables in one SQL statement."""

CACHED_FROM = 1_000
"""Libraries of fewer stems are read from the database at once; no file is kept."""

SAVED_AGAIN = 0.1
"""The file is written again when so large a share of the library changed."""

_WRITTEN_AT_ONCE = 4_096

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
    progression: str | None = None


class NameCodes(Generic[Name]):
    """Names with numbers, for columns. The first stands for none."""

    def __init__(self, none: Name) -> None:
        self.names: list[Name] = [none]
        self._codes: dict[Name, int] = {none: 0}

    def code(self, name: Name) -> int:
        """Return the number of a name; a new one gets the next."""
        code = self._codes.setdefault(name, len(self.names))
        if code == len(self.names):
            self.names.append(name)
        return code


class LibraryIndex:
    """Columns over rows ("slots"). A slot of a deleted stem is empty and used again.

    words: turns a name into the words it is found by
    cache: keeps the vectors on disk between runs; None: they are read from the database
    graph_above: libraries of more stems get a graph (``vector_graph``); None: none does
    vectors: by slot; zeros where a stem has no vector
    bpm, loudness: NaN where unknown; key: place in KEYS, -1 where unknown; rating: 0 for none
    kit, licence, progression: places in ``kit_names`` and so on; 0 is none
    words: of name, category, kit and tags; tags: which slots have which tag
    Not safe to share between threads without a lock of the owner's.
    """

    def __init__(
        self,
        database: Database,
        model_id: str,
        dimension: int,
        words: Words,
        *,
        cache: VectorCache | None = None,
        graph_above: int | None = None,
    ) -> None:
        self._cache = cache
        self._graph_above = graph_above
        self.graph: VectorGraph | None = None
        self._unsaved = 0
        self._saving: threading.Thread | None = None
        self.vectors = VectorStore(dimension)
        self._waiting: dict[int, bytes | None] = {}
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
        self.kit_names = NameCodes(("", ""))
        self.licence_names = NameCodes("")
        self.progression_names = NameCodes("")
        self.words = WordIndex()
        self.tags = WordIndex()
        self._columns: dict[str, NDArray[Any]] = {
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
            "progression": np.zeros(0, dtype=np.int32),
        }

    def column(self, name: str) -> NDArray[Any]:
        """Return a column over all slots in use, also the empty ones (see "alive"). Don't
        write.
        """
        return self._columns[name][: self.size]

    def slots_of(self, ids: Iterable[str]) -> NDArray[np.intp]:
        """Return slots of the stems with these ids that are there."""
        found = [self._slots[stem_id] for stem_id in ids if stem_id in self._slots]
        return np.array(found, dtype=np.intp)

    def nearest(
        self, vector: NDArray[np.float32], allowed: NDArray[np.bool_], count: int
    ) -> NDArray[np.intp]:
        """Find up to ``count`` of the allowed slots whose vectors are nearest, best first.

        vector: float32, shape (dimension,); allowed: shape (size,)
        """
        found = None if self.graph is None else self.graph.nearest(vector, allowed, count)
        return self.vectors.nearest(vector, allowed, count) if found is None else found

    def similarity(
        self, vector: NDArray[np.float32], slots: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Return exact products of a vector with those of some slots, float32, shape (slots,)."""
        return self.vectors.similarity(vector, slots)

    def vectors_of(self, slots: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return exact vectors of some slots, float32, shape (slots, dimension); zeros for none."""
        return self.vectors.vectors_of(slots)

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
                self._fill(session)
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
            self._write_vectors()
            self._seq = newest
            self._grow_graph()
            self._save_if_worth_it(session)
        return True

    def _grow_graph(self) -> None:
        """Begin a graph, beside what goes on, once the library is large enough."""
        if self.graph is None and self._graph_above is not None and self.count > self._graph_above:
            self.graph = VectorGraph(self.vectors)
            self.graph.build(np.flatnonzero(self.column("alive")))

    def _fill(self, session: Session) -> None:
        """Take over the whole library: vectors from the file as far as it is in step."""
        cached = None if self._cache is None else self._cache.load()
        if cached is None or not in_step(session, cached):
            for stem in _stems(session, self._rows()):
                self._put(stem)
            return
        changed = set(
            session.scalars(select(StemChange.stem_id).where(StemChange.seq > cached.seq))
        )
        self.vectors.adopt(cached.vectors, cached.coded)
        kept = self._reserve(cached.ids, changed)
        unknown: list[str] = []
        for stem in _stems(session, self._rows(with_vector=False)):
            slot = kept.pop(stem.id, None)
            if slot is None:
                unknown.append(stem.id)
            else:
                self._slots[stem.id] = slot
                self._put(stem, with_vector=False)
        self._free += sorted(kept.values(), reverse=True)
        self._renew(session, unknown)

    def _reserve(self, ids: Sequence[str], changed: set[str]) -> dict[str, int]:
        """Make the slots of a file; which stems' vectors can stay, by id."""
        kept: dict[str, int] = {}
        for stem_id in ids:
            slot = self._new_slot()
            if stem_id and stem_id not in changed:
                kept[stem_id] = slot
            else:
                self._free.append(slot)
        return kept

    def save(self) -> None:
        """Write the file of vectors now. Does nothing without one."""
        if self._cache is not None:
            with self._database.transaction() as session:
                reported = self._to_save(session)
            self._cache.save(*reported)

    def wait_saved(self) -> None:
        """Wait for a file that is being written."""
        if self._saving is not None:
            self._saving.join()

    def _save_if_worth_it(self, session: Session) -> None:
        """Write the file beside what goes on, where a start would have much to read without."""
        if self._cache is None or self.count < CACHED_FROM:
            return
        busy = self._saving is not None and self._saving.is_alive()
        if not busy and self._unsaved > SAVED_AGAIN * self.count:
            reported = self._to_save(session)
            self._saving = threading.Thread(target=self._cache.save, args=reported, name="vectors")
            self._saving.start()

    def _to_save(self, session: Session) -> tuple[list[str], int, str, VectorStore]:
        alive = self.column("alive").tolist()
        ids = [one if there else "" for one, there in zip(self.ids, alive, strict=True)]
        self._unsaved = 0
        return ids, self._seq, stem_of(session, self._seq), self.vectors

    def add(self, stems: Iterable[IndexedStem]) -> None:
        """Put stems in by hand, as benchmarks do."""
        for stem in stems:
            self._put(stem)
        self._write_vectors()

    def _renew(self, session: Session, changed: Sequence[str]) -> None:
        for start in range(0, len(changed), CHUNK):
            requested = changed[start : start + CHUNK]
            found = {stem.id: stem for stem in _stems(session, self._rows().where(
                Stem.id.in_(requested)
            ))}  # fmt: skip
            for stem_id in requested:
                if stem_id in found:
                    self._put(found[stem_id])
                else:
                    self._remove(stem_id)

    def _rows(self, *, with_vector: bool = True) -> Select[*tuple[Any, ...]]:
        vector = Embedding.vector if with_vector else null()
        rows = select(
            Stem.id, Stem.name, Stem.category, Stem.is_loop, Stem.bpm, Stem.key,
            Stem.duration_s, Stem.tags, Stem.kit_id, Kit.name, vector,
            Stem.loudness_lufs, Stem.user_rating, Stem.licence, Stem.progression,
        ).outerjoin(Kit, Kit.id == Stem.kit_id)  # fmt: skip
        if with_vector:
            rows = rows.outerjoin(
                Embedding,
                (Embedding.stem_id == Stem.id) & (Embedding.model_id == self._model_id),
            )
        return rows.order_by(Stem.id)

    def _put(self, stem: IndexedStem, *, with_vector: bool = True) -> None:
        slot = self._slots.get(stem.id)
        if slot is None:
            slot = self._free.pop() if self._free else self._new_slot()
            self._slots[stem.id] = slot
        else:
            self._forget_words(slot)
        self.ids[slot], self.names[slot] = stem.id, stem.name
        self.kits[slot] = (stem.kit_id or "", (stem.kit or "").casefold())
        self._write_columns(slot, stem)
        if with_vector:
            self._unsaved += 1
            self._waiting[slot] = stem.vector
            if len(self._waiting) >= _WRITTEN_AT_ONCE:
                self._write_vectors()
        self._slot_words[slot] = self._weighted_words(stem)
        self._slot_tags[slot] = dict(stem.tags)
        self.words.put(slot, self._slot_words[slot])
        self.tags.put(slot, self._slot_tags[slot])

    def _weighted_words(self, stem: IndexedStem) -> dict[str, float]:
        """List the words a stem is found by, each with the weight of its best field."""
        texts = [(tag, TAG_WORDS) for tag in stem.tags]
        texts += [(stem.kit or "", KIT_WORDS), (stem.category, KIND_WORDS), (stem.name, NAME_WORDS)]
        found: dict[str, float] = {}
        for text, weight in texts:
            for word in self._words(text):
                found[word] = max(weight, found.get(word, 0.0))
        return found

    def _write_columns(self, slot: int, stem: IndexedStem) -> None:
        columns = self._columns
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
        columns["progression"][slot] = self.progression_names.code(stem.progression or "")

    def _write_vectors(self) -> None:
        """Put the vectors that wait into their slots: together, which is much faster.

        Zeros where there is none or one of another length.
        """
        dimension = self.vectors.dimension
        found = np.zeros((len(self._waiting), dimension), dtype=np.float32)
        for row, raw in zip(found, self._waiting.values(), strict=True):
            if raw is not None and len(raw) == 4 * dimension:
                row[:] = np.frombuffer(raw, dtype="<f4")
        slots = np.array(list(self._waiting), dtype=np.intp)
        self.vectors.write(slots, found)
        self._waiting.clear()
        if self.graph is not None:
            self.graph.put(slots)

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
