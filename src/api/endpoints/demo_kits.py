"""The demo kits: sounds for who has none yet."""

from fastapi import APIRouter, Response

from src.api.deps import EngineDep
from src.api.endpoints.jobs import JOB_RESPONSES, started
from src.api.requests import MarkDep
from src.schemas.jobs import JobOut

router = APIRouter(tags=["library"])


@router.post(
    "/api/v1/demo-kits",
    status_code=202,
    summary="Load the demo kits",
    responses=JOB_RESPONSES,
)
def load_demo_kits(engine: EngineDep, response: Response, mark: MarkDep) -> JobOut:
    """Synthesises four construction kits into the kits folder and analyses them, as a job.

    Kits that are there already are left as they are.
    """
    return started(engine.jobs.submit("demo", {}, mark=mark), response)
