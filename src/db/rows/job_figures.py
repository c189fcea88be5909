"""Jobs in numbers, counted by the database."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from src.db.models import Job


class Waiting(NamedTuple):
    """Jobs of a kind that wait. since: when the oldest came"""

    kind: str
    since: datetime


class Took(NamedTuple):
    """A job that succeeded, and when its work began and ended."""

    kind: str
    started_at: datetime
    finished_at: datetime


def job_counts(session: Session) -> dict[tuple[str, str], int]:
    """Count the jobs that are kept by kind and state."""
    by = (Job.kind, Job.status)
    rows = session.execute(select(*by, func.count()).group_by(*by))
    return {(row[0], row[1]): row[2] for row in rows}


def longest_waits(session: Session) -> list[Waiting]:
    """Return of each kind of which jobs wait since when the oldest does."""
    rows = session.execute(
        select(Job.kind, func.min(Job.created_at)).where(Job.status == "queued").group_by(Job.kind)
    )
    return [Waiting(*row) for row in rows]


def finished_since(session: Session, moment: datetime, limit: int) -> list[Took]:
    """Return the jobs that succeeded since a moment, the newest first."""
    rows = session.execute(
        select(Job.kind, Job.started_at, Job.finished_at)
        .where(Job.status == "succeeded", Job.finished_at >= moment, Job.started_at.is_not(None))
        .order_by(Job.finished_at.desc())
        .limit(limit)
    )
    return [Took(*row) for row in rows]  # type: ignore[arg-type]  # the query leaves out None
