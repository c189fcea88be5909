"""Addresses in answers: each leads to what it belongs to."""

import pytest

from src.api.links import exports_out, file_url, job_result
from src.schemas.exports import ExportedFileRecord, ExportsRecord

EXPORTS = ExportsRecord(
    track_id="t1",
    formats=["stems"],
    files=[ExportedFileRecord(name="stems/01 kick.wav", format="stems", bytes=5)],
    zips=["all.zip"],
)


def test_names_of_files_are_quoted() -> None:
    assert file_url("dark #1?.wav") == "/files/dark%20%231%3F.wav"
    assert exports_out(EXPORTS).files[0].url == "/api/v1/tracks/t1/exports/stems/01%20kick.wav"


@pytest.mark.parametrize("kind", ["generate", "render"])
@pytest.mark.parametrize("path", ["generated_tracks/a b.wav", "C:\\tracks\\a b.wav"])
def test_a_rendered_track_tells_where_its_file_is(kind: str, path: str) -> None:
    reported = job_result(kind, {"track_path": path, "seed": 1})
    assert reported == {"track_path": path, "seed": 1, "file_url": "/files/a%20b.wav"}


def test_exports_tell_where_they_are_also_in_results_of_older_jobs() -> None:
    now = job_result("export", EXPORTS.model_dump())
    assert now is not None
    assert now["zips"] == ["/api/v1/tracks/t1/exports/all.zip"]
    assert job_result("export", now) == now


def test_other_jobs_give_what_they_gave() -> None:
    assert job_result("preprocess", {"added": 3}) == {"added": 3}
    assert job_result("export", None) is None
