"""How large a request may be."""

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.api.problems import problem


class BodyLimit:
    """Refuses bodies beyond ``max_bytes``, declared or counted, with a problem of status 413.

    except_paths: those that stream and keep their own limit
    larger: the limits of paths whose bodies may be larger
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int,
        except_paths: Collection[str],
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.except_paths = except_paths
        self.larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is too large."""
        if scope["type"] != "http" or scope["path"].rstrip("/") in self.except_paths:
            await self.app(scope, receive, send)
            return
        most = self.larger.get(scope["path"].rstrip("/"), self.max_bytes)
        reported = Headers(scope=scope).get("content-length", "0")
        if reported.isdecimal() and int(reported) > most:
            refusal = problem(scope["path"], 413, "body_too_large", _rule(most))
            await refusal(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413, _rule(most))
            return message

        await self.app(scope, counted, send)


def _rule(most: int) -> str:
    return f"the body of this request may have {most} bytes"
