"""Long tasks: how they are doing, and stopping them. And the one that fills the library."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from src.api.deps import EngineDep, WindowDep, finished_job
from src.api.fields import FIELDS
from src.api.links import job_result, job_url
from src.api.problems import NothingMoreError, job_problem, problem_responses
from src.api.requests import MarkDep
from src.core.errors import InvalidInputError
from src.db.rows.jobs import After, JobFilter
from src.schemas.common import Text
from src.schemas.jobs import (
    CancelledOut,
    JobEventOut,
    JobList,
    JobLogOut,
    JobOut,
    JobSelection,
    JobStatus,
    TaskStatus,
)
from src.services.jobs.intake import JobRunningError
from src.services.jobs.service import JobService
from src.services.jobs.states import JobNews, JobState

router = APIRouter(tags=["jobs"])

JobId = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,36}$", description="Id of the job")]
JOB_RESPONSES = problem_responses(409, 429)


@router.post(
    "/preprocess",
    status_code=202,
    summary="Analyse the kits folder",
    tags=["library"],
    responses=JOB_RESPONSES,
)
def start_preprocess(engine: EngineDep, response: Response, mark: MarkDep) -> JobOut:
    """Starts taking new and changed files into the library, and answers at once with the job.

    What is done and unchanged is not done again. While one such job is open, a second
    request gets 409 `job_running` with its `job_id`.
    """
    return started(engine.jobs.submit("preprocess", {}, mark=mark), response)


@router.get(
    "/api/v1/jobs", summary="List jobs", responses=problem_responses(), dependencies=[FIELDS]
)
def list_jobs(
    engine: EngineDep,
    window: WindowDep,
    kind: Annotated[
        list[Text] | None,
        Query(description="Any of these kinds: preprocess, generate, render, export, ..."),
    ] = None,
    status: Annotated[list[JobStatus] | None, Query(description="Any of these states")] = None,
    cursor: Annotated[Text | None, Query(max_length=128, description="As answered before")] = None,
) -> JobList:
    """Return newest first. Results are left out here: ask for the job itself.

    `next_cursor` leads on from the last job of a page, whatever was added before it since.
    """
    page = engine.jobs.page(
        JobFilter(kinds=tuple(kind or ()), statuses=tuple(status or ())),
        limit=window.limit,
        offset=0 if cursor else window.offset,
        after=_position(cursor) if cursor else None,
    )
    return JobList(
        items=[job_out(state) for state in page.jobs],
        total=page.total,
        limit=window.limit,
        offset=window.offset,
        next_cursor=None if page.after is None else _cursor(page.after),
    )


@router.post("/api/v1/jobs/cancel", summary="Stop many jobs", responses=problem_responses())
def cancel_jobs(engine: EngineDep, requested: JobSelection) -> CancelledOut:
    """Cancels those that wait at once, and those that run at their next step.

    Those that have ended stay as they are.
    """
    which = JobFilter(tuple(requested.ids), tuple(requested.kind), tuple(requested.status))
    reported = engine.jobs.cancel_many(which)
    return CancelledOut(cancelled=reported.cancelled, stopping=reported.stopping)


@router.get(
    "/api/v1/jobs/{job_id}", summary="How a job is doing", responses=problem_responses(404),
    dependencies=[FIELDS],
)  # fmt: skip
async def get_job(
    engine: EngineDep,
    job_id: JobId,
    wait: Annotated[
        float, Query(ge=0, le=60, allow_inf_nan=False, description="Seconds to wait for its end")
    ] = 0.0,
) -> JobOut:
    """Show progress, stage, time left, and in the end the result or problem.

    With `wait` the answer comes once the job has ended, or after so many seconds.
    """
    if wait > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(finished_job(engine.jobs, job_id), wait)
    return job_out(await run_in_threadpool(engine.jobs.get, job_id))


def _followed_from(
    engine: EngineDep,
    job_id: JobId,
    last_event_id: Annotated[
        int | None, Header(ge=0, description="The last event that was seen")
    ] = None,
    after: Annotated[int, Query(ge=0, description="The same, where no header can be sent")] = 0,
) -> int:
    """Find from where a job is followed. Raises NotFoundError, NothingMoreError for one that has
    reported
    everything."""
    state = engine.jobs.get(job_id)
    seen = after if last_event_id is None else last_event_id
    if state.finished and seen >= state.events:
        raise NothingMoreError
    return seen


@router.get(
    "/api/v1/jobs/{job_id}/events",
    summary="Follow a job",
    response_class=EventSourceResponse,
    responses={**problem_responses(404), 204: {"description": "It has ended, and told all"}},
)
async def job_events(
    engine: EngineDep, job_id: JobId, seen: Annotated[int, Depends(_followed_from)]
) -> AsyncIterator[ServerSentEvent]:
    """Send server-sent events: `state` when its state changes, `progress` between, up to its end.

    Ids count from 1 without gaps and are kept with the job: who was cut off goes on where
    `Last-Event-ID` says, and misses nothing. A comment comes every 15 seconds where nothing
    else does.
    """
    async for news in engine.watch.events(job_id, seen):
        yield _event(news)


@router.get(
    "/api/v1/jobs/{job_id}/log", summary="What a job told", responses=problem_responses(404)
)
def job_log(
    engine: EngineDep,
    job_id: JobId,
    lines: Annotated[int, Query(ge=1, le=1000, description="So many of the last lines")] = 200,
) -> JobLogOut:
    """List its stages, warnings and what was refused, as it went along. Kept as long as the
    job.
    """
    last, total = engine.jobs.log_tail(job_id, lines)
    return JobLogOut(lines=last, total=total)


@router.post(
    "/api/v1/jobs/{job_id}/cancel",
    summary="Stop a job",
    responses=problem_responses(404, 409),
)
def cancel_job(engine: EngineDep, job_id: JobId) -> JobOut:
    """Cancel a queued job at once, a running one at its next step: ask again to see.

    What it has finished until then is kept, nothing is left half written. One that has
    succeeded or failed gets 409 `job_finished`.
    """
    return job_out(engine.jobs.cancel(job_id))


@router.post(
    "/api/v1/jobs/{job_id}/retry",
    status_code=202,
    summary="Try a job again",
    responses=problem_responses(404, 409, 429),
)
def retry_job(engine: EngineDep, job_id: JobId, response: Response, mark: MarkDep) -> JobOut:
    """Start a new job that does the same as one that failed or was cancelled; the old one
    stays.
    """
    return started(engine.jobs.retry(job_id, mark=mark), response)


@router.get("/status/{task_id}", summary="A job in three words", responses=problem_responses(404))
def task_status(engine: EngineDep, task_id: JobId) -> TaskStatus:
    """Tell `pending`, `success` or `failed` (also when it was cancelled), and the finished file."""
    state = engine.jobs.get(task_id)
    words = {"queued": "pending", "running": "pending", "succeeded": "success"}
    file_url = (job_result(state.kind, state.result) or {}).get("file_url")
    return TaskStatus.model_validate(
        {"task_id": task_id, "status": words.get(state.status, "failed"), "file_url": file_url}
    )


def job_out(state: JobState) -> JobOut:
    """Convert a job to what the API returns."""
    url = job_url(state.id)
    return JobOut(
        id=state.id,
        kind=state.kind,
        status=state.status,
        progress=state.progress,
        stage=state.stage,
        message=state.message,
        eta_s=state.eta_s,
        queue_position=state.queue_position,
        attempt=state.attempt,
        result=job_result(state.kind, state.result),
        problem=job_problem(state),
        cancel_requested=state.cancel_requested,
        created_at=state.created_at,
        started_at=state.started_at,
        finished_at=state.finished_at,
        url=url,
        events_url=f"{url}/events",
    )


def started(state: JobState, response: Response) -> JobOut:
    """Answer with a job that was just requested and where to ask for it again."""
    response.headers["location"] = job_url(state.id)
    return job_out(state)


def start_analysis(jobs: JobService) -> str:
    """Start a preprocess job, or return the one that is open already."""
    try:
        return jobs.submit("preprocess", {}).id
    except JobRunningError as error:
        return error.job_id


def _event(news: JobNews) -> ServerSentEvent:
    data = JobEventOut(**news.data, at=news.created_at)
    return ServerSentEvent(id=str(news.number), event=news.kind, data=data)


def _cursor(after: After) -> str:
    text = f"{after.created_at.isoformat()} {after.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str) -> After:
    """Read where a page begins. Raises InvalidInputError for what is no cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, job_id = text.partition(" ")
        return After(datetime.fromisoformat(moment), job_id)
    except (binascii.Error, ValueError) as error:
        raise InvalidInputError(
            f"cursor must be one that a page of jobs gave, got {cursor!r}", code="bad_cursor"
        ) from error
