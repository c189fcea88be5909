"""Who works on jobs."""

from dataclasses import asdict

from fastapi import APIRouter

from src.api.deps import EngineDep
from src.api.problems import no_input, problem_responses
from src.schemas.workers import WorkerList, WorkerOut

router = APIRouter(tags=["jobs"])


@router.get(
    "/api/v1/workers",
    summary="Who works on jobs, and when it was last heard of",
    responses=no_input(problem_responses()),
)
def list_workers(engine: EngineDep) -> WorkerList:
    """Return every process that works on jobs, those heard of last first.

    One that ended by itself is gone; one that died is listed as not alive for a day.
    """
    return WorkerList(items=[WorkerOut(**asdict(one)) for one in engine.jobs.workers.states()])
