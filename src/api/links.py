"""Where things are found: every address that an answer holds is made here, and only here."""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from src.schemas.common import Page
from src.schemas.exports import ExportedFile, Exports, ExportsRecord
from src.schemas.stem_edits import BulkEditAnswer, BulkEditRecord, EditOut, EditRecord
from src.schemas.stems import StemDetail, StemDetailRecord, StemRecord, StemSummary
from src.schemas.tracks import TrackDetail, TrackDetailRecord, TrackRecord, TrackSummary


def job_url(job_id: str) -> str:
    """Where a job can be asked for."""
    return f"/api/v1/jobs/{job_id}"


def file_url(name: str) -> str:
    """Where a file of the tracks folder is handed out."""
    return f"/files/{quote(name)}"


def exports_url(track_id: str) -> str:
    """Where a track's exports are told."""
    return f"/api/v1/tracks/{quote(track_id)}/exports"


def undo_url(edit_id: str) -> str:
    """Where a change of many stems is taken back."""
    return f"/api/v1/stems/edits/{edit_id}/undo"


def stem_summary(told: StemRecord) -> StemSummary:
    """A stem in a list, and where it can be heard and seen."""
    return StemSummary(**dict(told), **_stem_links(told.id))


def stem_detail(told: StemDetailRecord) -> StemDetail:
    """All about a stem, and where it can be heard and seen."""
    return StemDetail(**dict(told), **_stem_links(told.id))


def _stem_links(stem_id: str) -> dict[str, str]:
    stem = f"/api/v1/stems/{stem_id}"
    return {"audio_url": f"{stem}/audio", "waveform_url": f"{stem}/waveform"}


def track_summary(told: TrackRecord) -> TrackSummary:
    """A track in a list, and where its file is."""
    return TrackSummary(**dict(told), file_url=file_url(told.file_name))


def track_detail(told: TrackDetailRecord) -> TrackDetail:
    """All about a track, and where its file is."""
    return TrackDetail(**dict(told), file_url=file_url(told.file_name))


def track_page(page: Page[TrackRecord]) -> Page[TrackSummary]:
    """Tracks, and where their files are."""
    items = [track_summary(one) for one in page.items]
    return Page[TrackSummary](items=items, total=page.total, limit=page.limit, offset=page.offset)


def edit_answer(told: BulkEditRecord) -> BulkEditAnswer:
    """What a change of many stems did, and where it is taken back."""
    url = None if told.edit_id is None else undo_url(told.edit_id)
    return BulkEditAnswer(**dict(told), undo_url=url)


def edit_out(told: EditRecord) -> EditOut:
    """A change of many stems, and where it is taken back."""
    return EditOut(**dict(told), undo_url=undo_url(told.id))


def exports_out(told: ExportsRecord) -> Exports:
    """What was made of a track, and where it can be fetched."""
    url = exports_url(told.track_id)
    return Exports(
        track_id=told.track_id,
        formats=told.formats,
        files=[ExportedFile(**dict(one), url=f"{url}/{quote(one.name)}") for one in told.files],
        # results of jobs of older versions hold whole addresses
        zips=[f"{url}/{PurePosixPath(name).name}" for name in told.zips],
    )


def job_result(kind: str, result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a job gave, and where that is found."""
    if result is None:
        return None
    return _LINKED[kind](result) if kind in _LINKED else dict(result)


def _track_result(result: Mapping[str, Any]) -> dict[str, Any]:
    name = PurePosixPath(str(result["track_path"]).replace("\\", "/")).name
    return {**result, "file_url": file_url(name)}


def _exports_result(result: Mapping[str, Any]) -> dict[str, Any]:
    return exports_out(ExportsRecord.model_validate(dict(result))).model_dump()


_LINKED: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "generate": _track_result,
    "render": _track_result,
    "export": _exports_result,
}
"""By kind of job."""
