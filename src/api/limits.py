"""How large a request may be."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.api.problems import problem


class BodyLimit:
    """Refuses bodies beyond ``max_bytes``, declared or counted, with a problem of status 413.

    except_paths: those that stream and keep their own limit
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, except_paths: Collection[str]) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.except_paths = except_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is too large."""
        if scope["type"] != "http" or scope["path"].rstrip("/") in self.except_paths:
            await self.app(scope, receive, send)
            return
        reported = Headers(scope=scope).get("content-length", "0")
        if reported.isdecimal() and int(reported) > self.max_bytes:
            refusal = problem(scope["path"], 413, "body_too_large", self._rule())
            await refusal(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.max_bytes:
                raise HTTPException(413, self._rule())
            return message

        await self.app(scope, counted, send)

    def _rule(self) -> str:
        return f"the body of this request may have {self.max_bytes} bytes"
