"""A request that is sent twice, one that does not wait, and one too many."""

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate

PROMPT = {"prompt": "driving industrial techno 138 bpm"}
KEY = {"Idempotency-Key": "d1b4c3a2"}


@pytest.fixture
def database_url(each_database_url: str | None) -> str | None:
    return each_database_url


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"max_queued_jobs": 2, "job_threads": 1}


def test_the_same_request_gets_the_same_job_running_or_done(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    first = client.post("/generate-track?wait=false", json=PROMPT, headers=KEY)
    again = client.post("/generate-track?wait=false", json=PROMPT, headers=KEY)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == again.headers["location"]
    gate.open.set()
    done = job_probe.ended(first.json()["id"])
    waited = client.post("/generate-track", json=PROMPT, headers=KEY)
    assert waited.status_code == 200
    assert waited.json()["track_id"] == done["result"]["track_id"]
    assert client.get("/api/v1/jobs").json()["total"] == 1


def test_how_a_body_is_written_does_not_matter(client: TestClient) -> None:
    headers = {**KEY, "content-type": "application/json"}
    one = client.post("/generate-track", content='{"prompt":"x","seed":1}', headers=headers)
    two = client.post("/generate-track", content='{ "seed": 1, "prompt": "x" }', headers=headers)
    assert one.json()["track_id"] == two.json()["track_id"]


@pytest.mark.parametrize("path", ["/generate-track", "/api/v1/tracks"])
def test_another_request_under_the_same_key_is_refused(client: TestClient, path: str) -> None:
    assert client.post("/generate-track", json=PROMPT, headers=KEY).status_code == 200
    plan = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": [{"category": "kick"}]}]}
    body = {"prompt": "another"} if path == "/generate-track" else {"plan": plan}
    answer = client.post(path, json=body, headers=KEY)
    assert_problem(answer, 422, "idempotency_key_reused")


def test_an_import_that_is_asked_for_twice_is_one(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    first = client.post("/preprocess", headers=KEY)
    again = client.post("/preprocess", headers=KEY)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = client.post("/preprocess", headers={"Idempotency-Key": "another"})
    assert_problem(other, 409, "job_running")
    gate.open.set()
    job_probe.ended(first.json()["id"])


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = client.post("/preprocess", headers=headers)
    assert_problem(answer, 422, "validation_failed")


@pytest.mark.parametrize("path", ["/generate-track", "/api/v1/tracks"])
def test_who_prefers_it_gets_a_job_at_once(
    client: TestClient, job_probe: JobProbe, path: str
) -> None:
    plan = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": [{"category": "kick"}]}]}
    body = PROMPT if path == "/generate-track" else {"plan": plan}
    answer = client.post(path, json=body, headers={"Prefer": "respond-async, wait=5"})
    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "respond-async"
    assert answer.headers["location"] == answer.json()["url"]
    assert job_probe.ended(answer.json()["id"])["status"] == "succeeded"


@pytest.mark.one_machine
def test_one_job_too_many_is_told_when_to_come_back(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    ids = [client.post("/generate-track?wait=false", json=PROMPT).json()["id"]]
    assert gate.reached.wait(10)
    ids += [client.post("/generate-track?wait=false", json=PROMPT).json()["id"] for _ in range(2)]
    answer = client.post("/generate-track?wait=false", json=PROMPT)
    assert_problem(answer, 429, "queue_full")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    gate.open.set()
    assert {job_probe.ended(one)["status"] for one in ids} == {"succeeded"}


def test_the_same_request_from_many_hands_makes_one_track(client: TestClient) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(
                client.post("/generate-track", json=PROMPT, headers=KEY).json()["track_id"]
            )
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert client.get("/api/v1/tracks").json()["total"] == 1
