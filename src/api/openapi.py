"""The OpenAPI document, with what holds for every address and no endpoint says itself."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from src.api.guard.access import FREE_PATHS
from src.api.problems import problem_responses

_METHODS = ("get", "post", "put", "patch", "delete")
_CHANGES = ("put", "patch", "delete")

_REASONS = {
    400: "The body is no JSON, or no form",
    401: "No key, or a wrong one (`unauthorised`)",
    403: "A key for reading alone (`read_only_key`), or another site's page (`cross_origin`)",
    412: "It was changed since: If-Match names another version (`changed_since`)",
    413: "The body is too large (`body_too_large`)",
    422: "A value breaks its rule: `errors` names each field",
    429: "Too many wrong keys, or too many jobs wait: see Retry-After",
    503: "The database does not answer (`database_unavailable`)",
}


def complete_document(app: FastAPI) -> None:
    """Let an app's document declare what its middlewares answer too."""
    plain = app.openapi

    def document() -> dict[str, Any]:
        made = app.openapi_schema
        if made is None:
            made = plain()
            for path, item in made["paths"].items():
                for method in _METHODS:
                    if method in item:
                        _complete(path, method, item[method])
        return made

    app.openapi = document  # type: ignore[method-assign]


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    statuses = {422}
    if path not in FREE_PATHS:
        statuses |= {401, 403, 429, 503}
    if "requestBody" in operation:
        statuses |= {400, 413}
    if method in _CHANGES:
        statuses.add(412)
    responses = operation["responses"]
    for status, described in problem_responses(*statuses).items():
        known = responses.setdefault(str(status), described)
        if known["description"] == HTTPStatus(int(status)).phrase:
            known["description"] = _REASONS[int(status)]
    if method == "get" and "application/json" in responses.get("200", {}).get("content", {}):
        responses.setdefault("304", {"description": "The client has it already (If-None-Match)"})
    operation["responses"] = dict(sorted(responses.items()))
