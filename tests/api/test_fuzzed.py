"""Random requests that the OpenAPI document allows, and what it says of their answers.

schemathesis makes both. The same code gets the same requests: a failure is a change.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from src.main import create_app
from tests.api.serving import Serving
from tests.api.stand_ins import StandIns
from tests.patience import PATIENCE_S

EXAMPLES = 3
"""Requests to each operation."""


@pytest.fixture
def url(services: StandIns, stem_ids: list[str]) -> Iterator[str]:
    with Serving(services) as port:
        yield f"http://127.0.0.1:{port}"


def operations(document: dict[str, Any]) -> list[Any]:
    schemathesis = pytest.importorskip("schemathesis")
    return [one.ok() for one in schemathesis.openapi.from_dict(document).get_all_operations()]


def compare(operation: Any, url: str) -> None:
    """Send requests to an operation. Raises a group of failures for answers of another kind."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    asked = [
        not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
        checks.response_headers_conformance, checks.response_schema_conformance,
    ]  # fmt: skip

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def told(case: Any) -> None:
        case.validate_response(case.call(base_url=url, timeout=PATIENCE_S), checks=asked)

    told()


def test_no_answer_is_another_than_the_document_says(services: StandIns, url: str) -> None:
    every = operations(create_app(services.settings).openapi())
    assert len(every) > 60
    for operation in every:
        compare(operation, url)


def test_an_answer_that_is_not_declared_is_found(services: StandIns, url: str) -> None:
    document = copy.deepcopy(create_app(services.settings).openapi())
    path = "/api/v1/tracks/{track_id}"
    del document["paths"][path]["get"]["responses"]["404"]
    (asked,) = (one for one in operations(document) if (one.method, one.path) == ("get", path))
    with pytest.raises(BaseException, match="Undocumented status code"):
        compare(asked, url)
