"""From the steps that a task reports to the progress in its job's row."""

import logging
import time
from collections.abc import Callable, Sequence

from src.core.progress import JobCancelled
from src.db import crud
from src.db.database import Database, DatabaseBusyError

log = logging.getLogger(__name__)

WRITE_EVERY_S = 0.2
"""Shortest time between two writes of one job's progress."""

_ETA_FROM_PROGRESS = 0.02
_ETA_FROM_S = 0.5


class StageScale:
    """Maps "done of total in this stage" onto one scale of 0..1 that never falls.

    stages: names with their shares of the work; shares need not sum to 1
    """

    def __init__(self, stages: Sequence[tuple[str, float]]) -> None:
        whole = sum(share for _, share in stages)
        self._spans: dict[str, tuple[float, float]] = {}
        start = 0.0
        for name, share in stages:
            self._spans[name] = (start / whole, share / whole)
            start += share
        self.value = 0.0

    def step(self, stage: str, done: int, total: int) -> float:
        """The progress after this step. An unknown stage or total leaves it as it was."""
        if stage in self._spans:
            start, share = self._spans[stage]
            part = min(max(done / total, 0.0), 1.0) if total > 0 else 0.0
            self.value = max(self.value, start + share * part)
        return self.value


class JobProgress:
    """A :class:`~src.core.progress.Progress` that keeps a job's row up to date.

    Writes at most five times a second, each in a short transaction of its own, and asks
    at the same time whether the user wants the job stopped.
    """

    def __init__(
        self,
        database: Database,
        job_id: str,
        *,
        stages: Sequence[tuple[str, float]],
        stopping: Callable[[], bool],
    ) -> None:
        self._database = database
        self._job_id = job_id
        self._scale = StageScale(stages)
        self._stopping = stopping
        self._started = time.monotonic()
        self._written = float("-inf")
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note a step. Raises JobCancelled when the job is to end."""
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
            "eta_s": remaining_s(value, moment - self._started),
        }
        if self._write(values):
            raise JobCancelled("the user cancelled the job")

    def _write(self, values: dict[str, object]) -> bool:
        """Write the step; whether the user wants the job stopped."""
        try:
            with self._database.transaction() as session:
                crud.change_job(session, self._job_id, when=("running",), values=values)
                return crud.cancel_requested(session, self._job_id)
        except DatabaseBusyError as error:
            # A step that cannot be told is no reason to lose the work.
            log.warning("progress of job %s was not written: %s", self._job_id, error)
            return False


def remaining_s(progress: float, elapsed_s: float) -> float | None:
    """Seconds to go if it goes on as until now; None while it is too early to say."""
    if progress < _ETA_FROM_PROGRESS or elapsed_s < _ETA_FROM_S:
        return None
    return elapsed_s * (1.0 - progress) / progress
