"""Lines of the audit log. Every function takes a session and never commits."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from src.db.crud import Window
from src.db.models import AuditLine

_TRIM_EVERY = 100


def add_line(session: Session, line: AuditLine, *, keep: int) -> None:
    """Write a line; once in a hundred, forget those before the newest ``keep``."""
    session.add(line)
    session.flush()
    if line.seq % _TRIM_EVERY == 0:
        session.execute(delete(AuditLine).where(AuditLine.seq <= line.seq - keep))


def list_lines(
    session: Session, *, window: Window, who: str | None = None
) -> tuple[list[AuditLine], int]:
    """Return one page of lines, the newest first, and how many there are in all.

    who: only what this one changed
    """
    conditions = [] if who is None else [AuditLine.who == who]
    total = session.scalar(select(func.count()).select_from(AuditLine).where(*conditions))
    found = select(AuditLine).where(*conditions).order_by(AuditLine.seq.desc())
    return list(session.scalars(found.limit(window.limit).offset(window.offset))), total or 0
