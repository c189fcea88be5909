"""Processes that work on jobs: when they were last heard of, and what they can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from src.db.models import Job, Worker


@dataclass(frozen=True)
class WorkerCard:
    """What a worker says of itself. kinds: of jobs that it works on"""

    name: str
    host: str
    version: str
    kinds: tuple[str, ...]


def report_worker(session: Session, card: WorkerCard, moment: datetime) -> None:
    """Write that a worker lives, and once what it can do."""
    known = session.get(Worker, card.name)
    if known is not None:
        known.seen_at, known.kinds = moment, [*card.kinds]
    else:
        session.add(
            Worker(
                name=card.name,
                host=card.host,
                version=card.version,
                kinds=[*card.kinds],
                started_at=moment,
                seen_at=moment,
            )
        )


def remove_worker(session: Session, name: str) -> None:
    """Remove a worker that has ended by itself."""
    session.execute(delete(Worker).where(Worker.name == name))


def forget_workers(session: Session, before: datetime) -> None:
    """Remove workers that were not heard of since a moment."""
    session.execute(delete(Worker).where(Worker.seen_at < before))


def list_workers(session: Session) -> Sequence[tuple[Worker, int]]:
    """List all workers, those heard of last first, each with how many jobs it runs."""
    running = (
        select(Job.worker, func.count().label("jobs"))
        .where(Job.status == "running")
        .group_by(Job.worker)
        .subquery()
    )
    rows = session.execute(
        select(Worker, func.coalesce(running.c.jobs, 0))
        .outerjoin(running, running.c.worker == Worker.name)
        .order_by(Worker.seen_at.desc(), Worker.name)
    )
    return [(row[0], row[1]) for row in rows]
