"""Taking jobs in: each request once, each alone kind once, and not more than may wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from src.core.errors import ConflictError, InvalidInputError
from src.db.database import Database
from src.db.models import Job
from src.db.rows import jobs as rows
from src.db.rows.clock import Clock
from src.services.jobs.kinds import JobKind, JobRules

_RETRY_AFTER_S = (1.0, 60.0)
_RETRY_UNKNOWN_S = 10.0


@dataclass(frozen=True)
class RequestMark:
    """What makes a request one of its own. key: the client's; digest: of all that it asks"""

    key: str
    digest: str


class JobRunningError(ConflictError):
    """A job of a kind that runs alone is already queued or running."""

    code = "job_running"

    def __init__(self, message: str, *, job_id: str) -> None:
        super().__init__(message)
        self.job_id = job_id


class QueueFullError(ConflictError):
    """As many jobs wait as may. retry_after_s: when it is worth asking again"""

    code = "queue_full"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class JobIntake:
    """Writes the rows of new jobs."""

    def __init__(
        self, database: Database, kinds: Mapping[str, JobKind], *, rules: JobRules, clock: Clock
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._rules = rules
        self._clock = clock

    def take(
        self,
        kind: str,
        params: Mapping[str, Any],
        mark: RequestMark | None,
        *,
        same: str | None = None,
        job_id: str | None = None,
    ) -> tuple[Job, bool]:
        """Return the row of a job, and whether it is new. job_id: None: a fresh one

        same: digest of what the job will give; a job of the same that is open does for both

        Raises InvalidInputError for a kind that nobody can do, and (``idempotency_key_reused``)
        for a key under which something else was asked for; JobRunningError; QueueFullError.
        """
        if kind not in self._kinds:
            raise InvalidInputError(f"job must be one of {', '.join(self._kinds)}, got {kind!r}")
        new = rows.NewJob(
            id=str(uuid4()) if job_id is None else job_id,
            kind=kind,
            params=params,
            alone=kind if self._kinds[kind].alone else same,
            request_key=None if mark is None else mark.key,
            request_digest="" if mark is None else mark.digest,
        )
        with self._database.transaction() as session:
            if rows.add_job(session, new, self._clock(session)):
                if not self._kinds[kind].alone:  # of those there is one of each kind at most
                    self._check_room(rows.queued_count(session), rows.next_end_s(session))
                return rows.get_job(session, new.id), True
        return self._before(new, mark)

    def known(self, mark: RequestMark | None) -> Job | None:
        """Return the job that was asked for by the same request before.

        Raises InvalidInputError where something else was asked for under its key.
        """
        if mark is None:
            return None
        with self._database.transaction() as session:
            row = rows.job_of_request(session, mark.key)
        if row is not None and row.request_digest != mark.digest:
            raise InvalidInputError(
                f"Idempotency-Key {mark.key!r} was used for another request: take a new one",
                code="idempotency_key_reused",
            )
        return row

    def _before(self, new: rows.NewJob, mark: RequestMark | None) -> tuple[Job, bool]:
        """Return what a row that could not be written collided with, as take does."""
        known = self.known(mark)
        if known is not None:
            return known, False
        assert new.alone is not None, "only keys and kinds that run alone can collide"
        with self._database.transaction() as session:
            running = rows.open_job_alone(session, new.alone)
        shared = None if new.alone == new.kind else new.alone
        if running is None:  # it has ended in between
            return self.take(new.kind, new.params, mark, same=shared, job_id=new.id)
        if shared is not None and running.cancel_requested:
            return self.take(new.kind, new.params, mark)  # that one gives nothing any more
        if shared is not None:
            return running, False
        raise JobRunningError(
            f"a {new.kind} job is {running.status} already: {running.id}", job_id=running.id
        )

    def _check_room(self, queued: int, next_end_s: float | None) -> None:
        if queued <= self._rules.most_queued:
            return
        least, most = _RETRY_AFTER_S
        after = _RETRY_UNKNOWN_S if next_end_s is None else min(max(next_end_s, least), most)
        raise QueueFullError(
            f"{self._rules.most_queued} jobs may wait (MAX_QUEUED_JOBS), and so many do",
            retry_after_s=round(after),
        )
