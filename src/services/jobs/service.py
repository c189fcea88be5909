"""Long tasks as rows: queued, running, succeeded, failed or cancelled.

The row is the truth. Whoever carries the ids (threads of this process, a broker) may lose
or double them: a job starts only by moving its row from queued to running, once.
"""

import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from src.core.errors import ConflictError, InvalidInputError, TraumError
from src.core.progress import JobCancelled, Progress
from src.db import crud
from src.db.database import Database
from src.db.models import Job, now
from src.services.jobs.logs import JobLogs
from src.services.jobs.progress import JobProgress

log = logging.getLogger(__name__)

Task = Callable[[Mapping[str, Any], Progress], Mapping[str, Any]]
"""Does the work of one kind of job: parameters and progress in, result out."""


def _never() -> bool:
    return False


class JobRunningError(ConflictError):
    """A job of a kind that runs alone is already queued or running."""

    code = "job_running"

    def __init__(self, message: str, *, job_id: str) -> None:
        super().__init__(message)
        self.job_id = job_id


@dataclass(frozen=True)
class JobKind:
    """What the jobs of one name do.

    stages: the stages in their order, each with its share of the work; a stage that is
        not named here moves the message, not the progress
    alone: at most one such job is queued or running at a time
    """

    task: Task
    stages: tuple[tuple[str, float], ...] = ()
    alone: bool = False


@dataclass(frozen=True)
class JobState:
    """A job as it stands. progress is 0..1 and never falls; eta_s None: not known yet.

    problem: {"code", "error", "detail"}; error names the class in ``core.errors``
    """

    id: str
    kind: str
    status: str
    progress: float
    stage: str
    message: str
    eta_s: float | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        """Whether it will never change again."""
        return self.status in crud.FINAL_STATES


