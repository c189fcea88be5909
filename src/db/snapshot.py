"""A database as one file, taken while others read and write it, and looked at before use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import make_url

from src.core.errors import ConflictError, InvalidInputError
from src.db.database import MIGRATIONS


def sqlite_file(url: str) -> Path:
    """Return where a database lies. Raises InvalidInputError for what is not a file of SQLite's."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise InvalidInputError(
            "a backup holds libraries that lie in SQLite; this one lies in"
            f" {parsed.get_backend_name()}: save it with its own tools (pg_dump)",
            code="not_sqlite",
        )
    return Path(str(parsed.database))


def take_snapshot(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, what is being written meanwhile left out.

    One step of SQLite's online backup: writers go on, and can't make it start again. The copy
    is one file, without a journal beside it.
    """
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def check_snapshot(path: Path) -> None:
    """Refuse a database that can't be restored.

    Raises InvalidInputError for a damaged one, ConflictError for one of a newer version of the
    engine; older ones are brought up to date when they are opened.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            (verdict,) = opened.execute("PRAGMA quick_check(1)").fetchone()
            row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise InvalidInputError(f"the database of the backup can't be read: {error}") from error
    if verdict != "ok":
        raise InvalidInputError(f"the database of the backup is damaged: {verdict}")
    revision = None if row is None else str(row[0])
    if revision is None or not _is_known(revision):
        raise ConflictError(
            f"the backup is of a newer version of the engine (schema {revision}): update first",
            code="newer_backup",
        )


def _is_known(revision: str) -> bool:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        return ScriptDirectory.from_config(config).get_revision(revision) is not None
    except CommandError:
        return False
