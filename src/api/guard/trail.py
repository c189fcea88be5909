"""A number for each request, and a line in the audit log for each that changed something."""

import re
import uuid

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}")
READING = frozenset(("GET", "HEAD", "OPTIONS"))
READING_POSTS = frozenset(("/api/v1/plans", "/api/v1/search/by-sound"))
"""What is posted only because it is long: it changes nothing."""

NOBODY = "this machine"
"""Who asks without a key where none is needed."""


def changes(scope: Scope) -> bool:
    """Tell whether a request may change something."""
    return scope["method"] not in READING and scope["path"].rstrip("/") not in READING_POSTS


class RequestIds:
    """Gives each request the id that its client sent, or a new one, and tells it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = sent if _ID.fullmatch(sent) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers[REQUEST_ID] = request_id
                message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, telling)


class AuditTrail:
    """Writes a line for each request that changed something, before its answer goes out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write down what it changed."""
        if scope["type"] != "http" or not changes(scope):
            await self.app(scope, receive, send)
            return

        async def recording(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                state = scope["state"]
                await run_in_threadpool(
                    scope["app"].state.engine.audit.write,
                    state["who"],
                    f"{scope['method']} {scope['path']}",
                    status=message["status"],
                    request_id=state["request_id"],
                )
            await send(message)

        await self.app(scope, receive, recording)
