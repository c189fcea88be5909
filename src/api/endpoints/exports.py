"""A track as stems, notes, DAW projects and other files."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from src.api.deps import EngineDep, WindowDep
from src.api.endpoints.jobs import started
from src.api.endpoints.tracks import TrackId
from src.api.fields import FIELDS
from src.api.files import file_answer, file_responses
from src.api.links import exports_out
from src.api.problems import problem_responses
from src.api.requests import MarkDep
from src.schemas.exports import (
    DeletedExports,
    ExportRequest,
    Exports,
    ExportsUse,
    FormatName,
)
from src.schemas.jobs import JobOut
from src.services.export.service import ZIPS, ZipDownload

router = APIRouter(tags=["tracks"])

MEDIA_TYPES = {
    ".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".mid": "audio/midi",
    ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json",
    ".txt": "text/plain; charset=utf-8", ".zip": "application/zip",
    ".dawproject": "application/zip",
}  # fmt: skip
_SENT = dict.fromkeys(one.partition(";")[0] for one in MEDIA_TYPES.values())


@router.post(
    "/api/v1/tracks/{track_id}/exports",
    status_code=202,
    summary="Export a track",
    responses=problem_responses(404, 409, 429),
)
def export_track(
    engine: EngineDep,
    track_id: TrackId,
    requested: ExportRequest,
    response: Response,
    mark: MarkDep,
) -> JobOut:
    """Export as a job. What is there already is not made again.

    409 `exports_full` where the exports of all tracks take MAX_EXPORTS_MB.
    """
    params = engine.exports.check(track_id, requested.formats)
    return started(engine.jobs.submit("export", params, mark=mark), response)


@router.get(
    "/api/v1/tracks/{track_id}/exports",
    summary="List a track's exports",
    responses=problem_responses(404),
)
def list_exports(engine: EngineDep, track_id: TrackId) -> Exports:
    """List the files that are there, with their sizes."""
    return exports_out(engine.exports.files(track_id))


@router.delete(
    "/api/v1/tracks/{track_id}/exports",
    summary="Delete a track's exports",
    responses=problem_responses(404),
)
def delete_exports(
    engine: EngineDep,
    track_id: TrackId,
    formats: Annotated[
        list[FormatName] | None, Query(alias="format", description="Left out: all of them")
    ] = None,
) -> DeletedExports:
    """Delete the files of some formats, or of all. The track stays, and can be exported again."""
    return engine.exports.delete(track_id, formats)


@router.get(
    "/api/v1/exports",
    summary="List all exports",
    responses=problem_responses(),
    dependencies=[FIELDS],
)
def list_all_exports(engine: EngineDep, window: WindowDep) -> ExportsUse:
    """List the tracks that have exports, newest first, and what they take of `MAX_EXPORTS_MB`."""
    return engine.exports.everything(window)


@router.get(
    "/api/v1/tracks/{track_id}/exports/{name:path}",
    summary="Download an export",
    response_class=Response,
    responses={**problem_responses(404, 416), **file_responses(*_SENT)},
)
@router.head("/api/v1/tracks/{track_id}/exports/{name:path}", include_in_schema=False)
def get_export(
    engine: EngineDep,
    request: Request,
    track_id: TrackId,
    name: Annotated[str, Path(max_length=400, description="As the list names it, or all.zip")],
) -> Response:
    """Send one file, with range requests; `all.zip` and `stems.zip` are made while they are
    sent.
    """
    if name in ZIPS:
        return _zip_answer(request, engine.exports.zip(track_id, name))
    path = engine.exports.file(track_id, name)
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    return file_answer(request, path, name=path.name, media_type=media_type)


def _zip_answer(request: Request, download: ZipDownload) -> Response:
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(download.name)}",
        "cache-control": "no-cache",
    }
    if request.method == "HEAD":
        return Response(media_type="application/zip", headers=headers)
    return StreamingResponse(download.pieces, media_type="application/zip", headers=headers)
