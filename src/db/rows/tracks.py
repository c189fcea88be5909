"""Rows of tracks: each id once, each path once; and the state of the library they depend on."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from src.db.models import CollectedStem, StemChange, TrackRow
from src.db.rows.active_model import active_model


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


def library_state(session: Session, collections: Sequence[str] = ()) -> str:
    """Write down what a track depends on beside its plan, as a text that can be compared.

    It names the newest change of any stem or vector, the model that is searched by, and what
    lies in these collections.
    """
    newest = session.scalar(select(func.max(StemChange.seq))) or 0
    collected = session.execute(
        select(CollectedStem.collection_id, CollectedStem.stem_id)
        .where(CollectedStem.collection_id.in_(collections))
        .order_by(CollectedStem.collection_id, CollectedStem.stem_id)
    )
    inside = ",".join(f"{row[0]}/{row[1]}" for row in collected) if collections else ""
    return f"{newest} {active_model(session)} {inside}"
