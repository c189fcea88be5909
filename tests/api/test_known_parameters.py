"""Parameters that an endpoint does not have."""

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem


@pytest.mark.parametrize(
    ("path", "name", "hint"),
    [
        ("/api/v1/stems/?categroy=kick", "categroy", "did you mean category?"),
        ("/api/v1/stems?bpm_mni=120", "bpm_mni", "did you mean bpm_min?"),
        ("/api/v1/search/?promt=kick", "promt", "did you mean prompt?"),
        ("/api/v1/tracks?page=2", "page", "there are fields, limit, offset"),
        ("/api/v1/workers?x=1", "x", "no parameters"),
    ],
)
def test_they_are_refused_by_name(client: TestClient, path: str, name: str, hint: str) -> None:
    problem = assert_problem(client.get(path), 422, "validation_failed")
    error = problem["errors"][0]
    assert (error["field"], error["code"]) == (f"query.{name}", "unknown_parameter")
    assert hint in error["message"]


def test_all_of_them_are_named_beside_those_that_are_known(client: TestClient) -> None:
    answer = client.get("/api/v1/stems/?limit=1&a=1&b=2&a=3")
    problem = assert_problem(answer, 422, "validation_failed")
    assert [error["field"] for error in problem["errors"]] == ["query.a", "query.b"]
