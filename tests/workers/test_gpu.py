"""The whole way of a request for music: API, a real Redis, a real Celery worker, a tiny model."""

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from src.core.config import Settings
from src.generation.loading import missing_packages
from src.main import create_app
from tests.generation.tiny_checkpoint import NEEDS_DIFFUSERS, write_checkpoint
from tests.patience import until
from tests.workers.redis_server import HOW_TO_GET, RedisServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.skipif(shutil.which("redis-server") is None, reason=HOW_TO_GET),
    pytest.mark.skipif(bool(missing_packages()), reason=NEEDS_DIFFUSERS),
    pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning"),
    pytest.mark.xdist_group("generation"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    redis = RedisServer(tmp_path)
    redis.start()
    write_checkpoint(tmp_path / "models" / "tiny-turbo")
    yield Settings(
        TRAUM_HOME=tmp_path, redis_url=redis.url, ace_step_model="tiny-turbo", job_lease_s=2.0
    )
    redis.kill()


@pytest.fixture
def start_worker(settings: Settings) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers to be ended."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for one in started:
        one.kill()
        one.wait()


def gpu_worker(settings: Settings) -> "subprocess.Popen[bytes]":
    """A worker as the documentation says."""
    environment = os.environ | {
        "TRAUM_HOME": str(settings.home), "REDIS_URL": str(settings.redis_url),
        "ACE_STEP_MODEL": settings.ace_step_model, "JOB_LEASE_S": "2", "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "default", "CUDA_VISIBLE_DEVICES": "",
    }  # fmt: skip
    command = [sys.executable, "-m", "celery", "-A", "src.workers.celery_app", "worker",
               "-Q", "gpu", "--concurrency=1", "--loglevel", "WARNING"]  # fmt: skip
    with (settings.home / "worker.log").open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def test_a_request_goes_from_the_api_over_redis_to_a_worker_and_comes_back_as_a_file(
    settings: Settings, start_worker: list[subprocess.Popen[bytes]]
) -> None:
    request = {"prompt": "warm dub", "duration": 10, "seed": 3, "format": "mp3"}
    with TestClient(create_app(settings)) as client:
        assert client.post("/generate", json=request).json()["code"] == "no_generator"
        start_worker.append(gpu_worker(settings))
        until(lambda: client.get("/api/v1/generators").json()["workers"], "the worker")
        tasks = [
            client.post("/generate", json=asked).json()["task_id"]
            for asked in (request, request, request | {"lora_id": "missing"})
        ]
        states = {}

        def ended(task: str) -> bool:
            states[task] = client.get(f"/status/{task}").json()
            return states[task]["status"] != "pending"

        until(lambda: all(ended(task) for task in tasks), "the music")
        first, second, refused = (states[task] for task in tasks)
        assert (first["status"], refused["status"]) == ("success", "failed")
        problem = client.get(f"/api/v1/jobs/{refused['task_id']}").json()["problem"]
        assert problem["code"] == "not_found"
        sounds = [client.get(one["file_url"]).content for one in (first, second)]
        assert sounds[0] == sounds[1], "same request, same seed, same bytes"
        assert first["file_url"] == f"/files/{tasks[0]}.mp3"
        path = settings.output_path / f"{tasks[0]}.mp3"
        assert soundfile.info(path).duration == pytest.approx(10.0, abs=0.1)
        start_worker[0].terminate()
        until(lambda: not client.get("/api/v1/generators").json()["workers"], "the worker's end")


def test_api_and_commands_start_where_torch_can_not_be_imported(tmp_path: Path) -> None:
    program = """
import sys, warnings
warnings.simplefilter("ignore")
class Missing:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ("torch", "diffusers", "transformers", "accelerate", "peft"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from fastapi.testclient import TestClient
from src.core.config import Settings
from src.main import create_app
from src.cli.words import parser
parser().parse_args(["dream", "dub"])
with TestClient(create_app(Settings(TRAUM_HOME=sys.argv[1]))) as client:
    assert client.get("/api/v1/generators").json()["workers"] == []
    assert client.post("/generate", json={"prompt": "dub"}).status_code == 503
print("started")
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("started\n"), done.stderr
