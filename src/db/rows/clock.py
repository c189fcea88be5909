"""What time it is, by one clock for all who share a database."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from src.db.models import now

Clock = Callable[[Session], datetime]
"""Tells the moment within a transaction."""


def database_time(session: Session) -> datetime:
    """Return the moment by the database's clock, in UTC.

    SQLite has none of its own: all who can open the file share this machine's.
    """
    if session.get_bind().dialect.name != "postgresql":
        return now()
    moment = session.scalar(select(func.clock_timestamp()))
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)
