"""Who works on jobs: each process that does says so as long as it lives."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from src import __version__
from src.db.database import Database
from src.db.rows import workers as rows
from src.db.rows.clock import Clock
from src.services.jobs.kinds import JobRules

FORGET_AFTER = timedelta(days=1)
"""For so long a worker is listed that was heard of no more."""

_SILENT_LEASES = 3.0
"""A worker reports once a lease; after so many without a report it counts as dead."""


@dataclass(frozen=True)
class WorkerState:
    """A worker as it stands. alive: heard of within the time of three claims"""

    name: str
    host: str
    version: str
    kinds: tuple[str, ...]
    started_at: datetime
    seen_at: datetime
    alive: bool
    running: int


class WorkerRegister:
    """The list of workers, and this process's place in it.

    name: of this process, as its claims carry it
    """

    def __init__(self, database: Database, *, name: str, rules: JobRules, clock: Clock) -> None:
        self._database = database
        self._name = name
        self._rules = rules
        self._clock = clock
        self._kinds: tuple[str, ...] | None = None
        self._next_report = -math.inf

    def join(self, kinds: Iterable[str]) -> None:
        """Be listed from the next report on, as one that works on these kinds of jobs."""
        self._kinds = tuple(kinds)
        self._next_report = -math.inf

    def report(self) -> None:
        """Say that this process lives, where it works on jobs and has not said so just now."""
        if self._kinds is None or time.monotonic() < self._next_report:
            return
        card = rows.WorkerCard(self._name, self._name.split(":")[0], __version__, self._kinds)
        with self._database.transaction() as session:
            rows.report_worker(session, card, self._clock(session))
        self._next_report = time.monotonic() + self._rules.lease_s

    def leave(self) -> None:
        """Be listed no more."""
        if self._kinds is None:
            return
        self._kinds = None
        with self._database.transaction() as session:
            rows.remove_worker(session, self._name)

    def forget_silent(self) -> None:
        """Remove workers that were not heard of for a day."""
        with self._database.transaction() as session:
            rows.forget_workers(session, self._clock(session) - FORGET_AFTER)

    def states(self) -> list[WorkerState]:
        """Return all workers, those heard of last first."""
        with self._database.transaction() as session:
            silence = timedelta(seconds=_SILENT_LEASES * self._rules.lease_s)
            heard_since = self._clock(session) - silence
            return [
                WorkerState(
                    name=row.name,
                    host=row.host,
                    version=row.version,
                    kinds=tuple(row.kinds),
                    started_at=row.started_at,
                    seen_at=row.seen_at,
                    alive=row.seen_at >= heard_since,
                    running=running,
                )
                for row, running in rows.list_workers(session)
            ]
