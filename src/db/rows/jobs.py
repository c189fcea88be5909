"""Rows of jobs: taken in, looked for, changed step by step, removed in the end.

Each change is one statement with its conditions in it, so that of several who try the same
step only one succeeds, and writes its event in the same transaction: the row's lock keeps
the events of one job in their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, defer

from src.core.errors import NotFoundError
from src.db.models import FINAL_STATES, OPEN_STATES, Job, JobEvent

STATE, PROGRESS = "state", "progress"
"""Kinds of events."""

_MANY = 500


@dataclass(frozen=True)
class NewJob:
    """What a job begins as. alone, request_key, request_digest: as ``models.Job`` has them"""

    id: str
    kind: str
    params: Mapping[str, Any]
    alone: str | None = None
    request_key: str | None = None
    request_digest: str = ""


@dataclass(frozen=True)
class JobFilter:
    """Which jobs. What is empty does not restrict."""

    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """Give the same conditions for a query."""
        named = ((Job.id, self.ids), (Job.kind, self.kinds), (Job.status, self.statuses))
        return [column.in_(values) for column, values in named if values]


class After(NamedTuple):
    """The last job of a page: the next page begins behind it."""

    created_at: datetime
    id: str


class Standing(NamedTuple):
    """How a job stands right after a change."""

    id: str
    events: int
    status: str
    stage: str
    message: str
    progress: float
    eta_s: float | None
    attempt: int
    cancel_requested: bool
    problem: dict[str, Any] | None


_STANDING = tuple(getattr(Job, name) for name in Standing._fields)


def add_job(session: Session, new: NewJob, moment: datetime) -> bool:
    """Write a new queued job; False where its request key, or another that is alone, is there."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_unless
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_unless  # type: ignore[assignment]
    statement = insert_unless(Job).values(
        id=new.id,
        kind=new.kind,
        params=dict(new.params),
        alone=new.alone,
        request_key=new.request_key,
        request_digest=new.request_digest,
        created_at=moment,
        sent_at=moment,
        events=1,
    )
    written = session.execute(statement.on_conflict_do_nothing().returning(Job.id))
    if written.one_or_none() is None:
        return False
    first = Standing(new.id, 1, "queued", "", "", 0.0, None, 0, False, None)
    _add_event(session, first, STATE, moment)
    return True


def get_job(session: Session, job_id: str) -> Job:
    """Return the job. Raises NotFoundError."""
    row = session.get(Job, job_id)
    if row is None:
        raise NotFoundError(f"there is no job {job_id!r}")
    return row


def job_of_request(session: Session, request_key: str) -> Job | None:
    """Return the job that was asked for under a key."""
    return session.scalar(select(Job).where(Job.request_key == request_key))


def open_job_alone(session: Session, alone: str) -> Job | None:
    """Return the job that is open of those of which only one may be."""
    return session.scalar(select(Job).where(Job.alone == alone, Job.status.in_(OPEN_STATES)))


def queued_count(session: Session) -> int:
    """Return how many jobs wait."""
    return session.scalar(select(func.count()).where(Job.status == "queued")) or 0


def next_end_s(session: Session) -> float | None:
    """Return seconds until the first of the running jobs ends, as far as they know."""
    return session.scalar(select(func.min(Job.eta_s)).where(Job.status == "running"))


def list_jobs(
    session: Session, which: JobFilter, *, limit: int, offset: int = 0, after: After | None = None
) -> tuple[list[Job], int]:
    """List one page of jobs, newest first, without parameters and results; and how many in all."""
    conditions = which.conditions()
    total = session.scalar(select(func.count()).select_from(Job).where(*conditions))
    if after is not None:
        older = Job.created_at < after.created_at
        conditions.append(or_(older, and_(Job.created_at == after.created_at, Job.id > after.id)))
    rows = session.scalars(
        select(Job)
        .where(*conditions)
        .order_by(Job.created_at.desc(), Job.id)
        .limit(limit)
        .offset(offset)
        .options(defer(Job.params), defer(Job.result))
    )
    return list(rows), total or 0


