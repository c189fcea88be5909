"""The HTTP door: ``uvicorn src.main:app``."""

import logging
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from src import __version__
from src.api import problems
from src.api.access import KEY_SCHEMES, AccessGuard, check_access
from src.api.deps import Engine
from src.api.endpoints import (
    collections,
    demo_kits,
    exports,
    jobs,
    kits,
    matches,
    models,
    quarantine,
    revisions,
    search,
    stem_edits,
    stems,
    storage,
    system,
    tracks,
    uploads,
)
from src.api.job_watch import JobWatch
from src.api.limits import BodyLimit
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.core.logs import set_up_logging
from src.core.progress import Progress
from src.schemas.stem_edits import StemSelection
from src.services.export.service import STAGE as EXPORT_STAGE
from src.services.ingest.lock import when_free
from src.services.ingest.reembedding import REEMBED_STAGES
from src.services.ingest.uploads import UploadService
from src.services.jobs.kinds import LIBRARY, TRACKS, VECTORS, JobKind, JobRules
from src.services.jobs.logs import JobLogs
from src.services.jobs.service import JobService
from src.services.library.bulk_edits import BulkEditService
from src.services.library.collections import CollectionService
from src.services.library.quarantine import QuarantineService
from src.services.library.selections import selection_of
from src.services.library.stems import StemService
from src.services.retrieval.example import ExampleService
from src.services.retrieval.matches import MatchService
from src.services.retrieval.suggestions import Suggestions
from src.services.tracks.service import TrackService
from src.wiring import Services, build_services
from src.workers.local import LocalRunner

MAX_BODY_BYTES = 4_000_000
"""Largest body of any request that is not an upload."""

PREPROCESS_STAGES = (("analysing", 1.0),)
DEMO_STAGES = (("synthesising", 0.5), ("analysing", 0.5))
RENDER_STAGES = (
    ("choosing stems", 0.05), ("mixing", 0.6), ("compressing", 0.05), ("mastering", 0.2),
    ("writing", 0.1),
)  # fmt: skip

DESCRIPTION = """
From a folder of stems and a sentence to a track.

1. `POST /api/v1/stems/upload` (or copy kits into the kits folder)
2. `POST /preprocess`, then ask its job
3. `GET /api/v1/search/?prompt=dark+industrial+kick`
4. `POST /generate-track` with `{"prompt": "driving industrial techno 138 bpm"}`

Every failure is `application/problem+json` with a stable `code`.
"""


def create_app(
    settings: Settings | None = None,
    *,
    build: Callable[[Settings | None], Services] = build_services,
) -> FastAPI:
    """The app. Settings are read, and everything is built, when it starts, not before.

    build: makes the services of the settings; None: those of the environment
    """
    app = FastAPI(
        title="Traum-Engine",
        version=__version__,
        description=DESCRIPTION,
        generate_unique_id_function=lambda route: route.name,
        lifespan=partial(_lifespan, build, settings),
        dependencies=KEY_SCHEMES,
        openapi_tags=[
            {"name": "library", "description": "Filling it, and finding things in it"},
            {"name": "stems", "description": "Single sounds"},
            {"name": "tracks", "description": "Plans, and what is rendered of them"},
            {"name": "jobs", "description": "Long tasks"},
            {"name": "system", "description": "How the engine is doing"},
        ],
    )
    streamed = (uploads.UPLOAD_PATH, search.BY_SOUND_PATH)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES, except_paths=streamed)
    app.add_middleware(AccessGuard)
    problems.install(app)
    for room in (
        system, jobs, uploads, stem_edits, stems, search, kits, quarantine, tracks, revisions,
        exports, matches, models, collections, demo_kits, storage,
    ):  # fmt: skip
        app.include_router(room.router)
    return app


def _make_folders(settings: Settings) -> None:
    for folder in (settings.raw_path, settings.processed_path, settings.tracks_path):
        folder.mkdir(parents=True, exist_ok=True)


