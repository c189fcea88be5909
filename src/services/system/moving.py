"""A library's database moved to another server; the files stay where they are."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from src.core.config import Settings
from src.core.errors import BackendUnavailableError, ConflictError, InvalidInputError
from src.core.progress import Progress, silent
from src.db.copying import copy_rows, row_counts
from src.db.database import DATABASE_DOWN, Database, shown_url
from src.db.snapshot import sqlite_file, take_snapshot
from src.services.ingest.lock import import_lock
from src.services.system.restore import engine_stopped

STAGE = "copying rows"


@dataclass(frozen=True)
class MoveReport:
    """What was copied. tables: name -> rows; to: the new database, without its password"""

    tables: dict[str, int]
    to: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


class MoveService:
    """Copies a library's database to another one, of either kind."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def move(self, url: str, *, progress: Progress = silent) -> MoveReport:
        """Copy everything and compare it row by row. The old database stays as it is.

        url: of an empty database, such as postgresql+psycopg://user:password@host/library

        Raises InvalidInputError for what is no such URL, BackendUnavailableError where nobody
        answers, ConflictError while the engine or an import works, where the library has no
        database yet, and where the new one is not empty.
        """
        settings = self._settings
        shown_url(url)
        if url == settings.sql_url:
            raise InvalidInputError(f"the library lies there already: {shown_url(url)}")
        with (
            engine_stopped(settings),
            import_lock(settings.processed_path),
            self._source() as source,
        ):
            source.upgrade()
            total = sum(row_counts(source).values())
            target = Database(url)
            try:
                target.upgrade()
                tables = copy_rows(source, target, lambda done: progress(STAGE, done, total))
            except DATABASE_DOWN as error:
                raise BackendUnavailableError(f"no database answers at {shown_url(url)}") from error
            finally:
                target.close()
        return MoveReport(tables, shown_url(url))

    @contextmanager
    def _source(self) -> Iterator[Database]:
        """Open the library's database; one of SQLite's as a copy, so that it is not changed."""
        url = self._settings.sql_url
        if not url.startswith("sqlite"):
            source = Database(url)
            try:
                yield source
            finally:
                source.close()
            return
        file = sqlite_file(url)
        if not file.is_file():
            raise ConflictError(f"there is no library at {file}", code="library_empty")
        with tempfile.TemporaryDirectory(prefix="move-", dir=file.parent) as folder:
            copy = Path(folder) / file.name
            take_snapshot(file, copy)
            source = Database(f"sqlite:///{copy}")
            try:
                yield source
            finally:
                source.close()
