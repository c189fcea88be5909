"""What the app says of itself, and how it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.main import create_app
from tests.api.checks import assert_problem
from tests.api.stand_ins import StandIns
from tests.patience import until

METHODS = ("get", "post", "put", "patch", "delete")


def test_ready_tells_what_there_is(client: TestClient, stem_ids: list[str]) -> None:
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["embedder"], ready["database"]) == ("ready", "plain", "ok")
    assert ready["library"]["stems"] == 4
    assert ready["library"]["kits"] == 2
    assert ready["stems_without_vector"] == 0


@pytest.mark.one_machine
def test_ready_tells_how_the_parts_are_doing(client: TestClient, services: StandIns) -> None:
    until(lambda: bool(services.jobs.workers.states()), "the first sign of life")
    parts = client.get("/readyz").json()["parts"]
    assert parts.pop("disk_free_gb") > 0.0
    assert parts == {
        "database": "ok", "broker": "unused", "workers": 1, "workers_silent": 0,
        "jobs_without_worker": [], "folder_watch": "off",
    }  # fmt: skip


def test_kinds_of_jobs_that_nobody_does_are_named(client: TestClient, services: StandIns) -> None:
    services.jobs.workers.leave()
    parts = client.get("/readyz").json()["parts"]
    assert parts["workers"] == 0
    assert "render" in parts["jobs_without_worker"]


@pytest.mark.one_machine
def test_a_database_that_does_not_answer_is_not_ready(
    client: TestClient, services: StandIns
) -> None:
    with services.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE jobs RENAME TO gone")
    assert_problem(client.get("/readyz"), 503, "database_unavailable")
    assert client.get("/healthz").json()["status"] == "ok"


def test_the_root_tells_where_to_go(client: TestClient) -> None:
    index = client.get("/").json()
    assert client.get(index["docs"]).status_code == 200
    for link in index["links"].values():
        assert client.get(link).status_code == 200, link


def test_what_is_nowhere_is_a_problem(client: TestClient) -> None:
    problem = assert_problem(client.get("/api/v1/nothing"), 404, "not_found")
    assert problem["instance"] == "/api/v1/nothing"
    answer = client.put("/preprocess")
    assert_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["allow"]


def test_large_bodies_are_refused(client: TestClient) -> None:
    big = json.dumps({"prompt": "x" * 5_000_000})
    assert_problem(client.post("/generate-track", content=big), 413, "body_too_large")

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(big), 100_000):
            yield big[start : start + 100_000].encode()

    answer = client.post(
        "/generate-track", content=pieces(), headers={"content-type": "application/json"}
    )
    assert_problem(answer, 413, "body_too_large")


def test_a_defect_shows_no_traceback(client: TestClient, services: StandIns) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("secret")

    services.arranger.plan_prompt = broken  # type: ignore[method-assign]
    answer = client.post("/api/v1/plans", json={"prompt": "x"})
    assert_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


def test_a_full_disk_is_told_as_such(client: TestClient, services: StandIns) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    services.arranger.plan_prompt = full  # type: ignore[method-assign]
    assert_problem(client.post("/api/v1/plans", json={"prompt": "x"}), 507, "disk_full")


# --- OpenAPI -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": item[method]
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def test_every_endpoint_is_described(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(names) == len(set(names))
    assert "generate_track" in names


def test_all_endpoints_of_the_issue_are_there(document: dict[str, Any]) -> None:
    assert set(operations(document)) >= {
        "post /preprocess", "post /generate-track", "get /api/v1/stems/",
        "get /api/v1/stems/{stem_id}", "get /api/v1/stems/{stem_id}/audio",
        "get /api/v1/stems/{stem_id}/waveform", "patch /api/v1/stems/{stem_id}",
        "delete /api/v1/stems/{stem_id}", "post /api/v1/stems/upload", "get /api/v1/search/",
        "get /api/v1/kits", "get /api/v1/quarantine", "post /api/v1/quarantine/{file_id}/retry",
        "delete /api/v1/quarantine/{file_id}", "post /api/v1/plans", "post /api/v1/tracks",
        "get /api/v1/tracks", "get /api/v1/tracks/{track_id}", "delete /api/v1/tracks/{track_id}",
        "get /api/v1/jobs", "get /api/v1/jobs/{job_id}", "post /api/v1/jobs/{job_id}/cancel",
        "get /files/{name}", "get /healthz", "get /readyz",
    }  # fmt: skip


def test_failures_are_described_as_problems(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        for status, reported in operation["responses"].items():
            if int(status) >= 400:
                schema = reported["content"]["application/problem+json"]["schema"]
                assert schema["$ref"].endswith("/Problem"), (name, status)
                assert list(reported["content"]) == ["application/problem+json"], (name, status)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    known = document["components"]["schemas"]
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= known.keys()


def test_building_the_app_touches_nothing(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    create_app()
    assert list(tmp_path.iterdir()) == []
