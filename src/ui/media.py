"""Sound and downloads for the browser: asked of the API as they are wanted, passed on as they come.

The browser may not reach the API itself (inside compose it can't). So the studio's own server
hands it a few kinds of its files, in ranges and without holding them. The addresses hold a
word that is drawn when the process starts and shown only to who may see the studio.
"""

import re
import secrets
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from src.ui.studio_settings import StudioSettings

TOKEN = secrets.token_urlsafe(18)
ALLOWED = re.compile(
    r"/(files/[^/]+"
    r"|api/v1/stems/[\w-]+/(audio|waveform)"
    r"|api/v1/tracks/[\w-]+/(audio|waveform)"
    r"|api/v1/tracks/[\w-]+/exports/.+"
    r"|api/v1/library/map)"
)
_REQUESTED = ("range", "if-none-match", "if-range")
_PASSED = (
    "content-type", "content-length", "content-range", "content-disposition", "accept-ranges",
    "etag", "last-modified",
)  # fmt: skip
_SAFE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
}
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)


def media_url(path: str) -> str:
    """Return where the browser gets what the API has at ``path``. Raises ValueError if it may
    not.
    """
    if not ALLOWED.fullmatch(path.partition("?")[0]):
        raise ValueError(f"the browser may not ask for {path!r}")
    return f"/studio/{TOKEN}{quote(path, safe='/?=&%')}"


def media_routes(
    settings: StudioSettings, *, transport: httpx.AsyncBaseTransport | None = None
) -> list[Route]:
    """Make the route that passes files on. transport: another way to reach the API, for tests."""
    http = httpx.AsyncClient(
        base_url=settings.backend_url,
        headers={"X-API-Key": settings.api_key} if settings.api_key else {},
        timeout=_TIMEOUT,
        transport=transport,
    )

    async def passed_on(request: Request) -> Response:
        path = "/" + request.path_params["path"]
        known = secrets.compare_digest(request.path_params["token"].encode(), TOKEN.encode())
        if not known or not ALLOWED.fullmatch(path) or ".." in path:
            return PlainTextResponse("not here; load the page again", status_code=404)
        requested = {name: request.headers[name] for name in _REQUESTED if name in request.headers}
        requested["accept-encoding"] = "identity"
        url = httpx.URL(path=path, query=request.url.query.encode() or None)
        outgoing = http.build_request(request.method, url, headers=requested)
        try:
            answer = await http.send(outgoing, stream=True)
        except httpx.HTTPError:
            return PlainTextResponse("the engine does not answer", status_code=502)
        kept = {name: answer.headers[name] for name in _PASSED if name in answer.headers}
        return StreamingResponse(
            _chunks(answer),
            status_code=answer.status_code,
            headers={**kept, **_SAFE},
            background=BackgroundTask(answer.aclose),
        )

    return [Route("/studio/{token}/{path:path}", passed_on, methods=["GET", "HEAD"])]


async def _chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    async for chunk in answer.aiter_raw(65_536):
        yield chunk
