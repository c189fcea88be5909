"""Music from words over HTTP, as the routes are named: /generate, /status, /files."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.services.generation.presence import WorkerPresence
from src.workers.gpu import GpuRunner
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import StandIns
from tests.services.plain_generator import CARD

REQUEST = {"prompt": "warm dub", "duration": 10, "seed": 7, "format": "flac"}


@pytest.fixture
def gpu(services: StandIns, client: TestClient) -> Any:
    """A GPU worker beside the API, in a thread of its own."""
    presence = WorkerPresence(services.settings.gpu_workers_path)
    presence.announce("here", CARD)
    runner = GpuRunner()
    runner.start(services.jobs, lock_file=services.settings.processed_path / "gpu.lock")
    yield runner
    runner.stop()


def test_without_a_worker_the_answer_comes_at_once_and_says_what_to_start(
    client: TestClient,
) -> None:
    problem = assert_problem(client.post("/generate", json=REQUEST), 503, "no_generator")
    assert "requirements/gpu.txt" in problem["detail"]
    assert "gpu-worker" in problem["detail"]
    assert client.get("/api/v1/jobs").json()["total"] == 0
    told = client.get("/api/v1/generators").json()
    assert told["workers"] == []
    assert told["how_to_start"] == problem["detail"]


def test_a_request_becomes_a_task_and_a_file_that_bears_its_id(
    client: TestClient, gpu: GpuRunner, job_probe: JobProbe
) -> None:
    assert client.get("/api/v1/generators").json()["workers"][0]["model"] == CARD.name
    answer = client.post("/generate", json=REQUEST)
    assert answer.status_code == 202
    task_id = answer.json()["task_id"]
    assert answer.json() == {"task_id": task_id, "status": "pending"}
    assert answer.headers["location"] == f"/api/v1/jobs/{task_id}"
    gpu.look()
    job = job_probe.ended(task_id)
    assert (job["kind"], job["status"]) == ("dream", "succeeded")
    status = client.get(f"/status/{task_id}").json()
    url = f"/files/{task_id}.flac"
    assert status == {"task_id": task_id, "status": "success", "file_url": url}
    file = client.get(url)
    assert (file.status_code, file.headers["content-type"]) == (200, "audio/flac")
    assert file.content[:4] == b"fLaC"
    assert client.get(f"/files/{task_id}.json").json()["ai_generated"] is True


def test_a_stem_that_a_track_lacks_is_a_job_of_its_own(
    client: TestClient, gpu: GpuRunner, job_probe: JobProbe
) -> None:
    asked = {"category": "drums", "track": "Night Drive", "prompt": "dry", "tempo_bpm": 120.0}
    answer = client.post("/api/v1/dreamed-stems", json=asked)
    assert answer.status_code == 202
    gpu.look()
    job = job_probe.ended(answer.json()["id"])
    assert (job["kind"], job["status"]) == ("dream-stem", "failed"), "the stand-in plays noise"
    assert job["problem"]["code"] == "stem_refused"
    kick = client.post("/api/v1/dreamed-stems", json=asked | {"category": "kick"})
    assert_problem(kick, 422, "invalid_input")


def test_a_request_that_is_sent_twice_under_one_key_is_one_task(
    client: TestClient, gpu: GpuRunner
) -> None:
    headers = {"Idempotency-Key": "one"}
    first = client.post("/generate", json=REQUEST, headers=headers).json()
    assert client.post("/generate", json=REQUEST, headers=headers).json() == first


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"duration": 5}, "invalid_input"),
        ({"prompt": " "}, "invalid_input"),
        ({"task": "cover"}, "source_missing"),
        ({"reference_audio": "@"}, "bad_base64"),
        ({"lora_id": "a", "style_id": "b"}, "validation_failed"),
        ({"temperature": 1}, "validation_failed"),
    ],
)
def test_what_the_model_cant_be_asked_for_is_refused_before_there_is_a_task(
    changed: dict[str, Any], code: str, client: TestClient, gpu: GpuRunner
) -> None:
    assert_problem(client.post("/generate", json=REQUEST | changed), 422, code)
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_a_request_may_hold_more_sound_than_other_requests_bytes(
    client: TestClient, gpu: GpuRunner
) -> None:
    much = client.post("/generate", json=REQUEST | {"reference_audio": "A" * 5_000_000})
    assert_problem(much, 422, "audio_too_large")
    too_much = client.post("/generate", json=REQUEST | {"reference_audio": "A" * 64_000_000})
    assert_problem(too_much, 413, "body_too_large")