def check_serving(settings: Settings, host: str, port: int) -> None:
    """Raise InvalidInputError or ConflictError where the server could not listen, or may
    not because anybody could come in; OSError where it could not write."""
    check_access(settings, host)
    _make_folders(settings)
    if not 1 <= port <= 65535:
        raise InvalidInputError(f"port must be from 1 to 65535, got {port}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            message = f"can't listen on {host} port {port}: {error.strerror or error}"
            raise ConflictError(message, code="address_unavailable") from error


@asynccontextmanager
async def _lifespan(
    build: Callable[[Settings | None], Services], settings: Settings | None, app: FastAPI
) -> AsyncIterator[None]:
    services = await run_in_threadpool(build, settings)
    engine, runner = await run_in_threadpool(_start, services)
    app.state.engine = engine
    try:
        yield
    finally:
        engine.watch.close()
        await run_in_threadpool(runner.stop)
        await run_in_threadpool(services.close)


def _start(services: Services) -> tuple[Engine, LocalRunner]:
    """Build everything, put in order what a dead process left, start the threads."""
    check_access(services.settings, host="localhost")  # the guard sees where requests come in
    settings, database = services.settings, services.database
    if not logging.getLogger().handlers:
        set_up_logging(settings.log_level)  # uvicorn sets up its own loggers alone
    _make_folders(settings)
    runner = LocalRunner(lanes={LIBRARY: 1, VECTORS: 1, TRACKS: settings.job_threads})
    made = services.tracks
    jobs = _job_service(services, runner)
    engine = Engine(
        settings=settings,
        database=database,
        embedder=services.embedder,
        models=services.models,
        library_map=services.library_map,
        search=services.search,
        examples=ExampleService(database, services.search),
        suggestions=Suggestions(services.search),
        stems=StemService(database, settings),
        edits=BulkEditService(database),
        reanalysis=services.reanalysis,
        uploads=UploadService(database, settings),
        tracks=made,
        revisions=services.revisions,
        matches=MatchService(database, services.search),
        collections=CollectionService(database),
        exports=services.exports,
        quarantine=QuarantineService(database, settings),
        jobs=jobs,
        watch=JobWatch(jobs),
    )
    engine.uploads.remove_stale()
    runner.start(engine.jobs, lock_file=settings.processed_path / "jobs.lock")
    return engine, runner


def _job_kinds(services: Services, made: TrackService) -> dict[str, JobKind]:
    def preprocess(_params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        return when_free(lambda: services.analyzer.run(progress=progress), progress).to_dict()

    def reanalyse(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        selection = selection_of(StemSelection.model_validate(dict(params)))
        run = services.reanalysis.run
        return when_free(lambda: run(selection, progress=progress), progress).to_dict()

    def demo(_params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        from src.demo.kits import write_demo_kits

        def synthesising(stage: str, done: int, total: int) -> None:  # noqa: ARG001
            progress("synthesising", done, total)

        write_demo_kits(services.settings.raw_path, progress=synthesising)
        return preprocess({}, progress)

    def reembed(_params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        return services.reembedding.run(progress=progress).to_dict()

    alone: dict[str, Any] = {"alone": True, "again": True}
    render = JobKind(made.render, RENDER_STAGES, again=True, tidy=made.tidy)
    exports = services.exports
    return {
        "demo": JobKind(demo, DEMO_STAGES, lane=LIBRARY, **alone),
        "preprocess": JobKind(preprocess, PREPROCESS_STAGES, lane=LIBRARY, **alone),
        "reanalyse": JobKind(reanalyse, PREPROCESS_STAGES, lane=LIBRARY, **alone),
        "reembed": JobKind(reembed, REEMBED_STAGES, lane=VECTORS, **alone),
        "generate": render,
        "render": render,
        "export": JobKind(exports.run, ((EXPORT_STAGE, 1.0),), again=True, tidy=exports.tidy),
    }


def _job_service(services: Services, runner: LocalRunner) -> JobService:
    settings = services.settings
    return JobService(
        services.database,
        _job_kinds(services, services.tracks),
        runner.send,
        logs=JobLogs(settings.job_logs_path),
        rules=JobRules(
            lease_s=settings.job_lease_s,
            most_queued=settings.max_queued_jobs,
            kept_days=settings.jobs_kept_days,
        ),
    )


app = create_app()
