"""Jobs over a real Redis, done by real Celery workers in processes of their own."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from src.core.config import Settings
from src.db.rows.jobs import get_job
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.services.jobs.kinds import GPU, TRACKS, Ticket
from src.services.tracks.service import render_params
from src.wiring import Services, build_services
from tests.patience import until
from tests.services.library_files import write_sound
from tests.services.small_library import fill_library, made_stems
from tests.workers.redis_server import HOW_TO_GET, RedisServer

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason=HOW_TO_GET)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def services(tmp_path: Path, redis: RedisServer) -> Iterator[Services]:
    """What the API would work with: it sends jobs and does none."""
    settings = Settings(TRAUM_HOME=tmp_path, redis_url=redis.url, job_lease_s=2.0, workers=1)
    settings.raw_path.mkdir()
    made = build_services(settings)
    made.runner.start(made.jobs, lock_file=settings.processed_path / "jobs.lock")
    yield made
    made.runner.stop()
    made.close()


StartWorker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start_worker(services: Services) -> Iterator[StartWorker]:
    """Starts a worker as the documentation says."""
    started: list[subprocess.Popen[bytes]] = []
    settings = services.settings
    environment = os.environ | {
        "TRAUM_HOME": str(settings.home), "REDIS_URL": str(settings.redis_url),
        "JOB_LEASE_S": "2", "WORKERS": "1", "PYTHONWARNINGS": "default",
    }  # fmt: skip

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "celery", "-A", "src.workers.celery_app", "worker",
                   "-Q", "cpu", "--loglevel", "WARNING"]  # fmt: skip
        with (settings.home / f"worker{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log)
        started.append(process)
        return process

    yield start
    for one in started:
        one.kill()
        one.wait()


def status(services: Services, job_id: str) -> str:
    return services.jobs.get(job_id).status


def attempt(services: Services, job_id: str) -> int:
    with services.database.transaction() as session:
        return get_job(session, job_id).attempt


def test_a_worker_elsewhere_does_jobs_and_a_message_that_comes_twice_does_no_harm(
    services: Services, start_worker: StartWorker
) -> None:
    for seed in range(3):
        write_sound(services.settings.raw_path / f"sound{seed}.wav", seed=seed)
    worker = start_worker()
    job = services.jobs.submit("preprocess", {})
    until(lambda: status(services, job.id) == "succeeded", "the import")
    assert services.jobs.get(job.id).result["added"] == 3  # type: ignore[index]
    until(lambda: len(services.jobs.workers.states()) == 1, "the worker's sign of life")
    (listed,) = services.jobs.workers.states()
    assert listed.alive
    ours = {name for name, kind in services.jobs.kinds.items() if kind.lane != GPU}
    assert set(listed.kinds) == ours

    for _ in range(3):
        services.runner.send(Ticket(job.id, "preprocess", TRACKS))
    again = services.jobs.submit("preprocess", {})
    until(lambda: status(services, again.id) == "succeeded", "the second import")
    assert (attempt(services, job.id), attempt(services, again.id)) == (1, 1)

    worker.terminate()
    worker.wait()
    assert services.jobs.workers.states() == []


def test_no_request_waits_for_a_broker_that_is_away_and_no_job_is_lost_with_it(
    services: Services, redis: RedisServer, start_worker: StartWorker
) -> None:
    write_sound(services.settings.raw_path / "sound.wav")
    with Redis.from_url(services.settings.redis_url) as broker:
        first = services.jobs.submit("preprocess", {})
        until(lambda: broker.llen("cpu") > 0, "the message")
        assert services.runner.broker_state() == "ok"
    redis.kill()  # and what it held is gone
    ids: list[str] = []
    request = threading.Thread(target=lambda: ids.append(services.jobs.submit("reembed", {}).id))
    request.start()
    request.join(60.0)
    assert ids, "a request waits for the broker"
    until(lambda: services.runner.broker_state() == "away", "the news that the broker is away")
    redis.start()
    start_worker()
    until(lambda: status(services, first.id) == "succeeded", "the job that Redis forgot")
    until(lambda: status(services, ids[0]) == "succeeded", "the job that was never sent")


def test_what_a_killed_worker_began_is_finished_by_another(
    services: Services, start_worker: StartWorker
) -> None:
    fill_library(services.database, services.settings, services.embedder, made_stems())
    wanted = tuple(StemQuery(category) for category in ("kick", "hihat", "bass", "pad"))
    sections = tuple(SectionPlan(name, 32, wanted) for name in ("Intro", "Drop", "Outro"))
    plan = ArrangementPlan(120.0, "Am", sections, "techno", prompt="a long one")
    dies = start_worker()
    job = services.jobs.submit("render", render_params(plan, 1))
    until(lambda: status(services, job.id) == "running", "the render")
    dies.kill()
    dies.wait()
    assert status(services, job.id) == "running"
    start_worker()
    until(lambda: status(services, job.id) == "succeeded", "the second attempt")
    assert attempt(services, job.id) == 2
    assert len(list(services.settings.tracks_path.glob("*.wav"))) == 1


def test_without_an_address_a_worker_says_what_it_needs(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "REDIS_URL"}
    done = subprocess.run(
        [sys.executable, "-c", "import src.workers.celery_app"],
        cwd=ROOT, env=environment | {"TRAUM_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "REDIS_URL" in done.stderr


def test_a_worker_sends_again_what_waits_though_nobody_else_does(
    services: Services, start_worker: StartWorker
) -> None:
    services.runner.stop()  # as if the API had ended right after it wrote the row
    write_sound(services.settings.raw_path / "sound.wav")
    job = services.jobs.submit("preprocess", {})
    start_worker()
    until(lambda: status(services, job.id) == "succeeded", "the job that was never sent")
