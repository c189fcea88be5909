"""Jobs over HTTP, on databases of both kinds."""

import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.main import create_app
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate, StandIns
from tests.patience import PATIENCE_S


@pytest.fixture
def database_url(each_database_url: str | None) -> str | None:
    return each_database_url


def test_preprocess_answers_at_once_with_a_job(client: TestClient, job_probe: JobProbe) -> None:
    answer = client.post("/preprocess")
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], job["status"], job["progress"]) == ("preprocess", "queued", 0.0)
    assert answer.headers["location"] == job["url"] == f"/api/v1/jobs/{job['id']}"
    done = job_probe.ended(job["id"])
    assert (done["status"], done["progress"], done["eta_s"]) == ("succeeded", 1.0, None)
    assert done["stage"] == "done"
    assert done["result"] == {"found": 0, "added": 0}
    assert done["problem"] is None


def test_a_second_preprocess_is_told_of_the_first(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    first = client.post("/preprocess").json()
    answer = client.post("/preprocess")
    problem = assert_problem(answer, 409, "job_running")
    assert problem["job_id"] == first["id"]
    assert answer.headers["location"] == first["url"]
    gate.open.set()
    job_probe.ended(first["id"])
    assert client.post("/preprocess").status_code == 202


def test_progress_is_seen_and_a_running_job_is_cancelled(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    job_id = client.post("/preprocess").json()["id"]
    deadline = time.monotonic() + 30
    while client.get(f"/api/v1/jobs/{job_id}").json()["stage"] != "analysing":
        assert time.monotonic() < deadline
    answer = client.post(f"/api/v1/jobs/{job_id}/cancel")
    assert answer.status_code == 200
    assert answer.json()["cancel_requested"] is True
    done = job_probe.ended(job_id)
    assert (done["status"], done["stage"], done["progress"]) == ("cancelled", "analysing", 0.5)
    assert client.post(f"/api/v1/jobs/{job_id}/cancel").json()["status"] == "cancelled"


def test_what_has_ended_can_not_be_cancelled(client: TestClient, job_probe: JobProbe) -> None:
    job_id = client.post("/preprocess").json()["id"]
    job_probe.ended(job_id)
    assert_problem(client.post(f"/api/v1/jobs/{job_id}/cancel"), 409, "job_finished")


def test_unknown_jobs_are_not_found(client: TestClient) -> None:
    assert_problem(client.get("/api/v1/jobs/00"), 404, "not_found")
    assert_problem(client.post("/api/v1/jobs/00/cancel"), 404, "not_found")
    assert_problem(client.get("/api/v1/jobs/%27or%201"), 422, "validation_failed")


def test_jobs_are_listed_newest_first(client: TestClient, job_probe: JobProbe) -> None:
    ids = []
    for _ in range(3):
        ids.append(client.post("/preprocess").json()["id"])
        job_probe.ended(ids[-1])
    page = client.get("/api/v1/jobs", params={"limit": 2}).json()
    assert [job["id"] for job in page["items"]] == [ids[2], ids[1]]
    assert page["total"] == 3
    assert page["items"][0]["result"] is None
    assert client.get("/api/v1/jobs", params={"status": ["failed"]}).json()["total"] == 0
    assert client.get("/api/v1/jobs", params={"kind": "preprocess"}).json()["total"] == 3


def test_a_failed_job_tells_the_problem_with_its_status(
    client: TestClient, job_probe: JobProbe
) -> None:
    body = {"prompt": "an empty library"}
    job_id = client.post("/generate-track", params={"wait": False}, json=body).json()["id"]
    failed = job_probe.ended(job_id)
    assert failed["status"] == "failed"
    assert failed["problem"]["code"] == "library_empty"
    assert failed["problem"]["status"] == 409
    assert failed["result"] is None


def test_a_job_goes_on_after_a_restart(services: StandIns) -> None:
    app = create_app(services.settings, build=lambda _: services)
    with TestClient(app) as client:
        services.gate.close()
        job_id = client.post("/preprocess").json()["id"]
        assert services.gate.reached.wait(PATIENCE_S)
    again = StandIns(services.settings)
    with TestClient(create_app(services.settings, build=lambda _: again)) as client:
        job = JobProbe(client).ended(job_id)
        assert (job["status"], job["attempt"]) == ("succeeded", 2)


def test_pages_of_jobs_follow_each_other_by_cursor(client: TestClient, gate: Gate) -> None:
    gate.close()
    body = {"prompt": "techno"}
    posted = [client.post("/generate-track?wait=false", json=body) for _ in range(5)]
    ids = [answer.json()["id"] for answer in posted]
    seen, cursor = [], None
    while True:
        page = client.get("/api/v1/jobs", params={"limit": 2, "cursor": cursor or ""}).json()
        seen += [job["id"] for job in page["items"]]
        client.post("/generate-track?wait=false", json=body)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    wrong = client.get("/api/v1/jobs", params={"cursor": "nonsense"})
    assert_problem(wrong, 422, "bad_cursor")
    client.post("/api/v1/jobs/cancel", json={"all": True})


def test_those_that_wait_know_their_place(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    posted = [
        client.post("/generate-track?wait=false", json={"prompt": "techno"}).json()["id"]
        for _ in range(4)
    ]
    deadline = time.monotonic() + 30
    while client.get("/api/v1/jobs?status=running").json()["total"] < 2:
        assert time.monotonic() < deadline
    listed = {job["id"]: job for job in client.get("/api/v1/jobs").json()["items"]}
    assert [listed[one]["queue_position"] for one in posted] == [None, None, 1, 2]
    assert client.get(f"/api/v1/jobs/{posted[3]}").json()["queue_position"] == 2
    reported = client.post("/api/v1/jobs/cancel", json={"kind": ["generate"]}).json()
    assert reported == {"cancelled": 2, "stopping": 2}
    assert {job_probe.ended(one)["status"] for one in posted} == {"cancelled"}


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"status": ["failed"]}, {"kinds": ["render"]}])
def test_stopping_many_jobs_needs_to_be_told_which(
    client: TestClient, body: dict[str, Any]
) -> None:
    assert_problem(client.post("/api/v1/jobs/cancel", json=body), 422, "validation_failed")


