"""What belongs to every answer in JSON: its tag, its pages' links, and gzip for who takes it."""

import asyncio
import gzip
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode
from weakref import WeakValueDictionary

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.api.conditions import GZIPPED, has_already, names, tag_of
from src.api.fields import PARAMETER, narrowed
from src.api.problems import problem

_PAGES = (b'{"items":', b'{"prompt":')
"""How lists and searches begin."""

LEAST_GZIPPED = 1000
"""Bytes below which compressing gains nothing."""

_LEVEL = 5
_CHANGES = frozenset(("PUT", "PATCH", "DELETE"))


class JsonAnswers:
    """Gives JSON an ETag, answers 304 and 412 by it, and compresses what is worth it.

    ``If-Match`` on a change of an address is compared with what GET answers there; changes of
    the same address that name a tag wait for each other, in this process.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and put in order what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-match")
        if known is None or scope["method"] not in _CHANGES:
            await self.app(scope, receive, _Answer(scope, send).take)
            return
        turn = self._turns.setdefault(scope["path"], asyncio.Lock())
        async with turn:
            now = await self._tag_now(scope)
            if now is not None and names(known, now):
                await self.app(scope, receive, _Answer(scope, send).take)
                return
        detail = f"it was changed since, or is gone: If-Match names {known[:100]}"
        await problem(scope["path"], 412, "changed_since", detail)(scope, receive, send)

    async def _tag_now(self, scope: Scope) -> str | None:
        """Ask what GET would answer; the tag of that, None where it is nothing."""
        pieces: list[bytes] = []
        status = 0

        async def nothing() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def gather(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            pieces.append(message.get("body", b""))

        asked = {**scope, "method": "GET", "query_string": b""}
        await self.app(asked, nothing, gather)
        return tag_of(b"".join(pieces)) if status == 200 else None


class _Answer:
    """One answer on its way: JSON is held until it is whole, everything else goes on at once."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send = send
        self.requested = Headers(scope=scope)
        self.start: Message | None = None
        self.pieces: list[bytes] = []

    async def take(self, message: Message) -> None:
        """Take the next message of the app."""
        if message["type"] == "http.response.start" and _is_json(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(self.start, b"".join(self.pieces))

    async def _finish(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        headers.add_vary_header("Accept-Encoding")
        status = start["status"]
        if status == 200:
            body, links = _paged(self.scope, body)
            if links:
                headers["link"] = links
            tag = tag_of(body)
            headers["etag"] = f'"{tag}"'
            headers.setdefault("cache-control", "private, no-cache")
            if self.scope["method"] in ("GET", "HEAD") and has_already(self.requested, tag=tag):
                status, body = 304, b""
                del headers["content-length"], headers["content-type"]
        if len(body) >= LEAST_GZIPPED and _takes_gzip(self.requested):
            body = gzip.compress(body, _LEVEL, mtime=0)
            headers["content-encoding"] = "gzip"
            if "etag" in headers:
                headers["etag"] = f'{headers["etag"][:-1]}{GZIPPED}"'
        if status != 304:
            headers["content-length"] = str(len(body))
        await self.send({**start, "status": status, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})


def _is_json(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return kind.partition(";")[0] in ("application/json", "application/problem+json")


def _takes_gzip(requested: Headers) -> bool:
    for part in requested.get("accept-encoding", "").split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding.lower() in ("gzip", "*"):
            return weight.strip("0.") != "" if weight else True
    return False


def _paged(scope: Scope, body: bytes) -> tuple[bytes, str]:
    """Leave out what a client does not want, and write where other pages are ("" where none).

    That the fields are those of the answer has been looked at before it was made.
    """
    if scope["method"] not in ("GET", "HEAD"):
        return body, ""
    given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    fields = next((value for name, value in given if name == PARAMETER), None)
    if fields is None and not body.startswith(_PAGES):
        return body, ""
    answer = json.loads(body)
    links = _page_links(scope["path"], given, answer) if body.startswith(_PAGES) else ""
    if fields is None:
        return body, links
    kept = json.dumps(narrowed(answer, fields), ensure_ascii=False, separators=(",", ":"))
    return kept.encode(), links


def _page_links(path: str, given: list[tuple[str, str]], page: dict[str, Any]) -> str:
    if not {"limit", "offset", "total"} <= page.keys():
        return ""
    limit, offset = page["limit"], page["offset"]
    kept = [(name, value) for name, value in given if name not in ("limit", "offset", "cursor")]
    kept.append(("limit", limit))
    pages: dict[str, tuple[str, Any]] = {"first": ("offset", 0)}
    if any(name == "cursor" for name, _ in given):  # how far it is from the beginning, none knows
        if page.get("next_cursor"):
            pages["next"] = ("cursor", page["next_cursor"])
    else:
        if offset > 0:
            pages["prev"] = ("offset", max(offset - limit, 0))
        if offset + limit < page["total"]:
            pages["next"] = ("offset", offset + limit)
    return ", ".join(f'<{path}?{urlencode([*kept, at])}>; rel="{rel}"' for rel, at in pages.items())
