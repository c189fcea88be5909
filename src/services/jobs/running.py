"""One attempt at a job: the task, and how it ended in the job's row."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from src.core.errors import InvalidInputError, TraumError
from src.core.logs import logged_with
from src.core.progress import JobCancelled
from src.db.database import DATABASE_DOWN, Database
from src.db.rows import job_leases
from src.db.rows import jobs as rows
from src.db.rows.clock import Clock
from src.services.jobs.kinds import JobKind, JobRules
from src.services.jobs.leases import Claim, LeaseLostError
from src.services.jobs.logs import JobLogs
from src.services.jobs.progress import JobProgress

log = logging.getLogger(__name__)

_PAUSES_S = (0.2, 0.5, 1.0, 2.0, *([5.0] * 12))
"""Between tries to write how a job ended while the database does not answer."""


@dataclass(frozen=True)
class Ending:
    """How an attempt ended. status: a final one, or "queued": to go on later"""

    status: str
    problem: dict[str, str] | None = None
    result: dict[str, Any] | None = None

    def values(self) -> dict[str, Any]:
        """Return columns of the job's row."""
        values: dict[str, Any] = {"status": self.status}
        if self.problem is not None:
            values["problem"] = self.problem
        if self.status == "succeeded":
            values |= {"progress": 1.0, "stage": "done", "message": "done", "result": self.result}
        return values


class JobRunner:
    """Works on claimed jobs."""

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        *,
        rules: JobRules,
        clock: Clock,
        logs: JobLogs | None,
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._rules = rules
        self._clock = clock
        self._logs = logs

    def work(self, claim: Claim, stopping: Callable[[], bool]) -> None:
        """Do the work of a claim and write down how it ended, unless the claim was lost."""
        with logged_with(job_id=claim.job_id), self._recording(claim.job_id):
            again = "" if claim.attempt == 1 else f", attempt {claim.attempt}"
            log.info("job %s (%s) starts%s", claim.job_id, claim.kind, again)
            try:
                outcome = self._outcome(claim, stopping)
                self._finish_patiently(claim, outcome)
                log.info("job %s (%s) %s", claim.job_id, claim.kind, outcome.status)
            except LeaseLostError as error:
                log.warning("%s", error.message)

    def finish(self, job_id: str, attempt: int, outcome: Ending) -> None:
        """Write how an attempt ended. Raises LeaseLostError where it is not the job's newest,
        or the job has ended."""
        with self._database.transaction() as session:
            moment = self._clock(session)
            if outcome.status == "queued":
                if job_leases.give_back(session, job_id, attempt, moment):
                    return
                outcome = Ending("cancelled")
            ended = {"eta_s": None, "lease_until": None, "finished_at": moment}
            standing = rows.change_job(
                session,
                job_id,
                when=("running",),
                attempt=attempt,
                values=ended | outcome.values(),
                moment=moment,
            )
        if standing is None:
            raise LeaseLostError(job_id, attempt)

    def tidy(self, kind: str, params: Mapping[str, Any]) -> None:
        """Remove what an attempt that was cut off left."""
        known = self._kinds.get(kind)
        if known is not None and known.tidy is not None:
            known.tidy(params)

    def _recording(self, job_id: str) -> AbstractContextManager[None]:
        return nullcontext() if self._logs is None else self._logs.recording(job_id)

    def _outcome(self, claim: Claim, stopping: Callable[[], bool]) -> Ending:
        kind = self._kinds.get(claim.kind)
        try:
            if kind is None:
                raise InvalidInputError(f"nothing here can do a {claim.kind!r} job")
            if claim.attempt > 1:
                self.tidy(claim.kind, claim.params)
            result = kind.task(claim.params, self._progress(claim, kind, stopping))
        except LeaseLostError:
            raise
        except JobCancelled:
            if claim.cancelled.is_set() or not stopping():
                return Ending("cancelled")
            again = kind is not None and kind.again
            return Ending("queued") if again else Ending("failed", interrupted())
        except TraumError as error:
            log.info("job %s (%s) failed: %s", claim.job_id, claim.kind, error.message)
            return Ending("failed", problem_of(error))
        except Exception as error:
            log.exception("job %s (%s) broke", claim.job_id, claim.kind)
            return Ending("failed", problem_of(error))
        return Ending("succeeded", result=plain(dict(result)))

    def _progress(self, claim: Claim, kind: JobKind, stopping: Callable[[], bool]) -> JobProgress:
        return JobProgress(
            self._database,
            claim,
            stages=kind.stages,
            stopping=stopping,
            lease_s=self._rules.lease_s,
            clock=self._clock,
        )

    def _finish_patiently(self, claim: Claim, outcome: Ending) -> None:
        """Write the end, trying again for a minute while the database does not answer."""
        for pause_s in _PAUSES_S:
            try:
                self.finish(claim.job_id, claim.attempt, outcome)
            except DATABASE_DOWN as error:
                log.warning("the end of job %s was not written yet: %s", claim.job_id, error)
                time.sleep(pause_s)
            else:
                return
        self.finish(claim.job_id, claim.attempt, outcome)


def problem_of(error: Exception) -> dict[str, str]:
    """Return what a job's row keeps of an error. A defect of ours keeps its details to the log."""
    if isinstance(error, TraumError):
        kind = next(cls for cls in type(error).__mro__ if cls.__module__ == TraumError.__module__)
        return {"code": error.code, "error": kind.__name__, "detail": error.message}
    detail = "An unexpected error on our side. The log of the server has the details."
    return {"code": "internal_error", "error": "Exception", "detail": detail}


def interrupted() -> dict[str, str]:
    """Return why a job failed that can't simply be run again."""
    detail = "The server stopped while this ran. Start it again: what was finished is kept."
    return {"code": "interrupted", "error": "BackendUnavailableError", "detail": detail}


def workers_died(deaths: int) -> dict[str, str]:
    """Return why a job failed over which its workers go."""
    detail = (
        f"{deaths} workers died over this job, each without a word, as they do when memory runs"
        " out. Give them more, or the job less, and try again."
    )
    return {"code": "worker_died", "error": "GenerationFailedError", "detail": detail}


def plain(value: Any) -> Any:
    """Return the value as JSON can hold it: numbers that are not finite become None."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
