"""A job as it stands, and what it tells of its past."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from src.db.models import FINAL_STATES, Job, JobEvent


@dataclass(frozen=True)
class JobState:
    """A job as it stands. progress is 0..1 and never falls; eta_s None: not known yet.

    problem: {"code", "error", "detail"}; error names the class in ``core.errors``
    attempt: which try this is, from 1; 0 while none has begun
    queue_position: 1 is next in its lane; None where it does not wait
    events: number of its newest event
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
    attempt: int
    queue_position: int | None
    events: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        """Whether it will never change again."""
        return self.status in FINAL_STATES


@dataclass(frozen=True)
class JobNews:
    """One event: what had changed and how the job stood. number: from 1, without gaps"""

    number: int
    kind: str
    data: dict[str, Any]
    created_at: datetime

    @property
    def last(self) -> bool:
        """Whether nothing can follow."""
        return self.data["status"] in FINAL_STATES


def state_of(row: Job, *, with_result: bool = True, position: int | None = None) -> JobState:
    """Return a job's row as others see it."""
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
        attempt=row.attempt,
        queue_position=position,
        events=row.events,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def news_of(row: JobEvent) -> JobNews:
    """Return an event's row as others see it."""
    return JobNews(row.number, row.kind, dict(row.data), row.created_at)
