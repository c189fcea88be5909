"""Answering with files: whole, in ranges, or not at all when the client has them."""

import os
import re
from pathlib import Path

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from src.api.conditions import has_already
from src.api.problems import problem

_RANGES = re.compile(r"^bytes\s*=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*$", re.IGNORECASE)

BINARY = {"schema": {"type": "string", "format": "binary"}}


def file_responses(*media_types: str) -> dict[int | str, dict[str, object]]:
    """Describe for OpenAPI how a file of one of these types is sent."""
    content = dict.fromkeys(media_types, BINARY)
    return {
        200: {"content": content, "description": "The whole file"},
        206: {
            "content": {**content, "multipart/byteranges": BINARY},
            "description": "What Range asked for",
        },
        304: {"description": "The client has it already (If-None-Match)"},
    }


FILE_RESPONSES = file_responses("audio/wav")


class RangedFile(FileResponse):
    """A file whose every failure is a problem.

    A Range header that is no list of byte ranges is ignored, as RFC 9110 says; one that
    lies outside the file gets 416.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or what the range asks of it."""
        headers = MutableHeaders(scope=scope)
        if not _RANGES.match(headers.get("range", "")):
            kept = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "headers": kept}
        outside = False

        async def checked(message: Message) -> None:
            nonlocal outside
            if message["type"] == "http.response.start" and message["status"] >= 400:
                outside = True
                return
            if not outside:
                await send(message)

        await super().__call__(scope, receive, checked)
        if outside:
            size = os.stat(self.path).st_size
            requested = headers.get("range", "")
            answer = problem(
                scope["path"],
                416,
                "range_not_satisfiable",
                f"the file has {size} bytes, got Range {requested!r}",
                headers={"content-range": f"bytes */{size}"},
            )
            await answer(scope, receive, send)


def file_answer(
    request: Request, path: Path, *, name: str | None = None, media_type: str | None = None
) -> Response:
    """Send a file. name: what a browser should call it when it is saved."""
    answer = RangedFile(
        path,
        stat_result=path.stat(),
        filename=name,
        media_type=media_type,
        content_disposition_type="inline",
        headers={"cache-control": "no-cache"},
    )
    tag, modified = answer.headers["etag"].strip('"'), answer.headers["last-modified"]
    if has_already(request.headers, tag=tag, modified=modified):
        kept = {name: answer.headers[name] for name in ("etag", "cache-control", "last-modified")}
        return Response(status_code=304, headers=kept)
    return answer
