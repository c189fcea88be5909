"""Looking after jobs that nobody looks after: workers that went, messages that got lost."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from src.db.database import Database
from src.db.models import Job
from src.db.rows import job_leases
from src.db.rows import jobs as rows
from src.db.rows.clock import Clock
from src.services.jobs.kinds import TRACKS, JobKind, JobRules, Ticket
from src.services.jobs.leases import LeaseLostError, Leases
from src.services.jobs.running import Ending, JobRunner, interrupted, workers_died

log = logging.getLogger(__name__)

_AT_ONCE = 200
"""Most jobs of one sweep: those that have waited longest come first."""


class JobSweeper:
    """Takes up what lost its claim, and sends again what waits for too long.

    Any number of processes may sweep: of each step only one succeeds.
    """

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        *,
        rules: JobRules,
        clock: Clock,
        leases: Leases,
        runner: JobRunner,
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._rules = rules
        self._clock = clock
        self._leases = leases
        self._runner = runner
        self._nobody_since: dict[str, datetime] = {}

    def sweep(self, send: Callable[[Ticket], None]) -> None:
        """Put everything in order once."""
        with self._database.transaction() as session:
            lapsed = job_leases.lapsed(session, self._clock(session), _AT_ONCE)
        for row in lapsed:
            self._take_up(row, send)
        with self._database.transaction() as session:
            moment = self._clock(session)
            before = moment - timedelta(seconds=self._rules.resend_after_s)
            again = job_leases.send_again(session, moment, before=before, limit=_AT_ONCE)
        for job_id, kind in again:
            send(self.ticket(job_id, kind))
        for name, known in self._kinds.items():
            if known.missing is not None:
                self._give_up_waiting(name, known.missing(), moment)

    def forget_old(self) -> int:
        """Remove jobs that ended longer ago than they are kept, with their events."""
        removed = 0
        while True:
            with self._database.transaction() as session:
                before = self._clock(session) - timedelta(days=self._rules.kept_days)
                some = rows.remove_finished(session, before=before, limit=_AT_ONCE)
            removed += len(some)
            if len(some) < _AT_ONCE:
                return removed

    def ticket(self, job_id: str, kind: str) -> Ticket:
        """Return what carries a job's id to a worker of its lane."""
        known = self._kinds.get(kind)
        return Ticket(job_id, kind, TRACKS if known is None else known.lane)

    def _give_up_waiting(self, kind: str, missing: str | None, moment: datetime) -> None:
        """Let jobs fail that wait for somebody who has not been there for a while.

        missing: what to start; None: somebody is there
        """
        if missing is None:
            self._nobody_since.pop(kind, None)
            return
        since = self._nobody_since.setdefault(kind, moment)
        if moment - since < timedelta(seconds=self._rules.nobody_s):
            return
        waiting = rows.JobFilter(kinds=(kind,), statuses=("queued",))
        problem = {"code": "no_worker", "error": "BackendUnavailableError", "detail": missing}
        ended = {"status": "failed", "problem": problem, "finished_at": moment}
        with self._database.transaction() as session:
            found, _ = rows.list_jobs(session, waiting, limit=_AT_ONCE)
            for row in found:
                rows.change_job(session, row.id, when=("queued",), values=ended, moment=moment)
        if found:
            log.warning("%d jobs (%s) waited for nobody: %s", len(found), kind, missing)

    def _take_up(self, row: Job, send: Callable[[Ticket], None]) -> None:
        outcome = self._verdict(row)
        if outcome is not None:
            self._end(row, outcome)
            return
        with self._database.transaction() as session:
            mine = job_leases.put_back(session, row, self._clock(session))
        if mine:
            log.warning("the worker of job %s (%s) is gone: queued again", row.id, row.kind)
            send(self.ticket(row.id, row.kind))

    def _verdict(self, row: Job) -> Ending | None:
        """Return how a job ends whose worker is gone; None where it is to go on."""
        kind = self._kinds.get(row.kind)
        if row.cancel_requested:
            return Ending("cancelled")
        if kind is None or not kind.again:
            return Ending("failed", interrupted())
        if row.deaths + 1 >= self._rules.most_deaths:
            return Ending("failed", workers_died(row.deaths + 1))
        return None

    def _end(self, row: Job, outcome: Ending) -> None:
        """Bar the worker that may yet come back, tidy up after it, then write the end."""
        with self._database.transaction() as session:
            lease = self._leases.lease(self._clock(session))
            attempt = job_leases.take_over(session, row, lease)
        if attempt is None:
            return
        log.warning("the worker of job %s (%s) is gone: %s", row.id, row.kind, outcome.status)
        self._runner.tidy(row.kind, row.params)
        try:
            self._runner.finish(row.id, attempt, outcome)
        except LeaseLostError as error:
            log.warning("%s", error.message)
