"""What HTTP promises for every address."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem
from tests.api.stand_ins import Gate

PAGES = ["/", "/api/v1/stems", "/api/v1/kits", "/api/v1/collections", "/healthz", "/openapi.json"]


@pytest.mark.parametrize("path", PAGES)
def test_head_answers_what_get_would_without_the_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == get.headers[name], name
    assert_problem_head = client.head("/api/v1/nothing")
    assert assert_problem_head.status_code == 404


def test_head_of_a_stream_does_not_follow_it(client: TestClient, gate: Gate) -> None:
    gate.close()
    job = client.post("/generate-track?wait=false", json={"prompt": "techno"}).json()
    answer = client.head(job["events_url"])
    assert answer.headers["content-type"].startswith("text/event-stream")
    gate.open.set()


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/collections", "GET, POST, HEAD, OPTIONS"),
        ("/api/v1/stems/x", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("/preprocess", "POST, OPTIONS"),
        ("/files/x.wav", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_and_405_name_all_methods(client: TestClient, path: str, methods: str) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.headers["allow"]) == (204, methods)
    refused = client.put(path)
    assert_problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == methods
    assert_problem(client.options("/api/v1/nothing"), 404, "not_found")


def test_a_slash_at_the_end_does_not_matter(client: TestClient) -> None:
    paths = [path for path in client.get("/openapi.json").json()["paths"] if "{" not in path]
    assert len(paths) > 20
    for path in paths:
        for spelt in (path, path.rstrip("/") or "/", f"{path.rstrip('/')}/"):
            answer = client.options(spelt, follow_redirects=False)
            assert answer.status_code == 204, spelt
    assert client.get("/api/v1/kits/", follow_redirects=False).status_code == 200


def test_what_is_created_says_where_it_lies(client: TestClient) -> None:
    made = client.post("/api/v1/collections", json={"name": "album"})
    assert made.status_code == 201
    assert client.get(made.headers["location"]).json()["name"] == "album"
    job = client.post("/preprocess", params={"wait": False})
    if job.status_code == 202:
        assert re.fullmatch(r"/api/v1/jobs/[0-9a-f-]+", job.headers["location"])


def test_a_job_is_waited_for_as_long_as_said(client: TestClient, gate: Gate) -> None:
    gate.close()
    job = client.post("/generate-track?wait=false", json={"prompt": "techno"}).json()
    assert client.get(job["url"], params={"wait": 0.05}).json()["status"] in ("queued", "running")
    gate.open.set()
    assert client.get(job["url"], params={"wait": 60}).json()["status"] == "succeeded"
    assert_problem(client.get(job["url"], params={"wait": 61}), 422, "validation_failed")
