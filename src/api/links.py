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
    """Return where a job can be asked for."""
    return f"/api/v1/jobs/{job_id}"


def file_url(name: str) -> str:
    """Return where a file of the tracks folder is handed out."""
    return f"/files/{quote(name)}"


def track_audio_url(track_id: str) -> str:
    """Return where a track's WAV is handed out, wherever it lies."""
    return f"/api/v1/tracks/{quote(track_id)}/audio"


def exports_url(track_id: str) -> str:
    """Return where a track's exports are listed."""
    return f"/api/v1/tracks/{quote(track_id)}/exports"


def undo_url(edit_id: str) -> str:
    """Return where a change of many stems is taken back."""
    return f"/api/v1/stems/edits/{edit_id}/undo"


def stem_summary(record: StemRecord) -> StemSummary:
    """Return a stem in a list, and where it can be heard and seen."""
    return StemSummary(**dict(record), **_stem_links(record.id))


def stem_detail(record: StemDetailRecord) -> StemDetail:
    """Return all about a stem, and where it can be heard and seen."""
    return StemDetail(**dict(record), **_stem_links(record.id))


def _stem_links(stem_id: str) -> dict[str, str]:
    stem = f"/api/v1/stems/{stem_id}"
    return {"audio_url": f"{stem}/audio", "waveform_url": f"{stem}/waveform"}


def track_summary(record: TrackRecord) -> TrackSummary:
    """Return a track in a list, and where its file is."""
    return TrackSummary(**dict(record), file_url=_track_file_url(record))


def track_detail(record: TrackDetailRecord) -> TrackDetail:
    """Return all about a track, and where its file is."""
    return TrackDetail(**dict(record), file_url=_track_file_url(record))


def _track_file_url(record: TrackRecord) -> str:
    return track_audio_url(record.id) if record.outside else file_url(record.file_name)


def track_page(page: Page[TrackRecord]) -> Page[TrackSummary]:
    """Return tracks, and where their files are."""
    items = [track_summary(one) for one in page.items]
    return Page[TrackSummary](items=items, total=page.total, limit=page.limit, offset=page.offset)


def edit_answer(record: BulkEditRecord) -> BulkEditAnswer:
    """Return what a change of many stems did, and where it is taken back."""
    url = None if record.edit_id is None else undo_url(record.edit_id)
    return BulkEditAnswer(**dict(record), undo_url=url)


def edit_out(record: EditRecord) -> EditOut:
    """Return a change of many stems, and where it is taken back."""
    return EditOut(**dict(record), undo_url=undo_url(record.id))


def exports_out(record: ExportsRecord) -> Exports:
    """Return what was made of a track, and where it can be fetched."""
    url = exports_url(record.track_id)
    return Exports(
        track_id=record.track_id,
        formats=record.formats,
        files=[ExportedFile(**dict(one), url=f"{url}/{quote(one.name)}") for one in record.files],
        # results of jobs of older versions hold whole addresses
        zips=[f"{url}/{PurePosixPath(name).name}" for name in record.zips],
    )


def job_result(kind: str, result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what a job gave, and where that is found."""
    if result is None:
        return None
    return _LINKED[kind](result) if kind in _LINKED else dict(result)


def _track_result(result: Mapping[str, Any]) -> dict[str, Any]:
    name = PurePosixPath(str(result["track_path"]).replace("\\", "/")).name
    return {**result, "file_url": file_url(name)}


def _dream_result(result: Mapping[str, Any]) -> dict[str, Any]:
    variants = [{**one, "file_url": file_url(one["file"])} for one in result["variants"]]
    return {**result, "variants": variants, "file_url": file_url(result["file"])}


def _exports_result(result: Mapping[str, Any]) -> dict[str, Any]:
    return exports_out(ExportsRecord.model_validate(dict(result))).model_dump()


_LINKED: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "generate": _track_result,
    "render": _track_result,
    "export": _exports_result,
    "dream": _dream_result,
}
"""By kind of job."""
