"""What HTTP promises for every address: HEAD, OPTIONS, Allow, one rule for slashes."""

from typing import Any

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Manners:
    """Answers HEAD wherever GET is answered, OPTIONS everywhere, and 405 with all that is possible.

    A slash at the end of a path does not matter.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer in the app's stead."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = _without_slash(scope)
        method = scope["method"]
        if method == "OPTIONS" and (allowed := _allowed(scope)):
            await Response(status_code=204, headers={"allow": allowed})(scope, receive, send)
        elif method == "HEAD" and _answers(scope, "GET") and not _answers(scope, "HEAD"):
            await self._headers_alone(scope, receive, send)
        else:
            await self.app(scope, receive, _with_allow(scope, send))

    async def _headers_alone(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as GET would, without the body. A stream is left as soon as it begins."""
        with anyio.CancelScope() as following:

            async def without_body(message: Message) -> None:
                streams = message["type"] == "http.response.start" and _is_stream(message)
                if message["type"] == "http.response.start":
                    await send(message)
                if streams or not message.get("more_body", "body" not in message):
                    await send({"type": "http.response.body", "body": b""})
                if streams:
                    following.cancel()  # it may never end

            await self.app({**scope, "method": "GET"}, receive, without_body)


def _is_stream(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/event-stream")


def _without_slash(scope: Scope) -> Scope:
    path = scope["path"]
    if path == "/" or not path.endswith("/"):
        return scope
    return {**scope, "path": path.rstrip("/") or "/"}


def _answers(scope: Scope, method: str) -> bool:
    routes: list[Any] = scope["app"].router.routes
    asked = {**scope, "method": method}
    return any(route.matches(asked)[0] is Match.FULL for route in routes)


def _allowed(scope: Scope) -> str:
    """List the methods that an address answers, as Allow does; "" for none at all."""
    found = [method for method in _METHODS if _answers(scope, method)]
    if not found:
        return ""
    return ", ".join([*found, *(["HEAD"] if "GET" in found else []), "OPTIONS"])


def _with_allow(scope: Scope, send: Send) -> Send:
    """Name all methods in a 405; the router knows those of one route only."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 405:
            headers = MutableHeaders(raw=list(message["headers"]))
            headers["allow"] = _allowed(scope)
            message = {**message, "headers": headers.raw}
        await send(message)

    return sending
