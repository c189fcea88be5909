"""What many tests share: where real sound lies, and a fresh home."""

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from src.core.config import Settings
from src.demo.kits import write_demo_kits
from src.wiring import build_services

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
