"""From the steps that a task reports to the progress in its job's row."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from src.core.progress import JobCancelled
from src.db.database import DATABASE_DOWN, Database
from src.db.rows import jobs as rows
from src.db.rows.clock import Clock, database_time
from src.services.jobs.leases import Claim, LeaseLostError

log = logging.getLogger(__name__)

WRITE_EVERY_S = 0.2
"""Shortest time between two writes of one job's progress."""

EVENT_EVERY_S = 1.0
"""Shortest time between two events of one stage, unless a hundredth of the work was done."""

_EVENT_STEP = 0.01
_ETA_FROM_PROGRESS = 0.02
_ETA_FROM_S = 0.5


class StageScale:
    """Maps "done of total in this stage" onto one scale of 0..1 that never falls.

    stages: names with their shares of the work; shares need not sum to 1
    start: how far it was before, which nothing falls below
    """

    def __init__(self, stages: Sequence[tuple[str, float]], *, start: float = 0.0) -> None:
        whole = sum(share for _, share in stages)
        self._spans: dict[str, tuple[float, float]] = {}
        before = 0.0
        for name, share in stages:
            self._spans[name] = (before / whole, share / whole)
            before += share
        self._start = start
        self.value = start

    def step(self, stage: str, done: int, total: int) -> float:
        """Compute the progress after a step. An unknown stage or total leaves it as it was."""
        if stage in self._spans:
            start, share = self._spans[stage]
            part = min(max(done / total, 0.0), 1.0) if total > 0 else 0.0
            self.value = max(self.value, start + share * part)
        return self.value

    @property
    def covered(self) -> float:
        """Which part of what was left at the start is done, 0..1."""
        return (self.value - self._start) / (1.0 - self._start) if self._start < 1.0 else 1.0


class JobProgress:
    """A :class:`~src.core.progress.Progress` that keeps a job's row up to date.

    Writes at most five times a second, each in a short transaction of its own that also
    prolongs the claim, and learns at the same time whether the job is to stop.
    """

    def __init__(
        self,
        database: Database,
        claim: Claim,
        *,
        stages: Sequence[tuple[str, float]],
        stopping: Callable[[], bool],
        lease_s: float,
        clock: Clock = database_time,
    ) -> None:
        self._database = database
        self._claim = claim
        self._scale = StageScale(stages, start=claim.progress)
        self._stopping = stopping
        self._lease = timedelta(seconds=lease_s)
        self._clock = clock
        self._started = time.monotonic()
        self._written = float("-inf")
        self._stage = ""
        self._reported = _LastEvent()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note a step. Raises JobCancelled when the job is to end, LeaseLostError when it
        was taken away."""
        self._claim.check()
        if self._stopping():
            raise JobCancelled("the process is about to end")
        if stage != self._stage:
            self._stage = stage
            log.info("%s", stage)
        value = self._scale.step(stage, done, total)
        moment = time.monotonic()
        if moment - self._written < WRITE_EVERY_S:
            return
        self._written = moment
        values = {
            "stage": stage,
            "message": f"{stage}: {done} of {total}" if total > 0 else stage,
            "progress": value,
            "eta_s": remaining_s(self._scale.covered, moment - self._started),
        }
        self._write(values, rows.PROGRESS if self._reported.is_news(values, moment) else None)
        self._claim.check()

    def _write(self, values: dict[str, Any], event: str | None) -> None:
        try:
            with self._database.transaction() as session:
                now = self._clock(session)
                standing = rows.change_job(
                    session,
                    self._claim.job_id,
                    when=("running",),
                    attempt=self._claim.attempt,
                    values={**values, "lease_until": now + self._lease},
                    moment=now,
                    event=event,
                )
        except DATABASE_DOWN as error:
            # A step that cannot be written down is no reason to lose the work.
            log.warning("progress of job %s was not written: %s", self._claim.job_id, error)
            return
        if standing is None:
            self._claim.lost.set()
            raise LeaseLostError(self._claim.job_id, self._claim.attempt)
        if standing.cancel_requested:
            self._claim.cancelled.set()


class _LastEvent:
    """What the last event said, to tell only of what is new."""

    def __init__(self) -> None:
        self._stage, self._message, self._progress = "", "", 0.0
        self._moment = float("-inf")

    def is_news(self, values: dict[str, Any], moment: float) -> bool:
        """Tell whether a step deserves an event; if so it counts as sent."""
        moved = values["progress"] - self._progress >= _EVENT_STEP
        later = values["message"] != self._message and moment - self._moment >= EVENT_EVERY_S
        if not (moved or later or values["stage"] != self._stage):
            return False
        self._stage, self._message = values["stage"], values["message"]
        self._progress, self._moment = values["progress"], moment
        return True


def remaining_s(progress: float, elapsed_s: float) -> float | None:
    """Return seconds to go if it goes on as until now; None while it is too early to say."""
    if progress < _ETA_FROM_PROGRESS or elapsed_s < _ETA_FROM_S:
        return None
    return elapsed_s * (1.0 - progress) / progress
