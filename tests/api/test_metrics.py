"""Numbers that Prometheus reads: by its own parser."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.api.conftest import JobProbe, TestClient


def samples(client: TestClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def requests(client: TestClient, route: str, status: str, method: str = "GET") -> float:
    labels = {"method": method, "route": route, "status": status}
    name = "traum_request_duration_seconds_count"
    return samples(client).get((name, frozenset(labels.items())), 0.0)


def test_requests_are_counted_by_route_and_status(client: TestClient) -> None:
    for job in ("a", "b"):
        client.get(f"/api/v1/jobs/{job}")
    client.get("/api/v1/jobs/")
    client.get("/api/v1/stems?nonsense=1")
    assert requests(client, "/api/v1/jobs/{job_id}", "404") == 2
    assert requests(client, "/api/v1/jobs", "200") == 1
    assert requests(client, "/metrics", "200") >= 1


def test_addresses_that_are_none_make_one_series(client: TestClient) -> None:
    for number in range(5):
        client.get(f"/nowhere/{number}")
    assert requests(client, "none", "404") == 5
    assert "nowhere" not in client.get("/metrics").text


def test_each_request_falls_into_one_bucket(client: TestClient) -> None:
    client.get("/healthz")
    found = {
        dict(labels)["le"]: value
        for (name, labels), value in samples(client).items()
        if name == "traum_request_duration_seconds_bucket" and dict(labels)["route"] == "/healthz"
    }
    assert found["+Inf"] == 1.0
    assert list(found.values()) == sorted(found.values())


def test_jobs_workers_and_library_are_told(
    client: TestClient, job_probe: JobProbe, stem_ids: list[str]
) -> None:
    job = client.post("/preprocess").json()
    assert job_probe.ended(job["id"])["status"] == "succeeded"
    found = samples(client)
    jobs = {"kind": "preprocess", "state": "succeeded"}
    assert found["traum_jobs", frozenset(jobs.items())] == 1.0
    stems = frozenset({("what", "stems")})
    assert found["traum_library_rows", stems] == len(stem_ids)
    took = {"kind": "preprocess", "quantile": "0.5"}
    assert found["traum_job_duration_seconds", frozenset(took.items())] >= 0.0
    assert found["traum_workers", frozenset({("alive", "yes")})] == 1.0


class TestWithAKey:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"api_key": SecretStr("trial-key-0123456")}

    def test_strangers_learn_nothing(self, client: TestClient) -> None:
        assert client.get("/metrics").status_code == 401
        with_key = {"Authorization": "Bearer trial-key-0123456"}
        assert client.get("/metrics", headers=with_key).status_code == 200
