"""The HTTP door: ``uvicorn src.main:app``."""

import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from src import __version__
from src.api import problems
from src.api.deps import Engine
from src.api.docs_pages import add_docs
from src.api.endpoints import (
    audit,
    collections,
    demo_kits,
    exports,
    generation,
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
    workers,
)
from src.api.guard.access import KEY_SCHEMES, AccessGuard, check_access
from src.api.guard.request_ids import RequestIds
from src.api.guard.trail import AuditTrail
from src.api.json_answers import JsonAnswers
from src.api.known_parameters import KNOWN_PARAMETERS
from src.api.limits import BodyLimit
from src.api.manners import Manners
from src.api.metrics import RequestFigures, RequestMeter, note_route
from src.api.openapi import complete_document
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.core.logs import set_up_logging
from src.wiring import Services, build_services
from src.workers.keeper import JobCarrier

MAX_BODY_BYTES = 4_000_000
"""Largest body of any request that is not an upload."""

MAX_GENERATE_BYTES = 64_000_000
"""Largest body of a request for music, which may hold sound as base64."""

DESCRIPTION = """
From a folder of stems and a sentence to a track.

1. `POST /api/v1/stems/upload` (or copy kits into the kits folder)
2. `POST /preprocess`, then ask its job
3. `GET /api/v1/search/?prompt=dark+industrial+kick`
4. `POST /generate-track` with `{"prompt": "driving industrial techno 138 bpm"}`

Every failure is `application/problem+json` with a stable `code`.
"""

TAGS = [
    {"name": "library", "description": "Filling it, and finding things in it"},
    {"name": "stems", "description": "Single sounds"},
    {"name": "tracks", "description": "Plans, and what is rendered of them"},
    {"name": "generation", "description": "Music from words, by a model on a GPU worker"},
    {"name": "jobs", "description": "Long tasks"},
    {"name": "system", "description": "How the engine is doing"},
]


def create_app(
    settings: Settings | None = None,
    *,
    build: Callable[[Settings | None], Services] = build_services,
) -> FastAPI:
    """Make the app. Settings are read, and everything is built, when it starts, not before.

    build: makes the services of the settings; None: those of the environment
    """
    app = FastAPI(
        title="Traum-Engine",
        version=__version__,
        description=DESCRIPTION,
        generate_unique_id_function=lambda route: route.name,
        lifespan=partial(_lifespan, build, settings),
        docs_url=None,  # FastAPI's own pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(note_route), *KEY_SCHEMES, KNOWN_PARAMETERS],
        openapi_tags=TAGS,
    )
    streamed = (uploads.UPLOAD_PATH, search.BY_SOUND_PATH)
    app.add_middleware(
        BodyLimit, max_bytes=MAX_BODY_BYTES, except_paths=streamed,
        larger=dict.fromkeys(generation.SOUND_PATHS, MAX_GENERATE_BYTES),
    )  # fmt: skip
    app.add_middleware(JsonAnswers)
    app.add_middleware(Manners)
    app.add_middleware(AuditTrail)
    app.add_middleware(AccessGuard)
    app.state.request_figures = RequestFigures()
    app.add_middleware(RequestMeter, figures=app.state.request_figures)
    app.add_middleware(RequestIds)
    problems.install(app)
    for room in (
        system, jobs, uploads, stem_edits, stems, search, kits, quarantine, tracks, revisions,
        exports, matches, models, collections, demo_kits, storage, audit, workers, generation,
    ):  # fmt: skip
        app.include_router(room.router)
    add_docs(app)
    complete_document(app)
    return app


def _make_folders(settings: Settings) -> None:
    for folder in (settings.raw_path, settings.processed_path, settings.tracks_path):
        folder.mkdir(parents=True, exist_ok=True)


def check_serving(settings: Settings, host: str, port: int) -> None:
    """Raise InvalidInputError, ConflictError or OSError where the server could not or must not
    listen.
    """
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
        if services.folder_watch is not None:
            await run_in_threadpool(services.folder_watch.stop)
        engine.watch.close()
        await engine.watch.ended()
        await run_in_threadpool(runner.stop)
        await run_in_threadpool(services.close)


def _start(services: Services) -> tuple[Engine, JobCarrier]:
    """Let everything be built, put in order what a dead process left, start the threads."""
    check_access(services.settings, host="localhost")  # the guard sees where requests come in
    settings = services.settings
    if not logging.getLogger().handlers:
        # uvicorn sets up its own loggers alone
        set_up_logging(settings.log_level, settings.log_format)
    _make_folders(settings)
    engine, runner = services.engine, services.runner
    engine.uploads.remove_stale()
    runner.start(engine.jobs, lock_file=settings.processed_path / "jobs.lock")
    if services.folder_watch is not None:
        services.folder_watch.start()
    return engine, runner


app = create_app()