def test_a_job_is_told_in_three_words(client: TestClient, gate: Gate, job_probe: JobProbe) -> None:
    gate.close()
    posted = client.post("/generate-track?wait=false", json={"prompt": "techno"}).json()["id"]
    pending = {"task_id": posted, "status": "pending", "file_url": None}
    assert client.get(f"/status/{posted}").json() == pending
    gate.open.set()
    done = job_probe.ended(posted)
    reported = client.get(f"/status/{posted}").json()
    assert (reported["status"], reported["file_url"]) == ("success", done["result"]["file_url"])
    assert client.get(reported["file_url"]).status_code == 200
    lost = client.post("/generate-track?wait=false", json={"prompt": "empty"}).json()["id"]
    job_probe.ended(lost)
    assert client.get(f"/status/{lost}").json()["status"] == "failed"
    assert_problem(client.get("/status/0000"), 404, "not_found")


@pytest.mark.parametrize("count", [60])
def test_many_questions_at_once_are_all_answered(
    client: TestClient, count: int, stem_ids: list[str]
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda _: client.get("/api/v1/stems/").status_code, range(count)))
    assert answers == [200] * count


def test_what_was_cancelled_is_tried_again_as_a_new_job(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    first = client.post("/generate-track?wait=false", json={"prompt": "techno", "seed": 7}).json()
    assert_problem(client.post(f"/api/v1/jobs/{first['id']}/retry"), 409, "job_not_failed")
    client.post(f"/api/v1/jobs/{first['id']}/cancel")
    assert job_probe.ended(first["id"])["status"] == "cancelled"
    gate.open.set()
    answer = client.post(f"/api/v1/jobs/{first['id']}/retry")
    assert answer.status_code == 202
    again = answer.json()
    assert (again["kind"], again["id"] != first["id"]) == ("generate", True)
    done = job_probe.ended(again["id"])
    assert (done["status"], done["result"]["seed"]) == ("succeeded", 7)
    assert_problem(client.post(f"/api/v1/jobs/{again['id']}/retry"), 409, "job_not_failed")
    assert_problem(client.post("/api/v1/jobs/0000/retry"), 404, "not_found")


def test_a_job_tells_what_it_did(client: TestClient, job_probe: JobProbe) -> None:
    job_id = client.post("/preprocess").json()["id"]
    job_probe.ended(job_id)
    reported = client.get(f"/api/v1/jobs/{job_id}/log").json()
    assert reported["total"] == len(reported["lines"])
    assert_problem(client.get("/api/v1/jobs/0000/log"), 404, "not_found")
    assert_problem(client.get(f"/api/v1/jobs/{job_id}/log?lines=0"), 422, "validation_failed")
