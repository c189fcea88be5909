"""A line in the audit log for each request that changed something."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING = frozenset(("GET", "HEAD", "OPTIONS"))
READING_POSTS = frozenset(("/api/v1/plans", "/api/v1/search/by-sound"))
"""What is posted only because it is long: it changes nothing."""

NOBODY = "this machine"
"""Who asks without a key where none is needed."""


def changes(scope: Scope) -> bool:
    """Tell whether a request may change something."""
    return scope["method"] not in READING and scope["path"].rstrip("/") not in READING_POSTS


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
