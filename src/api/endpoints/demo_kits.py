"""The demo kits: sounds for who has none yet."""

from fastapi import APIRouter, Response

from src.api.deps import EngineDep
from src.api.endpoints.jobs import job_out
from src.api.links import job_url
from src.api.problems import no_input, problem_responses
from src.schemas.jobs import JobOut

router = APIRouter(tags=["library"])


@router.post(
    "/api/v1/demo-kits",
    status_code=202,
    summary="Load the demo kits",
    responses=no_input(problem_responses(409)),
)
def load_demo_kits(engine: EngineDep, response: Response) -> JobOut:
    """Synthesises four construction kits into the kits folder and analyses them, as a job.

    Kits that are there already are left as they are.
    """
    state = engine.jobs.submit("demo", {})
    response.headers["location"] = job_url(state.id)
    return job_out(state)
