"""Putting finished tracks in their place, so that a death at any moment leaves no half track.

    rendered and described under hidden names → the row, which owns name and id → two renames

Until the row is there nothing of the track is; once it is, what lacks are renames, which
whoever takes the render up again does.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from src.core.config import Settings
from src.db.database import Database
from src.db.models import TrackRow, now
from src.db.rows.tracks import reserve_track, track_row
from src.services.tracks.files import free_path, sidecar_of, unfinished_files
from src.storage.atomic import json_text


@dataclass(frozen=True)
class Described:
    """A track under a name: its row, and the description that lies beside it."""

    row: TrackRow
    sidecar: dict[str, Any]


class TrackShelf:
    """The tracks folder and the rows of what lies in it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._folder = settings.tracks_path

    def published(self, track_id: str) -> dict[str, Any] | None:
        """Return the description of a track that lies whole in its place, None where none does."""
        row = self._row(track_id)
        if row is None or not (self._folder / row.path).is_file():
            return None
        return _description(sidecar_of(self._folder / row.path))

    def publish(
        self, unfinished: Path, track_id: str, describe: Callable[[Path, datetime], Described]
    ) -> dict[str, Any]:
        """Give a rendered file its name, its description and its row; the description.

        describe: tells of the track under a name and a moment
        """
        for path, moment in self._slots(track_id):
            record = describe(path, moment)
            # in one go: the name is hidden, and half of it would not be read
            sidecar_of(unfinished).write_text(json_text(record.sidecar), encoding="utf-8")
            with self._database.transaction() as session:
                mine = reserve_track(session, record.row)
            if mine:
                os.replace(unfinished, path)
                os.replace(sidecar_of(unfinished), sidecar_of(path))
                return record.sidecar
        raise AssertionError("slots end with an error")

    def finish(self, track_id: str) -> None:
        """Finish what a render that was cut off had published, remove what it had not."""
        row = self._row(track_id)
        left = unfinished_files(self._folder, track_id)
        if row is not None:
            path = self._folder / row.path
            for beside in left:
                record = _description(beside) if beside.suffix == ".json" else None
                if record is None or Path(record["track_path"]).name != path.name:
                    continue
                if beside.with_suffix(".wav").exists():
                    os.replace(beside.with_suffix(".wav"), path)
                os.replace(beside, sidecar_of(path))
        for rest in left:
            rest.unlink(missing_ok=True)

    def _slots(self, track_id: str) -> Iterator[tuple[Path, datetime]]:
        """Return where a track may lie: where its row says, else under names that are free."""
        moment = now()
        for number in count(1):
            row = self._row(track_id)
            path = free_path(self._folder, moment, number) if row is None else None
            if row is not None:
                yield self._folder / row.path, row.created_at
            elif path is not None:
                yield path, moment

    def _row(self, track_id: str) -> TrackRow | None:
        with self._database.transaction() as session:
            return track_row(session, track_id)


def _description(path: Path) -> dict[str, Any] | None:
    """Return what a description says; None where none is there, or not whole."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and "track_path" in record else None
