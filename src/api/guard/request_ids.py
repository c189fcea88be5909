"""A name for each request, in its answer and in every log line that it causes."""

import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.core.logs import logged_with

HEADER = "X-Request-ID"

_USABLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class RequestIds:
    """Gives each request an id: the client's ``X-Request-ID``, or a new one.

    One that would not fit into a line of a log is replaced.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its id, and name it in the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _USABLE.fullmatch(given) else uuid4().hex

        scope.setdefault("state", {})["request_id"] = request_id

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with logged_with(request_id=request_id):
            await self.app(scope, receive, named)
