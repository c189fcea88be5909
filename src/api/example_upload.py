"""Taking in the sound of a search by example: one file, kept only while it is searched."""

import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from src.api.multipart import FormReader, PartData, PartEvent, PartStart
from src.core.errors import InvalidInputError
from src.services.ingest.uploads import UploadTooLargeError

MAX_EXAMPLE_BYTES = 64_000_000
"""Largest sound that is taken: two minutes of stereo, 24 bit, 48 kHz are 35 MB."""

EXAMPLE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "A sound"},
                    "aspect": {
                        "type": "string",
                        "enum": ["overall", "timbre", "rhythm", "pitch"],
                        "description": "May stand here instead of in the query",
                    },
                },
            }
        }
    },
}
_LONGEST_FIELD = 100


class _ExampleForm:
    """The form: the first file goes to disk, the field ``aspect`` is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._part: PartStart | None = None
        self._text = b""
        self.files = 0
        self.aspect: str | None = None

    def take(self, events: Sequence[PartEvent]) -> None:
        """Act on what arrived."""
        for event in events:
            if isinstance(event, PartStart):
                self._part, self._text = event, b""
                self.files += event.filename is not None
            elif isinstance(event, PartData):
                self._data(event.data)
            elif self._part == PartStart("aspect", None):
                self.aspect = self._text.decode("utf-8", errors="replace").strip() or None

    def _data(self, data: bytes) -> None:
        if self._part is not None and self._part.filename is not None:
            if self.files == 1:
                self._file.write(data)
            return
        self._text += data
        if len(self._text) > _LONGEST_FIELD:
            raise InvalidInputError(f"a field of this form may have {_LONGEST_FIELD} bytes")


@asynccontextmanager
async def received_example(request: Request) -> AsyncIterator[tuple[Path, str | None]]:
    """Receive the file of a form, on disk while the block lasts, and the aspect it names.

    Raises InvalidInputError for no form, no file or more than one, UploadTooLargeError for
    too large a file.
    """
    reader = FormReader(request.headers.get("content-type", ""))
    handle, name = await run_in_threadpool(tempfile.mkstemp, prefix="example-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            form = _ExampleForm(file)
            await _receive(request, reader, form)
        if form.files != 1:
            raise InvalidInputError(
                f"the form must hold one file, sent as 'file', got {form.files}", code="no_files"
            )
        yield path, form.aspect
    finally:
        await run_in_threadpool(path.unlink)


async def _receive(request: Request, reader: FormReader, form: _ExampleForm) -> None:
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_EXAMPLE_BYTES:
                raise UploadTooLargeError(f"an example may have {MAX_EXAMPLE_BYTES} bytes")
            await run_in_threadpool(form.take, reader.feed(chunk))
    except ClientDisconnect as error:
        raise InvalidInputError("the upload was cut short", code="bad_multipart") from error
    reader.end()
