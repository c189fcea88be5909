"""Each request has an id, in its answer and in the lines that it causes."""

import logging

import pytest

from src.core.logs import PlainLines
from tests.api.conftest import TestClient


def test_the_clients_id_comes_back(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "trial-7"})
    assert answer.headers["x-request-id"] == "trial-7"


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129, "ü", 'a"b'])
def test_without_a_usable_one_each_request_gets_its_own(
    client: TestClient, given: str | None
) -> None:
    headers = {} if given is None else {"X-Request-ID": given.encode()}
    found = {client.get("/healthz", headers=headers).headers["x-request-id"] for _ in range(3)}
    assert len(found) == 3
    assert all(len(one) == 32 for one in found)


def test_refusals_are_named_too(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": "trial-8"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (404, "trial-8")


def test_a_job_logs_under_its_own_id(client: TestClient) -> None:
    lines = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept(logging.INFO)
    handler.setFormatter(PlainLines())
    logger = logging.getLogger("src.services.jobs.running")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        job = client.post("/preprocess").json()
        ended = client.get(f"/api/v1/jobs/{job['id']}", params={"wait": 10}).json()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    assert ended["status"] == "succeeded"
    starts = [line for line in lines if "starts" in line]
    assert starts
    assert all(line.endswith(f"[job_id={job['id']}]") for line in starts)
