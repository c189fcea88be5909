"""Long tasks: how they are doing, and stopping them. And the one that fills the library."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from src.api.deps import EngineDep, WindowDep
from src.api.links import job_result, job_url
from src.api.problems import job_problem, no_input, problem_responses
from src.schemas.common import Page, Text
from src.schemas.jobs import JobLogOut, JobOut, JobStatus
from src.services.jobs.service import JobRunningError, JobService, JobState

router = APIRouter(tags=["jobs"])

JobId = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,36}$", description="Id of the job")]


@router.post(
    "/preprocess",
    status_code=202,
    summary="Analyse the kits folder",
    tags=["library"],
    responses=no_input(problem_responses(409)),
)
def start_preprocess(engine: EngineDep, response: Response) -> JobOut:
    """Starts taking new and changed files into the library, and answers at once with the job.

    What is done and unchanged is not done again. While one such job is open, a second
    request gets 409 `job_running` with its `job_id`.
    """
    state = engine.jobs.submit("preprocess", {})
    response.headers["location"] = job_url(state.id)
    return job_out(state)


@router.get("/api/v1/jobs", summary="List jobs", responses=problem_responses())
def list_jobs(
    engine: EngineDep,
    window: WindowDep,
    kind: Annotated[
        Text | None, Query(max_length=32, description="preprocess, generate, render")
    ] = None,
    status: Annotated[list[JobStatus] | None, Query(description="Any of these states")] = None,
) -> Page[JobOut]:
    """Newest first. Results are left out here: ask for the job itself."""
    states, total = engine.jobs.page(kind=kind, status=status or (), window=window)
    items = [job_out(state) for state in states]
    return Page[JobOut](items=items, total=total, limit=window.limit, offset=window.offset)


@router.get("/api/v1/jobs/{job_id}", summary="How a job is doing", responses=problem_responses(404))
def get_job(engine: EngineDep, job_id: JobId) -> JobOut:
    """Progress, what it is doing, how long it will take, and in the end its result or problem."""
    return job_out(engine.jobs.get(job_id))


@router.get(
    "/api/v1/jobs/{job_id}/log", summary="What a job told", responses=problem_responses(404)
)
def job_log(
    engine: EngineDep,
    job_id: JobId,
    lines: Annotated[int, Query(ge=1, le=1000, description="So many of the last lines")] = 200,
) -> JobLogOut:
    """Its stages, warnings and what was refused, as it went along. Kept for the last 1,000 jobs."""
    last, total = engine.jobs.log_tail(job_id, lines)
    return JobLogOut(lines=last, total=total)


@router.post(
    "/api/v1/jobs/{job_id}/cancel",
    summary="Stop a job",
    responses=problem_responses(404, 409),
)
def cancel_job(engine: EngineDep, job_id: JobId) -> JobOut:
    """A queued job is cancelled at once; a running one at its next step: ask again to see.

    What it has finished until then is kept, nothing is left half written. One that has
    succeeded or failed gets 409 `job_finished`.
    """
    return job_out(engine.jobs.cancel(job_id))


@router.post(
    "/api/v1/jobs/{job_id}/retry",
    status_code=202,
    summary="Try a job again",
    responses=problem_responses(404, 409),
)
def retry_job(engine: EngineDep, job_id: JobId, response: Response) -> JobOut:
    """A new job that does the same as one that failed or was cancelled; the old one stays."""
    state = engine.jobs.retry(job_id)
    response.headers["location"] = job_url(state.id)
    return job_out(state)


def job_out(state: JobState) -> JobOut:
    """A job as the API tells it."""
    return JobOut(
        id=state.id,
        kind=state.kind,
        status=state.status,
        progress=state.progress,
        stage=state.stage,
        message=state.message,
        eta_s=state.eta_s,
        result=job_result(state.kind, state.result),
        problem=job_problem(state),
        cancel_requested=state.cancel_requested,
        created_at=state.created_at,
        started_at=state.started_at,
        finished_at=state.finished_at,
        url=job_url(state.id),
    )


def start_analysis(jobs: JobService) -> str:
    """The id of a new preprocess job, or of the one that is open already."""
    try:
        return jobs.submit("preprocess", {}).id
    except JobRunningError as error:
        return error.job_id
