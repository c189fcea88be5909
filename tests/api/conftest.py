"""A client of an app that runs in a temporary home."""

import shutil
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.main import create_app
from tests.api.celery_worker import SharedWorker, shared_worker
from tests.api.stand_ins import Gate, StandIns
from tests.db.stocked import empty_database, stock
from tests.patience import until
from tests.workers.redis_server import HOW_TO_GET, RedisServer

with warnings.catch_warnings():
    # Starlette would rather have httpx2; httpx, which the user interface has anyway, serves.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Where the app's database lies; None: in SQLite below its home."""
    if not request.config.getoption("--scale"):
        return None
    made: Database = request.getfixturevalue("postgres")
    return made.url


@pytest.fixture(scope="session")
def worker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedWorker | None]:
    """Who does the jobs elsewhere; None where the app does them itself."""
    if not request.config.getoption("--scale"):
        yield None
        return
    if shutil.which("redis-server") is None:
        pytest.skip(HOW_TO_GET)
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    redis.start()
    with shared_worker(redis.url) as started:
        yield started
    redis.kill()


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    """What a test wants to be set otherwise."""
    return {}


@pytest.fixture
def services(
    settings: Settings,
    database_url: str | None,
    changed_settings: dict[str, Any],
    worker: SharedWorker | None,
) -> StandIns:
    settings.processed_path.mkdir(parents=True)
    if database_url is None:
        (settings.processed_path / "stems.db").write_bytes(empty_database())
    changes = {"max_upload_mb": 3, "database_url": database_url, **changed_settings}
    return StandIns(settings.model_copy(update=changes), worker)


@pytest.fixture
def gate(services: StandIns) -> Gate:
    return services.gate


@pytest.fixture
def database(services: StandIns) -> Database:
    return services.database


@pytest.fixture
def stem_ids(services: StandIns) -> list[str]:
    """The ids of tests.db.stocked.SOUNDS."""
    return stock(services.database, services.settings)


@pytest.fixture
def client(services: StandIns) -> Iterator[TestClient]:
    app = create_app(services.settings, build=lambda _: services)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


class JobProbe:
    """Questions that many tests ask."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def ended(self, job_id: str) -> dict[str, Any]:
        """The job once it has ended."""
        job: dict[str, Any] = {}

        def has_ended() -> bool:
            job.update(self.client.get(f"/api/v1/jobs/{job_id}").json())
            return job["status"] in ("succeeded", "failed", "cancelled")

        until(has_ended, "the job's end")
        return job


@pytest.fixture
def job_probe(client: TestClient) -> JobProbe:
    return JobProbe(client)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database_url(request: pytest.FixtureRequest) -> str | None:
    """A database of each kind for the app."""
    if request.param == "sqlite":
        return None
    made: Database = request.getfixturevalue("postgres")
    return made.url
