"""Claims on jobs, held by this process and prolonged while it lives."""

import os
import secrets
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from src.core.errors import ConflictError
from src.core.progress import JobCancelled
from src.db.database import Database
from src.db.models import Job
from src.db.rows import job_leases as rows
from src.db.rows.clock import Clock


class LeaseLostError(ConflictError, JobCancelled):
    """A worker writes for a job that was taken from it: nothing of that is kept."""

    code = "lease_lost"

    def __init__(self, job_id: str, attempt: int) -> None:
        super().__init__(
            f"attempt {attempt} of job {job_id} has lost its claim: another worker has the job,"
            " or it has ended; nothing of this attempt is kept"
        )


@dataclass
class Claim:
    """One attempt at a job, which this process holds.

    progress: how far an earlier attempt had come
    lost, cancelled: set as soon as this process learns of it
    """

    job_id: str
    kind: str
    params: Mapping[str, Any]
    attempt: int
    progress: float = 0.0
    lost: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise LeaseLostError where the job was taken away, JobCancelled where the user
        does not want it any more."""
        if self.lost.is_set():
            raise LeaseLostError(self.job_id, self.attempt)
        if self.cancelled.is_set():
            raise JobCancelled("the user cancelled the job")


class Leases:
    """The claims of one worker process. worker: its name, unlike any other's"""

    def __init__(self, database: Database, *, lease_s: float, clock: Clock) -> None:
        self.worker = worker_name()
        self._database = database
        self._lease = timedelta(seconds=lease_s)
        self._clock = clock
        self._held: dict[str, Claim] = {}
        self._lock = threading.Lock()

    def claim(self, job_id: str) -> Claim | None:
        """Take a queued job; None where it is not queued (any more)."""
        with self._database.transaction() as session:
            return self._keep(rows.claim(session, job_id, self.lease(self._clock(session))))

    def claim_next(self, kind: str) -> Claim | None:
        """Take the job of a kind that has waited longest; None where none waits."""
        with self._database.transaction() as session:
            return self._keep(rows.claim_next(session, kind, self.lease(self._clock(session))))

    def lease(self, moment: datetime) -> rows.Lease:
        """Return the claim that this worker would make at a moment."""
        return rows.Lease(self.worker, moment, moment + self._lease)

    def renew(self) -> None:
        """Prolong all claims, and learn which are lost or whose job is cancelled."""
        with self._lock:
            held = dict(self._held)
        if not held:
            return
        pairs = [(claim.job_id, claim.attempt) for claim in held.values()]
        with self._database.transaction() as session:
            kept = rows.renew(session, pairs, self._clock(session) + self._lease)
        reported = {(one.job_id, one.attempt): one.cancel_requested for one in kept}
        for claim in held.values():
            cancelled = reported.get((claim.job_id, claim.attempt))
            if cancelled is None:
                claim.lost.set()
            elif cancelled:
                claim.cancelled.set()

    def hear_cancels(self, job_ids: Sequence[str]) -> None:
        """Stop jobs at their next step where they run in this process."""
        with self._lock:
            claims = [self._held[job_id] for job_id in job_ids if job_id in self._held]
        for claim in claims:
            claim.cancelled.set()

    def let_go(self, claim: Claim) -> None:
        """Prolong a claim no longer."""
        with self._lock:
            if self._held.get(claim.job_id) is claim:
                del self._held[claim.job_id]

    def _keep(self, row: Job | None) -> Claim | None:
        if row is None:
            return None
        claim = Claim(row.id, row.kind, dict(row.params), row.attempt, row.progress)
        with self._lock:
            self._held[row.id] = claim
        return claim


def worker_name() -> str:
    """Return a name that says where a worker runs, unlike that of any other."""
    return f"{socket.gethostname()[:48]}:{os.getpid()}:{secrets.token_hex(4)}"
