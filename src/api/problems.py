"""From errors to answers. This module alone knows status codes.

Every failure leaves as ``application/problem+json`` (RFC 9457) with a stable ``code``.
"""

import errno
import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from src.api.links import job_url
from src.core import errors
from src.core.errors import TraumError
from src.schemas.common import Problem
from src.services.jobs.intake import JobRunningError, QueueFullError
from src.services.jobs.states import JobState

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_STATUS_OF_ERROR = {
    "NotFoundError": 404,
    "ConflictError": 409,
    "InvalidInputError": 422,
    "UnreadableAudioError": 422,
    "GenerationFailedError": 502,
    "BackendUnavailableError": 503,
}
_STATUS_OF_CODE = {"upload_too_large": 413, "queue_full": 429}
_CODE_OF_STATUS = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    416: "range_not_satisfiable",
}
_UNEXPECTED = "An unexpected error on our side. The log of the server has the details."


class NothingMoreError(Exception):
    """A stream has sent everything: who reads it need not come back."""


class ProblemResponse(JSONResponse):
    """An answer that says why not."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """Return plain ASCII, so that no text from outside can fail to be encoded."""
        return json.dumps(content, allow_nan=False).encode("ascii")


def problem(
    request_path: str,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> ProblemResponse:
    """Make the answer of one problem. more: further members, such as ``job_id``."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request_path,
        **more,
    }
    return ProblemResponse(content, status_code=status, headers=dict(headers or {}))


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe an endpoint's failures for OpenAPI; 422 belongs to all that take something."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, 422})
    }


def no_input(responses: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """Leave out what an endpoint that takes nothing cannot answer."""
    return {status: reported for status, reported in responses.items() if status != 422}


def job_problem(state: JobState) -> Problem | None:
    """Say why a job failed, in the form that its request would have got."""
    if state.problem is None:
        return None
    status = _status(state.problem["code"], state.problem.get("error", ""))
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=state.problem["code"],
        detail=state.problem["detail"],
        instance=job_url(state.id),
    )


def failed_job_response(request: Request, state: JobState) -> ProblemResponse:
    """Answer who waited for a job that did not succeed."""
    found = job_problem(state)
    if found is None:
        detail = f"the job was cancelled: {state.id}"
        return problem(request.url.path, 409, "job_cancelled", detail, job_id=state.id)
    return problem(request.url.path, found.status, found.code, found.detail, job_id=state.id)


def install(app: FastAPI) -> None:
    """Make the app answer all failures with problems."""
    app.add_exception_handler(TraumError, _known)
    app.add_exception_handler(NothingMoreError, _nothing_more)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(OSError, _disk)
    app.add_exception_handler(Exception, _unexpected)


def _status(code: str, error: str) -> int:
    return _STATUS_OF_CODE.get(code, _STATUS_OF_ERROR.get(error, 500))


def _known(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, TraumError)
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == errors.__name__]
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, JobRunningError):
        more = {"job_id": error.job_id}
        headers = {"location": job_url(error.job_id)}
    if isinstance(error, QueueFullError):
        headers = {"retry-after": str(error.retry_after_s)}
    status = _status(error.code, names[0])
    return problem(request.url.path, status, error.code, error.message, headers=headers, **more)


def _nothing_more(_request: Request, _error: Exception) -> Response:
    # 204 is what tells a browser's EventSource not to connect again
    return Response(status_code=204)


def _invalid(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    found = [
        {
            "field": ".".join(str(part) for part in item["loc"]),
            "message": item["msg"],
            "code": item["type"],
        }
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['field']}: {item['message']}" for item in found[:5])
    return problem(request.url.path, 422, "validation_failed", detail, errors=found)


def _http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    code = _CODE_OF_STATUS.get(error.status_code, f"http_{error.status_code}")
    detail = str(error.detail)
    if error.status_code == 404:
        detail = f"there is nothing at {request.url.path}"
    if error.status_code == 405:
        detail = f"{request.method} is not possible at {request.url.path}"
    return problem(request.url.path, error.status_code, code, detail, headers=error.headers)


def _database(request: Request, error: Exception) -> ProblemResponse:
    log.error("the database failed at %s", request.url.path, exc_info=error)
    detail = "The database does not answer at the moment. Try again."
    return problem(request.url.path, 503, "database_unavailable", detail)


def _disk(request: Request, error: Exception) -> ProblemResponse:
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        detail = f"there is nothing at {request.url.path}: no file has so long a name"
        return problem(request.url.path, 404, "not_found", detail)
    log.error("the disk failed at %s", request.url.path, exc_info=error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return problem(request.url.path, 507, "disk_full", "There is no room left on the disk.")
    return problem(request.url.path, 500, "internal_error", _UNEXPECTED)


def _unexpected(request: Request, error: Exception) -> ProblemResponse:
    # The server logs the traceback: this kind of handler gets a copy, the error goes on.
    log.error("%s broke: %s", request.url.path, type(error).__name__)
    return problem(request.url.path, 500, "internal_error", _UNEXPECTED)
