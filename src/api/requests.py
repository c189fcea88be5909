"""How a request wants to be taken: once, however often it is sent; and answered at once or not."""

import hashlib
import json
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from src.services.jobs.intake import RequestMark

_HOW_IT_IS_ANSWERED = frozenset(("wait",))
"""Parameters that do not change what a request asks for."""


async def request_mark(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Sent again with the same key and body, a request gets the same job",
        ),
    ] = None,
) -> RequestMark | None:
    """Return what makes this request one of its own; None where its client gave no key."""
    if key is None:
        return None
    requested = sorted(
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in _HOW_IT_IS_ANSWERED
    )
    reported = [request.method, request.url.path, requested, _plain(await request.body())]
    digest = hashlib.sha256(json.dumps(reported, sort_keys=True).encode()).hexdigest()
    return RequestMark(key, digest)


def _plain(body: bytes) -> object:
    """Convert to a body so that spaces and the order of members do not matter."""
    if not body:
        return None
    try:
        value: object = json.loads(body)
    except ValueError:
        return hashlib.sha256(body).hexdigest()
    return value


MarkDep = Annotated[RequestMark | None, Depends(request_mark)]


def answer_at_once(
    wait: Annotated[bool, Query(description="false: answer 202 with a job at once")] = True,
    prefer: Annotated[
        str | None, Header(description="respond-async: answer 202 with a job at once")
    ] = None,
) -> bool:
    """Tell whether the answer is the job that does it, rather than what it gives."""
    preferences = (
        [] if prefer is None else [preference.strip().lower() for preference in prefer.split(",")]
    )
    return not wait or "respond-async" in preferences


AtOnceDep = Annotated[bool, Depends(answer_at_once)]
