"""What many tests share: where real sound lies, and a fresh home."""

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text

from src.core.config import Settings
from src.db.database import Database
from src.demo.kits import write_demo_kits
from src.wiring import build_services
from tests.db.postgres_server import NoServerError, postgres_url
from tests.db.stocked import fresh_database

# What the developer's .env and environment say (a real database, for one) is none of our business.
Settings.model_config["env_file"] = None
for _name, _field in Settings.model_fields.items():
    os.environ.pop(str(_field.validation_alias or _name).upper(), None)

# A slow machine fails no test, and the same code gets the same examples: a failure is a change.
# New examples at every run: pytest --hypothesis-profile=explore
_patient = hypothesis.settings(
    deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("repeatable", _patient, derandomize=True)
hypothesis.settings.register_profile("explore", _patient)
hypothesis.settings.load_profile("repeatable")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--scale", action="store_true",
        help="tests of the API run on PostgreSQL and Celery instead of SQLite and threads",
    )  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, on PostgreSQL and Celery, the few tests of SQLite and threads themselves."""
    if config.getoption("--scale"):
        ours = [item for item in items if item.get_closest_marker("one_machine") is None]
        config.hook.pytest_deselected(items=[item for item in items if item not in ours])
        items[:] = ours


@pytest.fixture(autouse=True)
def _logging_stays_as_it_is() -> Iterator[None]:
    """Whoever sets up the process's logging puts it back: later tests look for log lines."""
    before = _logging_set_up()
    yield
    after = _logging_set_up()
    assert {name: after[name] for name in before} == before


def _logging_set_up() -> dict[str, tuple[object, ...]]:
    made = logging.root.manager.loggerDict
    ours = [name for name in made if name.startswith(("src", "alembic", "uvicorn"))]
    loggers = [logging.getLogger(name) for name in ("", *ours)]
    return {
        one.name: (one.level, one.handlers[:], one.filters[:], one.propagate, one.disabled)
        for one in loggers
    }


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real sounds with labels; they lie beside the repository where it is developed."""
    folder = SHARED / "corpus"
    if not (folder / "labels.csv").is_file():
        pytest.skip("the corpus is not here: put it at ../shared/corpus beside the repository")
    return folder


@pytest.fixture(scope="session")
def hostile() -> Path:
    """The folder with hostile.tar.gz and expected.csv."""
    folder = SHARED / "hostile"
    if not (folder / "hostile.tar.gz").is_file():
        pytest.skip("the hostile files are not here: put them at ../shared/hostile")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty library in a temporary home."""
    return Settings(TRAUM_HOME=tmp_path, workers=2)


@pytest.fixture(scope="session")
def shared_tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One temporary folder for all test processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def demo_home(shared_tmp: Path) -> Path:
    """A home whose raw folder holds the demo kits, synthesised once. Read only, please."""
    home = shared_tmp / "demo_home"
    with (shared_tmp / "demo_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_demo_kits(Settings(TRAUM_HOME=home).raw_path)
    return home


@pytest.fixture(scope="session")
def demo_raw(demo_home: Path) -> Path:
    """The demo kits as files."""
    return Settings(TRAUM_HOME=demo_home).raw_path


@pytest.fixture(scope="session")
def demo_library(demo_home: Path, shared_tmp: Path) -> Path:
    """The home of the demo kits, analysed once for all test processes. Read only, please."""
    with (shared_tmp / "demo_library.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        services = build_services(Settings(TRAUM_HOME=demo_home))
        services.analyzer.run()
        services.close()
    return demo_home


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
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(server: str, template: str) -> Iterator[Database]:
    """An empty, ready database on PostgreSQL."""
    made = Database(_new_database(server, template=template))
    yield made
    made.close()
    _execute(server, f"DROP DATABASE {make_url(made.url).database} WITH (FORCE)")


def _new_database(server: str, *, template: str = "template1") -> str:
    name = f"t{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An empty, ready database of each kind."""
    if request.param == "postgresql":
        made: Database = request.getfixturevalue("postgres")
        yield made
        return
    made = fresh_database(settings)
    yield made
    made.close()
