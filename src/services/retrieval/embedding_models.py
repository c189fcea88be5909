"""Which embedder is searched by, which one is wanted, and which there are.

The one that is searched by ("active") stands in the database, for all processes alike; the
one that is wanted stands in the settings. Where they differ, nothing happens by itself:
``reembedding`` makes the vectors that lack and then changes the mark.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from src.core.config import Settings
from src.db import crud
from src.db.database import Database
from src.db.rows import active_model
from src.embeddings.acoustic import AcousticEmbedder
from src.embeddings.choice import HOW_TO_GET_CLAP, installed_models
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.protocol import Embedder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelState:
    """One embedder and how much of the library it has heard.

    kind: "acoustic", "clap", or "gone" for one whose files are not here
    dimension: None for one that is gone
    """

    model_id: str
    kind: str
    dimension: int | None
    embedded: int
    total: int

    @property
    def ready(self) -> bool:
        """Whether a switch to it would lose no stem."""
        return self.embedded >= self.total and self.kind != "gone"


@dataclass(frozen=True)
class ModelsState:
    """All embedders. active: searched by; wanted: by the settings"""

    active: str
    requested: str
    embedders: tuple[ModelState, ...]
    how_to_get_clap: str = HOW_TO_GET_CLAP


class EmbeddingModels:
    """The embedders of one library.

    wanted: the one that the settings choose; others: further ones that are there already
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        requested: Embedder,
        *,
        others: Sequence[Embedder] = (),
    ) -> None:
        self._database = database
        self._settings = settings
        self.requested = requested
        self._built = {one.model_id: one for one in (*others, requested)}
        self._missed: set[str] = set()
        self._lock = threading.Lock()

    def active(self) -> Embedder:
        """Return the embedder whose vectors are searched; the same object until it is another
        one.

        A library that never said so is searched by the model that heard most of it, a fresh
        one by the wanted model. Where the active one's files are not here, the wanted one
        serves with the vectors it has.
        """
        with self._database.transaction() as session:
            marked = active_model.active_model(session)
        if marked is None:
            marked = self._first_mark()
        return self._embedder(marked)

    def state(self) -> ModelsState:
        """List every embedder that is here, and every one that left vectors."""
        active = self.active().model_id
        with self._database.transaction() as session:
            counts = active_model.embedded_counts(session)
            total = crud.stem_count(session)
        here = self._here()
        names = dict.fromkeys([active, self.requested.model_id, *here, *sorted(counts)])
        embedders = tuple(
            ModelState(name, *here.get(name, ("gone", None)), counts.get(name, 0), total)
            for name in names
        )
        return ModelsState(active, self.requested.model_id, embedders)

    def _first_mark(self) -> str:
        with self._database.transaction() as session:
            counts = active_model.embedded_counts(session)
        if not counts:
            return self.requested.model_id
        usable = self._here()
        best = min(counts, key=lambda name: (name not in usable, -counts[name], name))
        chosen = best if best in usable else self.requested.model_id
        with self._database.transaction() as session:
            active_model.set_active_model(session, chosen)
        return chosen

    def _here(self) -> dict[str, tuple[str, int | None]]:
        """Return kind and dimension of every embedder that can be built, by model id."""
        offline = self._offline()
        found: dict[str, tuple[str, int | None]] = {
            offline.model_id: ("acoustic", offline.dimension)
        }
        for folder in installed_models(self._settings.models_path):
            if folder.manifest is not None:
                found[folder.manifest.model_id] = ("clap", folder.manifest.dimension)
        for one in self._built.values():
            kind = "clap" if isinstance(one, ClapEmbedder) else "acoustic"
            found.setdefault(one.model_id, (kind, one.dimension))
        return found

    def _embedder(self, model_id: str) -> Embedder:
        with self._lock:
            if model_id not in self._built and model_id not in self._missed:
                self._build(model_id)
            return self._built.get(model_id, self.requested)

    def _build(self, model_id: str) -> None:
        offline = self._offline()
        if offline.model_id == model_id:
            self._built[model_id] = offline
            return
        for one in installed_models(self._settings.models_path):
            if one.manifest is not None and one.manifest.model_id == model_id:
                self._built[model_id] = ClapEmbedder(one.folder)
                return
        self._missed.add(model_id)
        log.warning(
            "the library is searched by %s, which is not here: %s serves with what it has",
            model_id, self.requested.model_id,
        )  # fmt: skip

    def _offline(self) -> Embedder:
        return (
            self.requested if isinstance(self.requested, AcousticEmbedder) else AcousticEmbedder()
        )
