"""Rows of tracks: each id once, each path once."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from src.db.models import TrackRow


def track_row(session: Session, track_id: str) -> TrackRow | None:
    """Return the track, where it is there."""
    return session.get(TrackRow, track_id)


def tracks_made_of(session: Session, made_of: str) -> list[TrackRow]:
    """List the tracks that were made of the same, the newest first."""
    found = select(TrackRow).where(TrackRow.made_of == made_of)
    return list(session.scalars(found.order_by(TrackRow.created_at.desc(), TrackRow.id)))


def reserve_track(session: Session, row: TrackRow) -> bool:
    """Write the row of a track, which makes its path its own.

    True also where it stands there already, False where the id or the path belongs to another.
    """
    kept = session.get(TrackRow, row.id)
    if kept is not None:
        return bool(kept.path == row.path)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True
