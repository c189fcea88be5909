"""Claims on jobs: who works on one, until when, and what becomes of it when he is gone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from src.db.models import Job
from src.db.rows.jobs import STATE, apply_change


class Lease(NamedTuple):
    """A claim to be made. moment: now; until: when it ends unless it is renewed"""

    worker: str
    moment: datetime
    until: datetime


class Kept(NamedTuple):
    """A claim that was renewed. cancel_requested: whether the user wants the job stopped"""

    job_id: str
    attempt: int
    cancel_requested: bool


def claim(session: Session, job_id: str, lease: Lease) -> Job | None:
    """Take a queued job to work on it; None where it is not queued (any more)."""
    return _claimed(session, Job.id == job_id, lease)


def claim_next(session: Session, kind: str, lease: Lease) -> Job | None:
    """Take the job of a kind that has waited longest; None where none waits.

    Rows that others are claiming at this moment are passed over where the database can
    (PostgreSQL); SQLite has one writer at a time.
    """
    waiting = (
        select(Job.id)
        .where(Job.status == "queued", Job.kind == kind)
        .order_by(Job.created_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return _claimed(session, Job.id == waiting.scalar_subquery(), lease)


def _claimed(session: Session, which: ColumnElement[bool], lease: Lease) -> Job | None:
    values = {
        "status": "running",
        "attempt": Job.attempt + 1,
        "worker": lease.worker,
        "lease_until": lease.until,
        "started_at": func.coalesce(Job.started_at, lease.moment),
    }
    taken = apply_change(session, [which, Job.status == "queued"], values, lease.moment, STATE)
    return None if taken is None else session.get(Job, taken.id, populate_existing=True)


def renew(session: Session, held: Sequence[tuple[str, int]], until: datetime) -> list[Kept]:
    """Prolong claims, given as job and attempt; those that are still held."""
    if not held:
        return []
    rows = session.execute(
        update(Job)
        .where(Job.status == "running", tuple_(Job.id, Job.attempt).in_(held))
        .values(lease_until=until)
        .returning(Job.id, Job.attempt, Job.cancel_requested)
        .execution_options(synchronize_session=False)
    )
    return [Kept(*row) for row in rows]


def lapsed(session: Session, moment: datetime, limit: int) -> list[Job]:
    """Return running jobs whose claim has ended, and those of versions that knew no claims."""
    return list(session.scalars(select(Job).where(_lapsed(moment)).order_by(Job.id).limit(limit)))


def put_back(session: Session, row: Job, moment: datetime) -> bool:
    """Queue a job whose claim has ended once more; False where somebody was quicker."""
    values = {"status": "queued", "worker": "", "lease_until": None, "deaths": Job.deaths + 1,
              "eta_s": None, "message": "its worker is gone; waiting for another",
              "sent_at": moment}  # fmt: skip
    conditions = [Job.id == row.id, Job.attempt == row.attempt, _lapsed(moment)]
    return apply_change(session, conditions, values, moment, STATE) is not None


def give_back(session: Session, job_id: str, attempt: int, moment: datetime) -> bool:
    """Queue a job again whose worker is about to end.

    False where it is to be cancelled, or the claim is not held any more.
    """
    values = {"status": "queued", "worker": "", "lease_until": None, "eta_s": None,
              "message": "interrupted; goes on later", "sent_at": moment}  # fmt: skip
    held = [Job.id == job_id, Job.status == "running", Job.attempt == attempt]
    conditions = [*held, Job.cancel_requested.is_(False)]
    return apply_change(session, conditions, values, moment, STATE) is not None


def take_over(session: Session, row: Job, lease: Lease) -> int | None:
    """Claim a job whose claim has ended, to end it; the attempt, None where another did."""
    values = {"attempt": Job.attempt + 1, "deaths": Job.deaths + 1, "worker": lease.worker,
              "lease_until": lease.until}  # fmt: skip
    conditions = [Job.id == row.id, Job.attempt == row.attempt, _lapsed(lease.moment)]
    taken = apply_change(session, conditions, values, lease.moment, None)
    return None if taken is None else taken.attempt


def _lapsed(moment: datetime) -> ColumnElement[bool]:
    ended = or_(Job.lease_until.is_(None), Job.lease_until < moment)
    return (Job.status == "running") & ended


def send_again(
    session: Session, moment: datetime, *, before: datetime, limit: int
) -> list[tuple[str, str]]:
    """Return ids and kinds of jobs that wait though they were sent before a moment, oldest first.

    They count as sent now.
    """
    rows = session.execute(
        select(Job.id, Job.kind)
        .where(Job.status == "queued", or_(Job.sent_at.is_(None), Job.sent_at < before))
        .order_by(Job.created_at, Job.id)
        .limit(limit)
    ).all()
    ids = [row[0] for row in rows]
    if ids:
        session.execute(
            update(Job)
            .where(Job.id.in_(ids), Job.status == "queued")
            .values(sent_at=moment)
            .execution_options(synchronize_session=False)
        )
    return [(row[0], row[1]) for row in rows]
