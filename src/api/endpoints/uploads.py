"""Taking files in over the network."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from src.api.deps import EngineDep
from src.api.endpoints.jobs import start_analysis
from src.api.multipart import FormReader, PartData, PartEnd, PartEvent, PartStart
from src.api.problems import problem, problem_responses
from src.core.errors import InvalidInputError
from src.schemas.stems import UploadAnswer, UploadedFile
from src.services.ingest.uploads import UploadBatch, UploadTooLargeError

router = APIRouter(prefix="/api/v1/stems", tags=["stems"])

UPLOAD_PATH = "/api/v1/stems/upload"

_GATHER_BYTES = 1 << 20
_MAX_FIELD_BYTES = 4096
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "Sounds, or zips of sounds",
                    },
                    "kit": {
                        "type": "string",
                        "description": "Folder they go to; left out: their own, or a zip's name",
                    },
                },
            }
        }
    },
}


class _UploadForm:
    """The upload's form: files go to the batch, the field ``kit`` is kept."""

    def __init__(self, batch: UploadBatch) -> None:
        self._batch = batch
        self._field: PartStart | None = None
        self._text = b""
        self.kit: str | None = None
        self.files = 0

    def take(self, events: Sequence[PartEvent]) -> None:
        """Act on what arrived."""
        for event in events:
            if isinstance(event, PartStart):
                self._begin(event)
            elif isinstance(event, PartData):
                self._data(event.data)
            else:
                self._end(event)

    def _begin(self, part: PartStart) -> None:
        self._field, self._text = part, b""
        if part.filename is not None:
            self.files += 1
            self._batch.start_file(part.filename)

    def _data(self, data: bytes) -> None:
        assert self._field is not None, "the parser tells of data only within a part"
        if self._field.filename is not None:
            self._batch.write(data)
            return
        self._text += data
        if len(self._text) > _MAX_FIELD_BYTES:
            raise InvalidInputError(
                f"field {self._field.field!r} may have {_MAX_FIELD_BYTES} bytes"
            )

    def _end(self, _event: PartEnd) -> None:
        assert self._field is not None, "the parser ends only parts that began"
        if self._field.filename is not None:
            self._batch.end_file()
        elif self._field.field == "kit":
            self.kit = self._text.decode("utf-8", errors="replace").strip() or None


@router.post(
    "/upload",
    summary="Upload sounds",
    response_model=UploadAnswer,
    responses=problem_responses(413),
    openapi_extra={"requestBody": _BODY},
)
async def upload_stems(
    engine: EngineDep,
    request: Request,
    preprocess: Annotated[bool, Query(description="Start the analysis at once")] = False,
) -> UploadAnswer | Response:
    """Takes several files or zips, streamed to disk, up to the size of `MAX_UPLOAD_MB`.

    They land in the kits folder; nothing is overwritten, and the same content is not
    stored twice. Each file is answered for: accepted, known or refused, with the reason. Where
    all are refused the answer is 422 `nothing_accepted`, with the same `files`.
    Analysis follows with `POST /preprocess`, or at once with `preprocess=true`.
    """
    _check_declared_size(request, engine.settings.max_upload_mb)
    reader = FormReader(request.headers.get("content-type", ""))
    batch = await run_in_threadpool(engine.uploads.begin)
    try:
        form = _UploadForm(batch)
        async for data in _collected(request):
            await run_in_threadpool(form.take, reader.feed(data))
        reader.end()
        if not form.files:
            raise InvalidInputError("the form has no file: send them as 'files'", code="no_files")
        outcomes = await run_in_threadpool(batch.finish, form.kit)
    except ClientDisconnect as error:
        raise InvalidInputError("the upload was cut short", code="bad_multipart") from error
    finally:
        await run_in_threadpool(batch.close)
    files = [UploadedFile(**asdict(outcome)) for outcome in outcomes]
    counts = {name: sum(file.status == name for file in files) for name in _STATUSES}
    if counts["refused"] == len(files):
        return _nothing_taken(request, files, counts)
    job_id = None
    if preprocess and counts["accepted"]:
        job_id = await run_in_threadpool(start_analysis, engine.jobs)
    return UploadAnswer(files=files, job_id=job_id, **counts)


def _nothing_taken(
    request: Request, files: Sequence[UploadedFile], counts: Mapping[str, int]
) -> Response:
    first = files[0]
    detail = f"no file was taken, got {first.name!r}: {first.detail or first.reason}"
    said = [file.model_dump(mode="json") for file in files]
    more: dict[str, Any] = {"files": said, **counts}
    return problem(request.url.path, 422, "nothing_accepted", detail, **more)


_STATUSES = ("accepted", "known", "refused")


def _check_declared_size(request: Request, limit_mb: int) -> None:
    reported = request.headers.get("content-length", "0")
    if reported.isdecimal() and int(reported) > limit_mb * 1_000_000 + _GATHER_BYTES:
        raise UploadTooLargeError(f"an upload may have {limit_mb} MB (MAX_UPLOAD_MB)")


async def _collected(request: Request) -> AsyncIterator[bytes]:
    """Yield the body in blocks of about a megabyte, so that not every packet costs a thread."""
    pieces: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        pieces.append(chunk)
        size += len(chunk)
        if size >= _GATHER_BYTES:
            yield b"".join(pieces)
            pieces, size = [], 0
    if size:
        yield b"".join(pieces)
