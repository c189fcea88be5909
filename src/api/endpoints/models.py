"""Embedders, switching between them, and the map of the library."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from src.api.deps import EngineDep
from src.api.endpoints.jobs import JOB_RESPONSES, started
from src.api.filters import Categories
from src.api.problems import no_input, problem_responses
from src.api.requests import MarkDep
from src.schemas.common import Text
from src.schemas.jobs import JobOut
from src.schemas.models import EmbedderOut, MapAnswer, MapPointOut, ModelsAnswer, ReembedRequest
from src.services.library.map import MAX_SHOWN

router = APIRouter(prefix="/api/v1", tags=["library"])


@router.get("/models", summary="List embedders", responses=no_input(problem_responses(503)))
def list_models(engine: EngineDep) -> ModelsAnswer:
    """List which model is searched by, which one is configured, and how much each has embedded."""
    state = engine.models.state()
    embedders = [EmbedderOut(**asdict(one), ready=one.ready) for one in state.embedders]
    return ModelsAnswer(
        active=state.active,
        wanted=state.requested,
        embedders=embedders,
        how_to_get_clap=state.how_to_get_clap,
    )


@router.post(
    "/models/reembed",
    status_code=202,
    summary="Hear the library with the wanted embedder",
    responses=JOB_RESPONSES,
)
def reembed(
    engine: EngineDep, response: Response, mark: MarkDep, request: ReembedRequest | None = None
) -> JobOut:
    """Make the vectors that lack, as a job, and then let searches use them.

    Searches
    go on with the old ones meanwhile. Cancelled, it goes on from there when started again."""
    params = {} if request is None else request.model_dump()
    return started(engine.jobs.submit("reembed", params, mark=mark), response)


@router.get("/library/map", summary="Map of the library", responses=problem_responses(503))
def library_map(
    engine: EngineDep,
    category: Categories = None,
    limit: Annotated[int, Query(ge=1, le=MAX_SHOWN, description="How many at most")] = 10_000,
    cursor: Annotated[Text | None, Query(max_length=64, description="As answered before")] = None,
) -> MapAnswer:
    """List every stem as a point; those that sound alike lie near each other.

    A new stem gets a place of its own and moves no other. The first call after an import places
    what is new.
    """
    page = engine.library_map.page(categories=tuple(category or ()), cursor=cursor, limit=limit)
    return MapAnswer(
        model_id=page.model_id,
        version=page.version,
        points=[MapPointOut(**point._asdict()) for point in page.points],
        total=page.total,
        next_cursor=page.next_cursor,
    )
