"""What a search looks through: one model's vectors, and the embedder that made them.

They change together. Another model's vectors are read beside the searches that go on, and
only when they are in memory does a search use them.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from src.db.database import Database
from src.db.index.library_index import LibraryIndex
from src.db.index.vector_cache import VectorCache
from src.embeddings.protocol import Embedder
from src.services.retrieval.embedding_models import EmbeddingModels
from src.services.retrieval.words import index_words

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Space:
    """An embedder and the vectors that it made."""

    embedder: Embedder
    index: LibraryIndex


class SearchSpaces:
    """The space that is searched, and the next one while it is made ready.

    models: says which embedder is active; None: always the given one
    graph_above: libraries of more stems get a graph; None: none does
    folder: where vectors are kept between runs; None: nowhere
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        *,
        models: EmbeddingModels | None = None,
        folder: Path | None = None,
        graph_above: int | None = None,
    ) -> None:
        self._database = database
        self._models = models
        self._folder = folder
        self._graph_above = graph_above
        self._current = self._space(embedder)
        self._ready: Space | None = None
        self._reading: threading.Thread | None = None
        self._lock = threading.RLock()

    @contextmanager
    def opened(self) -> Iterator[Space]:
        """Open the space to search in, up to date and held still. Don't keep it, don't write."""
        with self._lock:
            space = self.current()
            space.index.sync()
            yield space

    def current(self) -> Space:
        """Return the space to search in. Not safe to call from two threads at once."""
        with self._lock:
            return self._chosen()

    def _chosen(self) -> Space:
        active = None if self._models is None else self._models.active()
        if active is None or active.model_id == self._current.embedder.model_id:
            return self._current
        ready = self._ready
        if ready is not None and ready.embedder.model_id == active.model_id:
            self._enter(ready)
        elif self._current.index.seq == 0:  # nothing was read yet
            self._enter(self._space(active))
        elif self._reading is None or not self._reading.is_alive():
            self._reading = threading.Thread(
                target=self.prepare, args=(active,), name="read-vectors", daemon=True
            )
            self._reading.start()
        return self._current

    def prepare(self, embedder: Embedder) -> None:
        """Read another embedder's vectors, so that a switch to it takes no time."""
        ready = self._ready
        if ready is None or ready.embedder.model_id != embedder.model_id:
            ready = self._space(embedder)
        ready.index.sync()
        self._ready = ready

    def give_up(self) -> None:
        """Let go of what was made ready."""
        self._ready = None

    def _enter(self, space: Space) -> None:
        log.info(
            "searches use %s from now on, %s until now",
            space.embedder.model_id, self._current.embedder.model_id,
        )  # fmt: skip
        self._current, self._ready = space, None

    def _space(self, embedder: Embedder) -> Space:
        model_id, dimension = embedder.model_id, embedder.dimension
        cache = None if self._folder is None else VectorCache(self._folder, model_id, dimension)
        index = LibraryIndex(
            self._database, model_id, dimension, index_words,
            cache=cache, graph_above=self._graph_above,
        )  # fmt: skip
        return Space(embedder, index)