class JobService:
    """Takes jobs in, runs them, tells how they are doing and stops them.

    send: carries the id of a new job to whoever will call :meth:`run`
    logs: where what a job tells is kept; None: nowhere
    """

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        send: Callable[[str], None],
        *,
        logs: JobLogs | None = None,
    ) -> None:
        self.database = database
        self.kinds = dict(kinds)
        self._send = send
        self._logs = logs
        self._submitting = threading.Lock()

    def submit(self, kind: str, params: Mapping[str, Any]) -> JobState:
        """Write the row, then send the id.

        Raises JobRunningError when the kind runs alone and one is open already.
        """
        if kind not in self.kinds:
            raise InvalidInputError(f"job must be one of {', '.join(self.kinds)}, got {kind!r}")
        with self._submitting, self.database.transaction() as session:
            running = crud.open_job_of(session, kind) if self.kinds[kind].alone else None
            if running is not None:
                raise JobRunningError(
                    f"a {kind} job is {running.status} already: {running.id}", job_id=running.id
                )
            row = crud.add_job(session, job_id=str(uuid4()), kind=kind, params=dict(params))
            state = _state(row)
        self._send(state.id)
        return state

    def get(self, job_id: str) -> JobState:
        """The job as it stands. Raises NotFoundError."""
        with self.database.transaction() as session:
            return _state(crud.get_job(session, job_id))

    def log_tail(self, job_id: str, lines: int) -> tuple[list[str], int]:
        """The last lines of a job's log, and how many there are in all. Raises NotFoundError."""
        self.get(job_id)
        return ([], 0) if self._logs is None else self._logs.tail(job_id, lines)

    def page(
        self, *, kind: str | None, status: Sequence[str], window: crud.Window
    ) -> tuple[list[JobState], int]:
        """One page of jobs, newest first, and how many there are in all.

        Without their results, which may be long: ask for the job itself.
        """
        with self.database.transaction() as session:
            rows, total = crud.list_jobs(session, kind=kind, status=status, window=window)
            return [_state(row, with_result=False) for row in rows], total

    def cancel(self, job_id: str) -> JobState:
        """Stop a job: at once while it is queued, at its next step while it runs.

        A cancelled job stays cancelled. Raises ConflictError for one that has ended
        otherwise.
        """
        with self.database.transaction() as session:
            crud.get_job(session, job_id)
            ended = {"status": "cancelled", "cancel_requested": True, "finished_at": now()}
            if not crud.change_job(session, job_id, when=("queued",), values=ended):
                crud.change_job(
                    session, job_id, when=("running",), values={"cancel_requested": True}
                )
        state = self.get(job_id)
        if state.status in ("succeeded", "failed"):
            raise ConflictError(f"job {job_id} has {state.status} already", code="job_finished")
        return state

    def retry(self, job_id: str) -> JobState:
        """A new job that does the same as one that failed or was cancelled.

        Raises ConflictError for one that is open or has succeeded, and JobRunningError.
        """
        with self.database.transaction() as session:
            row = crud.get_job(session, job_id)
            kind, params, status = row.kind, dict(row.params), row.status
        if status not in ("failed", "cancelled"):
            raise ConflictError(
                f"job {job_id} is {status}; only failed and cancelled ones are tried again",
                code="job_not_failed",
            )
        return self.submit(kind, params)

    def run(self, job_id: str, *, stopping: Callable[[], bool] = _never) -> None:
        """Do the work of a queued job and write down how it ended.

        A job that is not queued (any more) is left alone. stopping: asked at each step;
        True ends the job as interrupted.
        """
        with self.database.transaction() as session:
            started = {"status": "running", "started_at": now()}
            if not crud.change_job(session, job_id, when=("queued",), values=started):
                return
            row = crud.get_job(session, job_id)
            kind, params = row.kind, dict(row.params)
        with self._recording(job_id):
            log.info("job %s (%s) starts", job_id, kind)
            outcome = self._outcome(job_id, kind, params, stopping)
            log.info("job %s (%s) %s", job_id, kind, outcome["status"])
        self._end(job_id, outcome)

    def recover(self) -> list[str]:
        """Put in order what a process that is gone left behind; the ids that were sent again.

        Running jobs have failed as interrupted, queued ones are sent again.
        """
        if self._logs is not None:
            self._logs.prune()
        with self.database.transaction() as session:
            for row in crud.jobs_in(session, "running"):
                log.warning("job %s (%s) was interrupted", row.id, row.kind)
                crud.change_job(session, row.id, when=("running",), values=_interrupted())
            waiting = [row.id for row in crud.jobs_in(session, "queued")]
        for job_id in waiting:
            self._send(job_id)
        return waiting

    def _recording(self, job_id: str) -> AbstractContextManager[None]:
        return nullcontext() if self._logs is None else self._logs.recording(job_id)

    def _outcome(
        self, job_id: str, kind: str, params: dict[str, Any], stopping: Callable[[], bool]
    ) -> dict[str, Any]:
        stages = self.kinds[kind].stages if kind in self.kinds else ()
        progress = JobProgress(self.database, job_id, stages=stages, stopping=stopping)
        try:
            if kind not in self.kinds:
                raise InvalidInputError(f"nothing here can do a {kind!r} job")
            result = self.kinds[kind].task(params, progress)
        except JobCancelled:
            return _interrupted() if stopping() else {"status": "cancelled"}
        except TraumError as error:
            log.info("job %s (%s) failed: %s", job_id, kind, error.message)
            return {"status": "failed", "problem": problem_of(error)}
        except Exception as error:
            log.exception("job %s (%s) broke", job_id, kind)
            return {"status": "failed", "problem": problem_of(error)}
        return {
            "status": "succeeded",
            "progress": 1.0,
            "stage": "done",
            "message": "done",
            "result": plain(dict(result)),
        }

    def _end(self, job_id: str, outcome: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            values = {"eta_s": None, "finished_at": now(), **outcome}
            crud.change_job(session, job_id, when=("running",), values=values)


def problem_of(error: Exception) -> dict[str, str]:
    """What a job's row keeps of an error. A defect of ours keeps its details to the log."""
    if isinstance(error, TraumError):
        kind = next(cls for cls in type(error).__mro__ if cls.__module__ == TraumError.__module__)
        return {"code": error.code, "error": kind.__name__, "detail": error.message}
    detail = "An unexpected error on our side. The log of the server has the details."
    return {"code": "internal_error", "error": "Exception", "detail": detail}


def plain(value: Any) -> Any:
    """The value as JSON can hold it: numbers that are not finite become None."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _interrupted() -> dict[str, Any]:
    detail = "The server stopped while this ran. Start it again: what was finished is kept."
    problem = {"code": "interrupted", "error": "BackendUnavailableError", "detail": detail}
    return {"status": "failed", "problem": problem, "eta_s": None, "finished_at": now()}


def _state(row: Job, *, with_result: bool = True) -> JobState:
    return JobState(
        id=row.id,
        kind=row.kind,
        status=row.status,
        progress=row.progress,
        stage=row.stage,
        message=row.message,
        eta_s=row.eta_s,
        result=row.result if with_result else None,
        problem=row.problem,
        cancel_requested=row.cancel_requested,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
