"""Rows of tracks: each id once, each path once.

Also the state of the library that they depend on, and how often stems were used in them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from src.db.database import Database
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


class TrackUses:
    """Counts each stem once for each track that it plays in.

    Only tracks that are new since the last look are read. Not safe to share between threads
    without a lock of the owner's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: tuple[int, object] = (0, None)
        self._stems: dict[str, frozenset[str]] = {}
        self._counts: Counter[str] = Counter()

    def counts(self) -> Mapping[str, int]:
        """Return stem id -> in how many tracks it plays. Don't write."""
        newest = select(func.count(TrackRow.id), func.max(TrackRow.created_at))
        with self._database.transaction() as session:
            state = session.execute(newest).one()
            if tuple(state) == self._seen:
                return self._counts
            there = set(session.scalars(select(TrackRow.id)))
            new = sorted(there - self._stems.keys())
            for start in range(0, len(new), 500):
                part = new[start : start + 500]
                rows = select(TrackRow.id, TrackRow.report).where(TrackRow.id.in_(part))
                for track_id, report in session.execute(rows):
                    self._stems[track_id] = _stems_in(report)
        for gone in self._stems.keys() - there:
            del self._stems[gone]
        self._counts = Counter(stem for stems in self._stems.values() for stem in stems)
        self._seen = (state[0], state[1])
        return self._counts


def _stems_in(report: Mapping[str, object] | None) -> frozenset[str]:
    choices = (report or {}).get("stems", [])
    if not isinstance(choices, list):
        return frozenset()
    return frozenset(
        str(choice["stem_id"])
        for choice in choices
        if isinstance(choice, dict) and "stem_id" in choice
    )
