"""Builds every object of the engine from the settings; the doors (main, cli) build none.

Each object is built when it is first asked for, so that ``plan`` does not pay for the
sound engine and ``doctor`` does not pay for anything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from src.core.config import Settings
from src.core.progress import Progress

if TYPE_CHECKING:
    from src.api.deps import Engine
    from src.api.job_watch import JobWatch
    from src.db.database import Database
    from src.db.rows.cards import StemCards
    from src.embeddings.protocol import Embedder
    from src.music.arranging.library_summary import LibrarySummary
    from src.music.prompt.library_sounds import LibrarySound
    from src.services.access.audit import AuditLog
    from src.services.access.keys import KeyService
    from src.services.arranger import ArrangerService
    from src.services.dataset.service import DatasetService
    from src.services.dreamer import DreamerService
    from src.services.export.service import ExportService
    from src.services.generator import GeneratorService
    from src.services.ingest.reanalysis import ReanalysisService
    from src.services.ingest.reembedding import ReembeddingService
    from src.services.ingest.uploads import UploadService
    from src.services.jobs.kinds import BrokerState, JobKind
    from src.services.jobs.service import JobService
    from src.services.library.bulk_edits import BulkEditService
    from src.services.library.collections import CollectionService
    from src.services.library.map import LibraryMapService
    from src.services.library.note_hearing import NoteHearingService
    from src.services.library.quarantine import QuarantineService
    from src.services.library.stems import StemService
    from src.services.preprocessor import NeuroAnalyzer
    from src.services.renderer import RendererService
    from src.services.retrieval.embedding_models import EmbeddingModels
    from src.services.retrieval.example import ExampleService
    from src.services.retrieval.matches import MatchService
    from src.services.retrieval.space import SearchSpaces
    from src.services.retrieval.suggestions import Suggestions
    from src.services.search import SearchService
    from src.services.system.backup import BackupService
    from src.services.system.moving import MoveService
    from src.services.system.restore import RestoreService
    from src.services.tracks.revisions import RevisionService
    from src.services.tracks.service import TrackService
    from src.workers.broker import BrokerRunner
    from src.workers.local import LocalRunner
    from src.workers.watching import WatchThread

PREPROCESS_STAGES = (("analysing", 1.0),)
DEMO_STAGES = (("synthesising", 0.5), ("analysing", 0.5))
RENDER_STAGES = (
    ("choosing stems", 0.05), ("mixing", 0.6), ("compressing", 0.05), ("mastering", 0.2),
    ("writing", 0.1),
)  # fmt: skip


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
    def examples(self) -> "ExampleService":
        """Search by a sound that somebody brings."""
        from src.services.retrieval.example import ExampleService

        return ExampleService(self.database, self.search)

    @cached_property
    def suggestions(self) -> "Suggestions":
        """Completions of what is typed."""
        from src.services.retrieval.suggestions import Suggestions

        return Suggestions(self.spaces)

    @cached_property
    def matches(self) -> "MatchService":
        """What goes with a stem."""
        from src.services.retrieval.matches import MatchService

        return MatchService(self.database, self.cards)

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
    def stems(self) -> "StemService":
        """Single stems, read and corrected."""
        from src.services.library.stems import StemService

        return StemService(self.database, self.settings)

    @cached_property
    def edits(self) -> "BulkEditService":
        """Corrections of many stems at once."""
        from src.services.library.bulk_edits import BulkEditService

        return BulkEditService(self.database)

    @cached_property
    def collections(self) -> "CollectionService":
        """Favourites and named sets of stems."""
        from src.services.library.collections import CollectionService

        return CollectionService(self.database)

    @cached_property
    def quarantine(self) -> "QuarantineService":
        """Refused files."""
        from src.services.library.quarantine import QuarantineService

        return QuarantineService(self.database, self.settings)

    @cached_property
    def keys(self) -> "KeyService":
        """The named keys of the API."""
        from src.services.access.keys import KeyService

        return KeyService(self.database)

    @cached_property
    def audit(self) -> "AuditLog":
        """Who changed what."""
        from src.services.access.audit import AuditLog

        return AuditLog(self.database, keep=self.settings.audit_lines)

    @cached_property
    def uploads(self) -> "UploadService":
        """Files from outside."""
        from src.services.ingest.uploads import UploadService

        return UploadService(self.database, self.settings)

    @cached_property
    def reembedding(self) -> "ReembeddingService":
        """From one model's vectors to another's."""
        from src.services.ingest.reembedding import ReembeddingService

        return ReembeddingService(self.database, self.settings, self.models, self.spaces)

    @cached_property
    def note_hearing(self) -> "NoteHearingService":
        """The notes of melodic loops."""
        from src.services.library.note_hearing import NoteHearingService

        return NoteHearingService(self.database, self.settings)

    @cached_property
    def arranger(self) -> "ArrangerService":
        """From a sentence to a plan."""
        from src.services.arranger import ArrangerService

        return ArrangerService(
            self._library_summary,
            find_sounds=self._named_sounds,
            max_length_s=self.settings.max_render_s,
        )

    def _named_sounds(self, names: Sequence[str]) -> "Mapping[str, LibrarySound]":
        from src.services.retrieval.named_sounds import NamedSounds

        return NamedSounds(self.database).find(names)

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

    @cached_property
    def datasets(self) -> "DatasetService":
        """From songs to training sets."""
        from src.services.dataset.service import DatasetService

        return DatasetService(self.settings)

    @cached_property
    def generator(self) -> "GeneratorService":
        """Music from words. Builds the model's owner; its weights are loaded at the first use."""
        from src.generation.ace_step import AceStepGenerator
        from src.services.generator import GeneratorService

        made = AceStepGenerator(self.settings.checkpoint_path)
        return GeneratorService(self.settings, generator=made)

    @cached_property
    def dreamer(self) -> "DreamerService":
        """Stems that the library lacks."""
        from src.services.dreamer import DreamerService

        return DreamerService(self.settings, self.generator, import_folder=self._import_folder)

    def _import_folder(self, folder: Path, progress: Progress) -> object:
        from src.services.ingest.lock import when_free

        return when_free(lambda: self.analyzer.run(folder, progress=progress), progress)

    @cached_property
    def backup(self) -> "BackupService":
        """The library saved as one file."""
        from src.services.system.backup import BackupService

        return BackupService(self.settings)

    @cached_property
    def restore(self) -> "RestoreService":
        """A saved library put in place. Opens no database."""
        from src.services.system.restore import RestoreService

        return RestoreService(self.settings)

    @cached_property
    def moving(self) -> "MoveService":
        """The library's database moved to another one."""
        from src.services.system.moving import MoveService

        return MoveService(self.settings)

    @cached_property
    def runner(self) -> "LocalRunner | BrokerRunner":
        """Who carries jobs to where they are worked off, not started: threads, or a broker."""
        from src.services.jobs.kinds import LIBRARY, TRACKS, VECTORS

        if self.settings.redis_url is not None:
            from src.workers.broker import BrokerRunner, make_app

            return BrokerRunner(
                make_app(self.settings.redis_url, threads=self.settings.job_threads)
            )
        from src.workers.local import LocalRunner

        return LocalRunner(lanes={LIBRARY: 1, VECTORS: 1, TRACKS: self.settings.job_threads})

    def carry_jobs_by(self, runner: "LocalRunner") -> None:
        """Let jobs be carried by another runner than the settings'; before they are asked for."""
        self.__dict__["runner"] = runner

    @cached_property
    def broker_state(self) -> "Callable[[], BrokerState]":
        """What says whether the broker is there, where one is needed."""
        return self.runner.broker_state

    @cached_property
    def jobs(self) -> "JobService":
        """Long tasks."""
        from src.services.jobs.kinds import JobRules
        from src.services.jobs.logs import JobLogs
        from src.services.jobs.service import JobService

        settings = self.settings
        return JobService(
            self.database,
            self.job_kinds(),
            self.runner.send,
            logs=JobLogs(settings.job_logs_path),
            rules=JobRules(
                lease_s=settings.job_lease_s,
                most_queued=settings.max_queued_jobs,
                kept_days=settings.jobs_kept_days,
            ),
        )

    @cached_property
    def folder_watch(self) -> "WatchThread | None":
        """Who imports new files without being asked, not started; None where nobody shall."""
        if not self.settings.watch:
            return None
        from src.services.library.folder_watch import FolderWatch
        from src.workers.watching import WatchThread

        quiet_s = self.settings.watch_quiet_s
        return WatchThread(FolderWatch(self.analyzer, self._import_new, quiet_s=quiet_s))

    def _import_new(self) -> None:
        self.jobs.submit("preprocess", {})
        self.audit.write("folder watch", "preprocess")

    @cached_property
    def watch(self) -> "JobWatch":
        """Those who follow jobs, and what they are sent."""
        from src.api.job_watch import JobWatch

        return JobWatch(self.jobs)

    def job_kinds(self) -> "dict[str, JobKind]":
        """Return what kinds of long tasks there are."""
        from src.services.dreamer import DREAM_STEM, DREAM_STEM_STAGES
        from src.services.export.service import STAGE
        from src.services.generator import DREAM, DREAM_STAGES
        from src.services.ingest.reembedding import REEMBED_STAGES
        from src.services.jobs.kinds import GPU, LIBRARY, VECTORS, JobKind
        from src.services.library.note_hearing import NOTE_STAGES

        alone: dict[str, Any] = {"alone": True, "again": True}
        render = JobKind(self.tracks.render, RENDER_STAGES, again=True, tidy=self.tracks.tidy)
        exports, dreams = self.exports, self.generator
        on_gpu: dict[str, Any] = {
            "lane": GPU, "again": True, "missing": dreams.presence.missing
        }  # fmt: skip
        return {
            "demo": JobKind(self._demo, DEMO_STAGES, lane=LIBRARY, **alone),
            "preprocess": JobKind(self._preprocess, PREPROCESS_STAGES, lane=LIBRARY, **alone),
            "reanalyse": JobKind(self._reanalyse, PREPROCESS_STAGES, lane=LIBRARY, **alone),
            "notes": JobKind(self._hear_notes, NOTE_STAGES, lane=VECTORS, **alone),
            "reembed": JobKind(self._reembed, REEMBED_STAGES, lane=VECTORS, **alone),
            "generate": render,
            "render": render,
            "export": JobKind(exports.run, ((STAGE, 1.0),), again=True, tidy=exports.tidy),
            DREAM_STEM: JobKind(self.dreamer.run, DREAM_STEM_STAGES, **on_gpu),
            DREAM: JobKind(dreams.run, DREAM_STAGES, tidy=dreams.tidy, **on_gpu),
        }

    def prepare_jobs(self) -> None:
        """Build what jobs work with, before several threads ask for it at once and wait for
        each other for ever.
        """
        names = ("analyzer", "reanalysis", "reembedding", "note_hearing", "tracks", "exports")
        for name in (*names, "jobs"):
            getattr(self, name)

    def _preprocess(self, _params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        from src.services.ingest.lock import when_free

        return when_free(lambda: self.analyzer.run(progress=progress), progress).to_dict()

    def _reanalyse(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        from src.schemas.stem_edits import StemSelection
        from src.services.ingest.lock import when_free
        from src.services.library.selections import selection_of

        selection = selection_of(StemSelection.model_validate(dict(params)))
        run = self.reanalysis.run
        return when_free(lambda: run(selection, progress=progress), progress).to_dict()

    def _demo(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        from src.demo.kits import write_demo_kits

        def synthesising(stage: str, done: int, total: int) -> None:  # noqa: ARG001
            progress("synthesising", done, total)

        write_demo_kits(self.settings.raw_path, progress=synthesising)
        return self._preprocess(params, progress)

    def _reembed(self, _params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        return self.reembedding.run(progress=progress).to_dict()

    def _hear_notes(self, _params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        return self.note_hearing.run(progress=progress).to_dict()

    @cached_property
    def engine(self) -> "Engine":
        """Everything that the API's endpoints work with."""
        from src.api.deps import Engine

        return Engine(**{one.name: getattr(self, one.name) for one in fields(Engine)})

    def close(self) -> None:
        """Give back what was opened."""
        if "database" in self.__dict__:
            self.database.close()


def build_services(settings: Settings | None = None) -> Services:
    """Return services for the given settings, or for those of the environment."""
    return Services(Settings() if settings is None else settings)


def build_embedder(settings: Settings) -> "Embedder":
    """Return the embedder that ``EMBEDDER`` wants; see ``src.embeddings.choice``."""
    from src.embeddings.choice import build_embedder as chosen

    return chosen(settings)
