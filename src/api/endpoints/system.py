"""Whether the engine lives, whether it can work, and where to go."""

import shutil
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response

from src import __version__
from src.api.deps import Engine, EngineDep, SessionDep
from src.api.guard.access import granted
from src.api.metrics import CONTENT_TYPE, EngineFigures, prometheus_text
from src.api.problems import no_input, problem_responses
from src.db import crud
from src.embeddings.choice import embedder_status
from src.schemas.system import Alive, EngineParts, Index, Ready
from src.services.jobs.figures import job_figures

router = APIRouter(tags=["system"])

_PROMETHEUS: dict[str, Any] = {"content": {CONTENT_TYPE: {"schema": {"type": "string"}}}}


@router.get("/", summary="Where to go")
def index() -> Index:
    """List the ways in."""
    return Index(
        name="Traum-Engine",
        version=__version__,
        docs="/docs",
        links={
            "stems": "/api/v1/stems/",
            "search": "/api/v1/search/?prompt=dark+industrial+kick",
            "kits": "/api/v1/kits",
            "quarantine": "/api/v1/quarantine",
            "tracks": "/api/v1/tracks",
            "jobs": "/api/v1/jobs",
            "ready": "/readyz",
        },
    )


@router.get("/healthz", summary="Is the process alive?")
def healthz() -> Alive:
    """Answers whenever the process does; touches nothing."""
    return Alive(version=__version__)


@router.get("/readyz", summary="Can it work?", responses=no_input(problem_responses(503)))
def readyz(engine: EngineDep, session: SessionDep, request: Request) -> Ready:
    """Asks the database. 503 when that does not answer.

    Where a key is needed, only who carries it learns how much is in the library.
    """
    model_id = engine.models.active().model_id
    counts = crud.library_counts(session, model_id)
    if granted(engine, request.headers) is None:
        return Ready(version=__version__)
    return Ready(
        version=__version__,
        embedder=model_id,
        embedder_choice=_choice(engine, model_id),
        library=asdict(counts),
        parts=_parts(engine),
        stems_without_vector=max(counts.stems - counts.vectors, 0),
    )


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={**no_input(problem_responses()), 200: _PROMETHEUS},
)
def metrics(engine: EngineDep, request: Request) -> Response:
    """Tell of requests, jobs, workers and the library in Prometheus' text format.

    Requests of this process by route and status; jobs by kind and state, how long they wait and
    take; last signs of life of workers; the size of the library.
    """
    with engine.database.transaction() as session:
        counts = asdict(crud.library_counts(session, engine.models.active().model_id))
    del counts["open_jobs"]
    jobs, workers = job_figures(engine.database), tuple(engine.jobs.workers.states())
    found = prometheus_text(request.app.state.request_figures, EngineFigures(jobs, workers, counts))
    return Response(found, media_type=CONTENT_TYPE)


def _parts(engine: Engine) -> EngineParts:
    workers = engine.jobs.workers.states()
    living = [one for one in workers if one.alive]
    done = {kind for one in living for kind in one.kinds}
    # of the others a request is refused at once where nobody can do it, so nothing waits
    needed = {name for name, kind in engine.jobs.kinds.items() if kind.missing is None}
    return EngineParts(
        broker=engine.broker_state(),
        workers=len(living),
        workers_silent=len(workers) - len(living),
        jobs_without_worker=sorted(needed - done),
        folder_watch="on" if engine.settings.watch else "off",
        disk_free_gb=round(shutil.disk_usage(engine.settings.tracks_path).free / 1e9, 1),
    )


def _choice(engine: Engine, active: str) -> str:
    reported = embedder_status(engine.settings)
    if active == engine.models.requested.model_id:
        return reported
    return (
        f"{reported}. The library is still searched by {active}: 'python -m src.cli reembed' or"
        " POST /api/v1/models/reembed makes the vectors of the wanted one and switches to it"
    )
