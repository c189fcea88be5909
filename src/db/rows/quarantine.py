"""Refused files in lists. What imports write of them: ``imports``."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from src.core.errors import NotFoundError
from src.db.crud import Window
from src.db.models import Quarantine


def list_refused(session: Session, window: Window | None = None) -> tuple[list[Quarantine], int]:
    """Return refused files, the newest first, and how many there are in all. window: None is all"""
    rows = select(Quarantine).order_by(
        Quarantine.quarantined_at.desc(), Quarantine.original_path, Quarantine.id
    )
    if window is not None:
        rows = rows.limit(window.limit).offset(window.offset)
    return list(session.scalars(rows)), refused_count(session)


def refused_count(session: Session) -> int:
    """Return how many refused files there are."""
    return session.scalar(select(func.count(Quarantine.id))) or 0


def get_refused(session: Session, bad_id: str) -> Quarantine:
    """Return one refused file. Raises NotFoundError."""
    row = session.get(Quarantine, bad_id)
    if row is None:
        raise NotFoundError(f"there is no refused file {bad_id!r}")
    return row


def forget_refused(session: Session, bad_id: str) -> None:
    """Remove a refused file from the list. Raises NotFoundError."""
    session.delete(get_refused(session, bad_id))
