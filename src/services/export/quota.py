"""What exports take on the disk, and how much they may take."""

import os
from collections.abc import Iterator
from pathlib import Path

from src.core.config import Settings
from src.core.errors import ConflictError
from src.db import crud
from src.db.database import Database
from src.db.models import TrackRow
from src.services.tracks.files import exports_of
from src.storage.paths import path_of

_AT_ONCE = 500


class ExportQuota:
    """Counts the files of all tracks' exports, unfinished ones too."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    @property
    def limit_bytes(self) -> int | None:
        """How much they may take; None: as much as there is room."""
        return self._settings.max_exports_mb * 1_000_000 or None

    def sizes(self) -> list[tuple[TrackRow, int]]:
        """List the tracks that have exports, newest first, with the bytes of these."""
        found = []
        for row in self._tracks():
            size = folder_bytes(exports_of(path_of(row.path, self._settings.tracks_path)))
            if size:
                found.append((row, size))
        return found

    def check(self) -> None:
        """Raise ConflictError (``exports_full``) where they take more than they may."""
        limit = self.limit_bytes
        if limit is None:
            return
        used = sum(size for _, size in self.sizes())
        if used >= limit:
            raise ConflictError(
                f"exports may take {limit / 1e6:g} MB (MAX_EXPORTS_MB), they take"
                f" {used / 1e6:.1f} MB: delete some first",
                code="exports_full",
            )

    def _tracks(self) -> Iterator[TrackRow]:
        offset = 0
        while True:
            with self._database.transaction() as session:
                window = crud.Window(limit=_AT_ONCE, offset=offset)
                rows, total = crud.list_tracks(session, window=window)
            yield from rows
            offset += _AT_ONCE
            if offset >= total:
                return


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files in a folder and below; 0 where there is none."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name), follow_symlinks=False).st_size
            except FileNotFoundError:
                continue  # an export that has just been finished renames its files
    return total
