"""Exports over HTTP. What is made of a score is tested where it is made."""

import io
import json
import zipfile

import pytest
from fastapi.testclient import TestClient

from src.music.model.score import score_to_dict
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import StandIns
from tests.music.made_scores import made_score

SIMPLE = ["wav", "credits", "picture"]


@pytest.fixture
def track_id(client: TestClient, services: StandIns) -> str:
    """A track with a score whose stems nobody has."""
    made = client.post("/generate-track", json={"prompt": "dark techno"}).json()
    sidecar = (services.settings.tracks_path / made["file_url"].split("/")[-1]).with_suffix(".json")
    sidecar.write_text(json.dumps({"score": score_to_dict(made_score())}))
    return str(made["track_id"])


@pytest.fixture
def exported(client: TestClient, job_probe: JobProbe, track_id: str) -> str:
    """The track, exported as far as it goes without its stems."""
    answer = client.post(f"/api/v1/tracks/{track_id}/exports", json={"formats": SIMPLE})
    assert job_probe.ended(answer.json()["id"])["status"] == "succeeded"
    return track_id


def test_an_export_is_a_job_whose_result_lists_the_files(
    client: TestClient, job_probe: JobProbe, track_id: str
) -> None:
    answer = client.post(f"/api/v1/tracks/{track_id}/exports", json={"formats": SIMPLE})
    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["url"]
    job = job_probe.ended(answer.json()["id"])
    assert (job["kind"], job["status"], job["progress"]) == ("export", "succeeded", 1.0)
    assert {file["format"] for file in job["result"]["files"]} == set(SIMPLE)


def test_the_list_tells_sizes_and_where_files_are(client: TestClient, exported: str) -> None:
    listed = client.get(f"/api/v1/tracks/{exported}/exports").json()
    assert "dawproject" in listed["formats"]
    assert len(listed["files"]) == 5
    for file in listed["files"]:
        sound = client.get(file["url"])
        assert sound.status_code == 200
        assert len(sound.content) == file["bytes"]


def test_files_have_their_types_and_answer_ranges(client: TestClient, exported: str) -> None:
    files = client.get(f"/api/v1/tracks/{exported}/exports").json()["files"]
    by_ending = {file["name"].rsplit(".", 1)[1]: file["url"] for file in files}
    types = {ending: client.get(url).headers["content-type"] for ending, url in by_ending.items()}
    assert types == {
        "wav": "audio/wav", "svg": "image/svg+xml", "json": "application/json",
        "txt": "text/plain; charset=utf-8", "png": "image/png",
    }  # fmt: skip
    part = client.get(by_ending["wav"], headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")


def test_all_come_as_one_zip(client: TestClient, exported: str) -> None:
    listed = client.get(f"/api/v1/tracks/{exported}/exports").json()
    (url,) = listed["zips"]
    answer = client.get(url)
    assert answer.headers["content-type"] == "application/zip"
    assert "all.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert len(archive.namelist()) == len(listed["files"])
    assert client.head(url).status_code == 200


def test_a_stem_that_is_gone_fails_the_job_and_is_named(
    client: TestClient, job_probe: JobProbe, track_id: str
) -> None:
    answer = client.post(f"/api/v1/tracks/{track_id}/exports", json={"formats": ["stems"]})
    job = job_probe.ended(answer.json()["id"])
    assert job["status"] == "failed"
    assert job["problem"]["code"] == "stem_missing"
    assert "Kick Iron" in job["problem"]["detail"]


def test_before_an_export_the_list_is_empty(client: TestClient, track_id: str) -> None:
    listed = client.get(f"/api/v1/tracks/{track_id}/exports").json()
    assert (listed["files"], listed["zips"]) == ([], [])
    assert_problem(client.get(f"/api/v1/tracks/{track_id}/exports/all.zip"), 404, "not_found")


@pytest.mark.parametrize("body", [{"formats": ["ogg"]}, {"formats": []}, {"kinds": ["wav"]}])
def test_what_can_not_be_exported_is_refused(
    client: TestClient, track_id: str, body: dict[str, object]
) -> None:
    answer = client.post(f"/api/v1/tracks/{track_id}/exports", json=body)
    assert answer.status_code == 422


def test_a_track_without_a_score_is_refused_at_once(client: TestClient) -> None:
    made = client.post("/generate-track", json={"prompt": "dark techno"}).json()
    answer = client.post(f"/api/v1/tracks/{made['track_id']}/exports", json={})
    assert_problem(answer, 409, "score_missing")


def test_an_unknown_track_is_not_found(client: TestClient) -> None:
    assert_problem(client.get("/api/v1/tracks/nobody/exports"), 404, "not_found")
    assert_problem(client.post("/api/v1/tracks/nobody/exports", json={}), 404, "not_found")


@pytest.mark.parametrize("name", ["../x.wav", "%2e%2e/%2e%2e/stems.db", ".made-wav.json", "a/b/c"])
def test_nothing_else_is_handed_out(client: TestClient, exported: str, name: str) -> None:
    assert client.get(f"/api/v1/tracks/{exported}/exports/{name}").status_code == 404


def test_a_deleted_track_takes_its_exports_with_it(
    client: TestClient, exported: str, services: StandIns
) -> None:
    folders = list(services.settings.tracks_path.glob("*_exports"))
    assert folders
    client.delete(f"/api/v1/tracks/{exported}")
    assert not any(folder.exists() for folder in folders)


def test_exports_are_deleted_by_format_or_all_together(
    client: TestClient, services: StandIns, exported: str
) -> None:
    path = f"/api/v1/tracks/{exported}/exports"
    before = {file["name"]: file for file in client.get(path).json()["files"]}
    gone = client.delete(path, params={"format": ["wav", "picture"]}).json()
    assert {before[name]["format"] for name in gone["files"]} == {"wav", "picture"}
    assert gone["bytes"] == sum(before[name]["bytes"] for name in gone["files"])
    left = client.get(path).json()["files"]
    assert {file["format"] for file in left} == {"credits"}
    assert client.get(before[gone["files"][0]]["url"]).status_code == 404
    assert client.get("/api/v1/exports").json()["items"][0]["track_id"] == exported
    assert len(client.delete(path).json()["files"]) == len(left)
    assert client.delete(path).json() == {"track_id": exported, "files": [], "bytes": 0}
    assert not services.exports.folder(exported).exists()
    assert client.get("/api/v1/exports").json()["items"] == []
    assert client.get(f"/api/v1/tracks/{exported}/audio").status_code == 200


def test_all_exports_are_told_with_what_they_take(client: TestClient, exported: str) -> None:
    use = client.get("/api/v1/exports").json()
    (one,) = use["items"]
    files = client.get(f"/api/v1/tracks/{exported}/exports").json()["files"]
    assert one["bytes"] == use["used_bytes"] >= sum(file["bytes"] for file in files)
    assert (one["prompt"], use["total"], use["limit_bytes"]) == ("dark techno", 1, None)


def test_what_would_go_beyond_the_quota_is_refused(
    client: TestClient, services: StandIns, exported: str
) -> None:
    services.settings.max_exports_mb = 1
    blown_up = services.exports.folder(exported) / "large"
    blown_up.write_bytes(bytes(1_000_000))
    path = f"/api/v1/tracks/{exported}/exports"
    answer = client.post(path, json={"formats": ["flac"]})
    assert "they take 1.1 MB" in assert_problem(answer, 409, "exports_full")["detail"]
    blown_up.unlink()
    assert client.post(path, json={"formats": ["flac"]}).status_code == 202
