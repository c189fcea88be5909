"""How often stems were used in tracks, kept in memory and in step with the tracks."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, select

from src.db.database import Database
from src.db.models import TrackRow


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
