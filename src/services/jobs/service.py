"""Long tasks as rows: queued, running, succeeded, failed or cancelled.

The row is the truth. Whoever carries the ids (threads of this process, a broker) may lose
or double them: a job starts only by a claim, which moves its row from queued to running; and
nothing of a worker is kept that does not hold the newest claim.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from src.core.errors import ConflictError
from src.db.database import Database
from src.db.rows import jobs as rows
from src.db.rows.clock import Clock, database_time
from src.services.jobs.intake import JobIntake, RequestMark
from src.services.jobs.kinds import JobKind, JobRules, Ticket
from src.services.jobs.leases import Claim, Leases
from src.services.jobs.logs import JobLogs
from src.services.jobs.running import JobRunner
from src.services.jobs.states import JobNews, JobState, news_of, state_of
from src.services.jobs.sweeping import JobSweeper
from src.services.jobs.workers import WorkerRegister

_DAY_S = 86_400.0


def _never() -> bool:
    return False


@dataclass(frozen=True)
class JobPage:
    """One page of jobs. total: how many there are in all; after: where the next page begins"""

    jobs: list[JobState]
    total: int
    after: rows.After | None


@dataclass(frozen=True)
class Cancelled:
    """What became of a wish to stop many jobs. cancelled: at once; stopping: at their next step"""

    cancelled: int
    stopping: int


class JobService:
    """Takes jobs in, hands them to workers, tells how they are doing and stops them.

    send: carries a new job to whoever will call :meth:`claim`; it may lose and double them
    logs: where what a job tells is kept; None: nowhere
    clock: what time it is; all who share a database use one
    """

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        send: Callable[[Ticket], None],
        *,
        logs: JobLogs | None = None,
        rules: JobRules | None = None,
        clock: Clock = database_time,
    ) -> None:
        self.database = database
        self.kinds = dict(kinds)
        self.rules = JobRules() if rules is None else rules
        self._send = send
        self._logs = logs
        self._clock = clock
        self._leases = Leases(database, lease_s=self.rules.lease_s, clock=clock)
        shared: dict[str, Any] = {"rules": self.rules, "clock": clock}
        name = self._leases.worker
        self.workers = WorkerRegister(database, name=name, rules=self.rules, clock=clock)
        self._intake = JobIntake(database, self.kinds, **shared)
        self._runner = JobRunner(database, self.kinds, logs=logs, **shared)
        self._sweeper = JobSweeper(
            database, self.kinds, leases=self._leases, runner=self._runner, **shared
        )

    # --- for who wants something done -------------------------------------------------------

    def submit(
        self,
        kind: str,
        params: Mapping[str, Any],
        *,
        mark: RequestMark | None = None,
        same: str | None = None,
        job_id: str | None = None,
    ) -> JobState:
        """Write the row, then send the id.

        mark: a request that was made before gets the job that it got then
        same: digest of what the job will give; who asks for the same meanwhile gets this job
        job_id: of the new job, where its results are to bear it

        Raises JobRunningError when the kind runs alone and one is open already, QueueFullError
        while too many wait, InvalidInputError for a mark whose key stood for something else.
        """
        row, new = self._intake.take(kind, params, mark, same=same, job_id=job_id)
        if new:
            self._send(self._sweeper.ticket(row.id, kind))
        return state_of(row)

    def known(self, mark: RequestMark | None) -> JobState | None:
        """Return the job that the same request got before. Raises InvalidInputError as submit
        does.
        """
        row = self._intake.known(mark)
        return None if row is None else state_of(row)

    def get(self, job_id: str) -> JobState:
        """Return the job as it stands. Raises NotFoundError."""
        with self.database.transaction() as session:
            row = rows.get_job(session, job_id)
            waits = [job_id] if row.status == "queued" else []
            places = rows.positions(session, waits, self._lanes())
            return state_of(row, position=places.get(job_id))

    def ended(self, job_id: str) -> JobState | None:
        """Return the job once it has ended, None before. Cheaper than :meth:`get` for who waits.

        Raises NotFoundError.
        """
        with self.database.transaction() as session:
            state = state_of(rows.get_job(session, job_id))
        return state if state.finished else None

    def page(
        self, which: rows.JobFilter, *, limit: int, offset: int = 0, after: rows.After | None = None
    ) -> JobPage:
        """Return one page of jobs, newest first, without their results, which may be long."""
        with self.database.transaction() as session:
            found, total = rows.list_jobs(session, which, limit=limit, offset=offset, after=after)
            waits = [row.id for row in found if row.status == "queued"]
            places = rows.positions(session, waits, self._lanes())
        states = [state_of(row, with_result=False, position=places.get(row.id)) for row in found]
        last = states[-1] if len(states) == limit else None
        return JobPage(
            states, total, None if last is None else rows.After(last.created_at, last.id)
        )

    def cancel(self, job_id: str) -> JobState:
        """Stop a job: at once while it is queued, at its next step while it runs.

        A cancelled job stays cancelled. Raises ConflictError for one that has ended
        otherwise.
        """
        with self.database.transaction() as session:
            rows.get_job(session, job_id)
        self.cancel_many(rows.JobFilter(ids=(job_id,)))
        state = self.get(job_id)
        if state.status in ("succeeded", "failed"):
            raise ConflictError(f"job {job_id} has {state.status} already", code="job_finished")
        return state

    def cancel_many(self, which: rows.JobFilter) -> Cancelled:
        """Stop all jobs that pass a filter, those that have ended left as they are."""
        with self.database.transaction() as session:
            cancelled, stopping = rows.cancel_jobs(session, which, self._clock(session))
        self._leases.hear_cancels(stopping)
        return Cancelled(len(cancelled), len(stopping))

    def retry(self, job_id: str, *, mark: RequestMark | None = None) -> JobState:
        """Start a new job that does the same as one that failed or was cancelled.

        Raises ConflictError for one that is open or has succeeded, and what submit raises.
        """
        with self.database.transaction() as session:
            row = rows.get_job(session, job_id)
            kind, params, status = row.kind, dict(row.params), row.status
        if status not in ("failed", "cancelled"):
            raise ConflictError(
                f"job {job_id} is {status}; only failed and cancelled ones are tried again",
                code="job_not_failed",
            )
        return self.submit(kind, params, mark=mark)

    # --- for who follows --------------------------------------------------------------------

    def log_tail(self, job_id: str, lines: int) -> tuple[list[str], int]:
        """Return the last lines of a job's log, and how many there are in all. Raises
        NotFoundError.
        """
        with self.database.transaction() as session:
            rows.get_job(session, job_id)
        return ([], 0) if self._logs is None else self._logs.tail(job_id, lines)

    def newest_events(self, job_ids: Sequence[str]) -> dict[str, int]:
        """Return the number of the newest event of each of these jobs that is there."""
        with self.database.transaction() as session:
            return rows.newest_events(session, job_ids)

    def events(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[JobNews]:
        """Return what happened to a job behind an event, oldest first."""
        with self.database.transaction() as session:
            return [news_of(row) for row in rows.events_after(session, job_id, after, limit)]

    # --- for workers ------------------------------------------------------------------------

    def claim(self, job_id: str) -> Claim | None:
        """Take a queued job to work on it; None where it is not queued (any more)."""
        return self._leases.claim(job_id)

    def claim_next(self, kinds: Iterable[str]) -> Claim | None:
        """Take a job of the first of these kinds of which one waits, the oldest of the kind."""
        claims = (self._leases.claim_next(kind) for kind in kinds)
        return next((claim for claim in claims if claim is not None), None)

    def work(self, claim: Claim, *, stopping: Callable[[], bool] = _never) -> None:
        """Do the work of a claim and write down how it ended, unless the claim was lost.

        stopping: asked at each step; True puts the job back into the queue where it may be
        run again, and ends it as interrupted where not.
        """
        try:
            self._runner.work(claim, stopping)
        finally:
            self._leases.let_go(claim)

    def run(self, job_id: str, *, stopping: Callable[[], bool] = _never) -> None:
        """Do the work of a queued job; one that is not queued (any more) is left alone."""
        claim = self.claim(job_id)
        if claim is not None:
            self.work(claim, stopping=stopping)

    def renew(self) -> None:
        """Say that this worker lives: prolong all its claims."""
        self._leases.renew()
        self.workers.report()

    def sweep(self) -> None:
        """Take up what lost its worker, send again what waits for too long."""
        self._sweeper.sweep(self._send)

    def forget_old(self) -> int:
        """Remove what is kept no longer; how many jobs it were."""
        if self._logs is not None:
            self._logs.remove_older(time.time() - self.rules.kept_days * _DAY_S)
        self.workers.forget_silent()
        return self._sweeper.forget_old()

    def _lanes(self) -> dict[str, str]:
        return {name: kind.lane for name, kind in self.kinds.items()}
