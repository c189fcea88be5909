"""One database: its engine, its transactions, its schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session, sessionmaker

from src.core.errors import InvalidInputError

__all__ = ["DATABASE_DOWN", "MIGRATIONS", "Database", "DatabaseError", "Session"]

DatabaseError = SQLAlchemyError
"""Whatever a database can refuse. Rooms above know it by this name."""

MIGRATIONS = Path(__file__).parent / "migrations"

DATABASE_DOWN = (OperationalError, InterfaceError)
"""Raised where a database does not answer, or not in time; the same may work a moment later."""

_UPGRADE_LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(726147)",
}
"""First statement of an upgrade: waits until no other process upgrades."""


class Database:
    """Opens transactions on one URL. SQLite runs in WAL mode with foreign keys on."""

    def __init__(self, url: str) -> None:
        self.url = url
        if make_url(url).get_backend_name() == "sqlite":
            database = make_url(url).database
            if database and database != ":memory:":
                Path(database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Run one unit of work: commits at the end, rolls back on any exception."""
        with self._sessions() as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Bring the schema to the newest revision, creating it where there is none.

        Whole or not at all; processes that start together go one after the other.
        """
        config = Config()
        # the option is a template: a "%" of the folder itself is written twice
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self.engine.begin() as connection:
            connection.exec_driver_sql(_UPGRADE_LOCKS[self.engine.dialect.name])
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def shown_url(url: str) -> str:
    """Write a database's address without its password.

    Raises InvalidInputError for what is none.
    """
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise InvalidInputError(
            "the address of a database must look like"
            f" postgresql+psycopg://user:password@host/name, got {url!r}"
        ) from error
    return parsed.render_as_string(hide_password=True)


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine
