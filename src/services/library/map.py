"""The map of the library: every stem a point, those that sound alike near each other.

    landmarks laid out once → each other stem placed between them → kept in the database

A stem that comes in gets its own place and moves no other. Only a map that was laid out when
the library was still small is laid out again, which raises its version.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from src.core.errors import InvalidInputError
from src.core.progress import Progress, silent
from src.db.database import Database
from src.db.rows import map_points
from src.db.rows.map_points import Shown
from src.embeddings.map_layout import lay_out, place
from src.music.theory.library import CATEGORIES

log = logging.getLogger(__name__)

LANDMARKS = 800
"""So many stems, at most, hold the map up."""

OUTGROWN = 4
"""A map whose landmarks are fewer than this part of those it could have is laid out again."""

MAX_SHOWN = 50_000

_PLACED_AT_ONCE = 2_000


@dataclass(frozen=True)
class LibraryMap:
    """A page of the map. version: while it stays, no point has moved; total: points in all

    next_cursor: where the next page starts; None at the end
    """

    model_id: str
    version: int
    points: tuple[Shown, ...]
    total: int
    next_cursor: str | None


class LibraryMapService:
    """Places stems on the plane. active: tells by which model the library is searched"""

    def __init__(self, database: Database, active: Callable[[], str]) -> None:
        self._database = database
        self._active = active
        self._lock = threading.Lock()

    def page(
        self, *, categories: Sequence[str] = (), cursor: str | None = None, limit: int = MAX_SHOWN
    ) -> LibraryMap:
        """Return a page of the map, stems by id, after placing what is not on it yet.

        Raises InvalidInputError for an unknown category or a bad limit.
        """
        for category in categories:
            if category not in CATEGORIES:
                told = ", ".join(CATEGORIES)
                raise InvalidInputError(f"category must be one of {told}, got {category!r}")
        if not 1 <= limit <= MAX_SHOWN:
            raise InvalidInputError(f"limit must be from 1 to {MAX_SHOWN}, got {limit}")
        model_id = self.update()
        with self._database.transaction() as session:
            found = map_points.shown(
                session, model_id, categories=categories, after=cursor or "", limit=limit + 1
            )
            version = map_points.version(session)
            total = map_points.counts(session, model_id).placed
        more = found[limit - 1].id if len(found) > limit else None
        return LibraryMap(model_id, version, tuple(found[:limit]), total, more)

    def update(self, *, progress: Progress = silent) -> str:
        """Place every stem that has a vector and no place; the model whose map it is.

        Where nothing is new it costs one question to the database.
        """
        model_id = self._active()
        with self._lock:
            with self._database.transaction() as session:
                counts = map_points.counts(session, model_id)
            if counts.unplaced:
                possible = min(LANDMARKS, counts.placed + counts.unplaced)
                if OUTGROWN * counts.landmarks < possible:
                    self._lay_out(model_id)
                self._place_others(model_id, counts.placed + counts.unplaced, progress)
        return model_id

    def _lay_out(self, model_id: str) -> None:
        with self._database.transaction() as session:
            ids = map_points.first_ids(session, model_id, LANDMARKS)
            vectors = map_points.vectors_of(session, model_id, ids)
        points = lay_out(vectors)
        with self._database.transaction() as session:
            map_points.clear(session, model_id)
            map_points.put_points(session, model_id, ids, points, landmark=True)
        log.info("a map of %d landmarks was laid out", len(ids))

    def _place_others(self, model_id: str, total: int, progress: Progress) -> None:
        with self._database.transaction() as session:
            names, points = map_points.landmarks(session, model_id)
            landmarks = map_points.vectors_of(session, model_id, names)
        done, after = len(names), ""
        while True:
            with self._database.transaction() as session:
                ids = map_points.unplaced_ids(session, model_id, after=after, limit=_PLACED_AT_ONCE)
                vectors = map_points.vectors_of(session, model_id, ids)
            if not ids:
                return
            found = place(vectors, landmarks, points)
            with self._database.transaction() as session:
                map_points.put_points(session, model_id, ids, found)
            done, after = done + len(ids), ids[-1]
            progress("mapping", done, max(total, done))
