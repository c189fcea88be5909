"""Databases of both kinds: what holds on SQLite has to hold on PostgreSQL."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from src.core.config import Settings
from src.db.database import Database
from tests.db.postgres_server import NoServerError, postgres_url
from tests.db.stocked import fresh_database


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL server; skips where there is none."""
    try:
        with postgres_url() as url:
            yield url
    except NoServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """The name of a database whose schema is up to date; copying it is quick."""
    made = Database(_new_database(server))
    made.upgrade()
    made.close()
    name = str(make_url(made.url).database)
    yield name
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(server: str, template: str) -> Iterator[Database]:
    """An empty, ready database on PostgreSQL."""
    made = Database(_new_database(server, template=template))
    yield made
    made.close()
    _run(server, f"DROP DATABASE {make_url(made.url).database} WITH (FORCE)")


def _new_database(server: str, *, template: str = "template1") -> str:
    name = f"t{uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An empty, ready database of each kind."""
    if request.param == "postgresql":
        made: Database = request.getfixturevalue("postgres")
        yield made
        return
    made = fresh_database(settings)
    yield made
    made.close()
