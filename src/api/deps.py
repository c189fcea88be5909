"""What endpoints are handed: the engine's services, and how they wait for jobs."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from src.api.job_watch import JobWatch
from src.core.config import Settings
from src.db import crud
from src.db.database import Database, Session
from src.embeddings.protocol import Embedder
from src.services.access.audit import AuditLog
from src.services.access.keys import KeyService
from src.services.dreamer import DreamerService
from src.services.export.service import ExportService
from src.services.generator import GeneratorService
from src.services.ingest.reanalysis import ReanalysisService
from src.services.ingest.uploads import UploadService
from src.services.jobs.kinds import BrokerState
from src.services.jobs.service import JobService
from src.services.jobs.states import JobState
from src.services.library.bulk_edits import BulkEditService
from src.services.library.collections import CollectionService
from src.services.library.map import LibraryMapService
from src.services.library.note_hearing import NoteHearingService
from src.services.library.quarantine import QuarantineService
from src.services.library.stems import StemService
from src.services.retrieval.embedding_models import EmbeddingModels
from src.services.retrieval.example import ExampleService
from src.services.retrieval.matches import MatchService
from src.services.retrieval.space import SearchSpaces
from src.services.retrieval.suggestions import Suggestions
from src.services.search import SearchService
from src.services.tracks.revisions import RevisionService
from src.services.tracks.service import TrackService

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.25


@dataclass(frozen=True)
class Engine:
    """Everything that endpoints work with. Services open their own transactions, each in one
    thread.
    """

    settings: Settings
    database: Database
    embedder: Embedder
    models: EmbeddingModels
    library_map: LibraryMapService
    search: SearchService
    spaces: SearchSpaces
    examples: ExampleService
    suggestions: Suggestions
    stems: StemService
    edits: BulkEditService
    reanalysis: ReanalysisService
    note_hearing: NoteHearingService
    uploads: UploadService
    tracks: TrackService
    exports: ExportService
    generator: GeneratorService
    dreamer: DreamerService
    revisions: RevisionService
    matches: MatchService
    collections: CollectionService
    quarantine: QuarantineService
    keys: KeyService
    audit: AuditLog
    jobs: JobService
    watch: JobWatch
    broker_state: Callable[[], BrokerState]


def get_engine(request: Request) -> Engine:
    """Return the engine that the app was started with."""
    engine = request.app.state.engine
    assert isinstance(engine, Engine)
    return engine


EngineDep = Annotated[Engine, Depends(get_engine)]


def get_db(engine: EngineDep) -> Iterator[Session]:
    """Open the transaction of a request: it commits before the answer goes out, or rolls back."""
    with engine.database.transaction() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_db, scope="function")]


def get_window(
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most")] = 50,
    offset: Annotated[int, Query(ge=0, le=10**9, description="How many to skip")] = 0,
) -> crud.Window:
    """Read which part of a list is asked for."""
    return crud.Window(limit=limit, offset=offset)


WindowDep = Annotated[crud.Window, Depends(get_window)]


async def finished_job(jobs: JobService, job_id: str) -> JobState:
    """Wait until a job has ended, without holding a thread meanwhile.

    It asks the row, so it does not matter which process does the work.
    """
    pause_s = _FIRST_PAUSE_S
    while True:
        state = await run_in_threadpool(jobs.ended, job_id)
        if state is not None:
            return state
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