def positions(session: Session, job_ids: Sequence[str], lanes: Mapping[str, str]) -> dict[str, int]:
    """Find the positions in the queue of those of these jobs that wait; 1 is next.

    lanes: of each kind the lane; within a lane the kinds take turns
    """
    if not job_ids:
        return {}
    order = (Job.created_at, Job.id)
    lane = case(dict(lanes), value=Job.kind, else_=Job.kind) if lanes else Job.kind
    turns = (
        select(
            Job.id,
            Job.created_at,
            lane.label("lane"),
            func.row_number().over(partition_by=Job.kind, order_by=order).label("turn"),
        )
        .where(Job.status == "queued")
        .subquery()
    )
    position = func.row_number().over(
        partition_by=turns.c.lane, order_by=(turns.c.turn, turns.c.created_at, turns.c.id)
    )
    ranked = select(turns.c.id, position.label("position")).subquery()
    found = session.execute(select(ranked.c.id, ranked.c.position).where(ranked.c.id.in_(job_ids)))
    return {row[0]: row[1] for row in found}


def change_job(
    session: Session,
    job_id: str,
    *,
    when: Sequence[str],
    values: Mapping[str, Any],
    moment: datetime,
    attempt: int | None = None,
    event: str | None = STATE,
) -> Standing | None:
    """Set columns of a job in one of these states; how it stands then, None where it was not.

    attempt: only while this is its newest claim
    event: kind of the event that tells of it; None: nobody hears of it
    """
    conditions = [Job.id == job_id, Job.status.in_(when)]
    if attempt is not None:
        conditions.append(Job.attempt == attempt)
    return apply_change(session, conditions, values, moment, event)


def apply_change(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    values: Mapping[str, Any],
    moment: datetime,
    event: str | None,
) -> Standing | None:
    """Apply the same change to the one job that meets any conditions."""
    counted = {} if event is None else {"events": Job.events + 1}
    row = session.execute(
        update(Job)
        .where(*conditions)
        .values(**values, **counted)
        .returning(*_STANDING)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    standing = Standing(*row)
    if event is not None:
        _add_event(session, standing, event, moment)
    return standing


def cancel_jobs(
    session: Session, which: JobFilter, moment: datetime
) -> tuple[list[str], list[str]]:
    """Cancel all of these that wait, and ask those that run to stop.

    Returns the ids of those that are cancelled now, and of those that are to stop.
    """
    ended = {"status": "cancelled", "cancel_requested": True, "finished_at": moment}
    cancelled = _change_all(session, which, "queued", ended, moment)
    requested = _change_all(session, which, "running", {"cancel_requested": True}, moment)
    return cancelled, requested


def _change_all(
    session: Session, which: JobFilter, status: str, values: Mapping[str, Any], moment: datetime
) -> list[str]:
    rows = session.execute(
        update(Job)
        .where(*which.conditions(), Job.status == status, Job.cancel_requested.is_(False))
        .values(**values, events=Job.events + 1)
        .returning(*_STANDING)
        .execution_options(synchronize_session=False)
    ).all()
    if rows:
        session.execute(insert(JobEvent), [_event(Standing(*row), STATE, moment) for row in rows])
    return [row.id for row in rows]


# --- events --------------------------------------------------------------------------------


def newest_events(session: Session, job_ids: Sequence[str]) -> dict[str, int]:
    """Return the number of the newest event of each of these jobs that is there."""
    found: dict[str, int] = {}
    for start in range(0, len(job_ids), _MANY):
        some = job_ids[start : start + _MANY]
        rows = session.execute(select(Job.id, Job.events).where(Job.id.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found


def events_after(session: Session, job_id: str, number: int, limit: int) -> list[JobEvent]:
    """Return events of a job behind one, oldest first."""
    return list(
        session.scalars(
            select(JobEvent)
            .where(JobEvent.job_id == job_id, JobEvent.number > number)
            .order_by(JobEvent.number)
            .limit(limit)
        )
    )


def _add_event(session: Session, standing: Standing, kind: str, moment: datetime) -> None:
    session.execute(insert(JobEvent).values(**_event(standing, kind, moment)))


def _event(standing: Standing, kind: str, moment: datetime) -> dict[str, Any]:
    data = standing._asdict()
    job_id, number = data.pop("id"), data.pop("events")
    return {"job_id": job_id, "number": number, "kind": kind, "data": data, "created_at": moment}


# --- the end -------------------------------------------------------------------------------


def remove_finished(session: Session, *, before: datetime, limit: int) -> list[str]:
    """Remove jobs that ended before a moment, with their events; the ids of those removed."""
    ids = list(
        session.scalars(
            select(Job.id)
            .where(Job.status.in_(FINAL_STATES), Job.finished_at < before)
            .order_by(Job.finished_at)
            .limit(limit)
        )
    )
    for start in range(0, len(ids), _MANY):
        session.execute(delete(Job).where(Job.id.in_(ids[start : start + _MANY])))
    return ids


# --- in numbers ---------------------------------------------------------------------------


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
