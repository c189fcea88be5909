"""Builds the engine's objects from the settings. The doors (main, cli, workers) use it.

Each object is built when it is first asked for, so that ``plan`` does not pay for the
sound engine and ``doctor`` does not pay for anything.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from src.core.config import Settings

if TYPE_CHECKING:
    from src.db.database import Database
    from src.db.rows.cards import StemCards
    from src.embeddings.protocol import Embedder
    from src.music.arranging.library_summary import LibrarySummary
    from src.services.arranger import ArrangerService
    from src.services.export.service import ExportService
    from src.services.ingest.reanalysis import ReanalysisService
    from src.services.ingest.reembedding import ReembeddingService
    from src.services.library.map import LibraryMapService
    from src.services.preprocessor import NeuroAnalyzer
    from src.services.renderer import RendererService
    from src.services.retrieval.embedding_models import EmbeddingModels
    from src.services.retrieval.space import SearchSpaces
    from src.services.search import SearchService
    from src.services.tracks.revisions import RevisionService
    from src.services.tracks.service import TrackService


class Services:
    """Everything a door hands out, built once each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def database(self) -> "Database":
        """The database, its schema brought up to date."""
        from src.db.database import Database
        from src.services.system.restore import finish_interrupted

        finish_interrupted(self.settings)
        database = Database(self.settings.sql_url)
        database.upgrade()
        return database

    @cached_property
    def embedder(self) -> "Embedder":
        """What the settings want: CLAP where its files are there, else the offline one."""
        return build_embedder(self.settings)

    @cached_property
    def search(self) -> "SearchService":
        """Semantic search over the library."""
        from src.services.search import SearchService

        return SearchService(self.database, self.embedder, spaces=self.spaces, cards=self.cards)

    @cached_property
    def cards(self) -> "StemCards":
        """The cards of the library's stems."""
        from src.db.rows.cards import StemCards

        return StemCards(self.database)

    @cached_property
    def spaces(self) -> "SearchSpaces":
        """The vectors that are searched, and the next ones while they are made ready."""
        from src.services.retrieval.space import SearchSpaces

        folder = self.settings.processed_path / "index"
        return SearchSpaces(
            self.database,
            self.models.active(),
            models=self.models,
            folder=folder,
            graph_above=self.settings.index_ann_above,
        )

    @cached_property
    def models(self) -> "EmbeddingModels":
        """Which embedder is searched by, and which one is wanted."""
        from src.services.retrieval.embedding_models import EmbeddingModels

        return EmbeddingModels(self.database, self.settings, self.embedder)

    @cached_property
    def library_map(self) -> "LibraryMapService":
        """Every stem as a point on a plane."""
        from src.services.library.map import LibraryMapService

        return LibraryMapService(self.database, lambda: self.models.active().model_id)

    @cached_property
    def reembedding(self) -> "ReembeddingService":
        """From one model's vectors to another's."""
        from src.services.ingest.reembedding import ReembeddingService

        return ReembeddingService(self.database, self.settings, self.models, self.spaces)

    @cached_property
    def arranger(self) -> "ArrangerService":
        """From a sentence to a plan."""
        from src.services.arranger import ArrangerService

        return ArrangerService(self._library_summary, max_length_s=self.settings.max_render_s)

    def _library_summary(self) -> "LibrarySummary":
        from src.db.rows.library_counts import stem_groups
        from src.music.arranging.library_summary import summarise_library

        with self.database.transaction() as session:
            return summarise_library(stem_groups(session))

    @cached_property
    def renderer(self) -> "RendererService":
        """From a plan to a WAV."""
        from src.services.renderer import RendererService

        return RendererService(self.database, self.settings, self.search, self.cards)

    @cached_property
    def tracks(self) -> "TrackService":
        """Rendering for others, and the tracks that are there."""
        from src.services.tracks.service import TrackService

        return TrackService(
            self.database, self.settings, arranger=self.arranger, renderer=self.renderer
        )

    @cached_property
    def revisions(self) -> "RevisionService":
        """Rendered tracks, explained and edited."""
        from src.services.tracks.revisions import RevisionService

        return RevisionService(self.database, self.search, self.cards)

    @cached_property
    def analyzer(self) -> "NeuroAnalyzer":
        """From folders of files to the library."""
        from src.services.preprocessor import NeuroAnalyzer

        return NeuroAnalyzer(self.database, self.settings, self.embedder, active=self.models.active)

    @cached_property
    def reanalysis(self) -> "ReanalysisService":
        """Hearing stems again."""
        from src.services.ingest.reanalysis import ReanalysisService

        return ReanalysisService(
            self.database, self.settings, self.embedder, active=self.models.active
        )

    @cached_property
    def exports(self) -> "ExportService":
        """From a finished track to stems, notes and projects."""
        from src.services.export.service import ExportService

        return ExportService(self.database, self.settings, self.cards)

    def close(self) -> None:
        """Give back what was opened."""
        if "database" in self.__dict__:
            self.database.close()


def build_services(settings: Settings | None = None) -> Services:
    """Services for the given settings, or for those of the environment."""
    return Services(Settings() if settings is None else settings)


def build_embedder(settings: Settings) -> "Embedder":
    """The embedder that ``EMBEDDER`` wants; see ``src.embeddings.choice``."""
    from src.embeddings.choice import build_embedder as chosen

    return chosen(settings)
