"""Plans and tracks over HTTP."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from src.db import crud
from src.db.models import TrackRow
from src.storage.encode import write_wav
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate, StandIns
from tests.patience import PATIENCE_S

PROMPT = {"prompt": "driving industrial techno 138 bpm"}
PLAN = {
    "bpm": 138, "key": "Am", "structure": [
        {"section": "Intro", "bars": 16, "stem_queries": [
            {"category": "atmo", "tags": ["dark"], "count": 1}]}],
}  # fmt: skip


def test_the_decisive_request_gives_a_track_path(client: TestClient) -> None:
    answer = client.post("/generate-track", json=PROMPT)
    assert answer.status_code == 200
    track = answer.json()
    assert track["track_path"].startswith("generated_tracks/")
    assert track["track_path"].endswith(".wav")
    assert track["plan"]["bpm"] == 138
    assert {"seed", "stems", "warnings", "duration_s", "track_id"} <= track.keys()
    assert track["loudness_lufs"] is None
    sound = client.get(track["file_url"])
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.content[:4] == b"RIFF"


def test_a_seed_is_kept_and_else_made_up(client: TestClient) -> None:
    assert client.post("/generate-track", json={**PROMPT, "seed": 7}).json()["seed"] == 7
    seeds = {client.post("/generate-track", json=PROMPT).json()["seed"] for _ in range(3)}
    assert len(seeds) == 3


def test_without_waiting_the_answer_is_a_job(
    client: TestClient, job_probe: JobProbe, gate: Gate
) -> None:
    gate.close()
    answer = client.post("/generate-track", params={"wait": False}, json=PROMPT)
    assert answer.status_code == 202
    job = answer.json()
    assert job["kind"] == "generate"
    assert answer.headers["location"] == job["url"]
    gate.open.set()
    done = job_probe.ended(job["id"])
    assert done["result"]["track_path"].endswith(".wav")
    assert client.get(done["result"]["file_url"]).status_code == 200


def test_who_waits_for_a_cancelled_job_is_told(client: TestClient, gate: Gate) -> None:
    gate.close()
    answers: list[Any] = []
    waiting = threading.Thread(
        target=lambda: answers.append(client.post("/generate-track", json=PROMPT))
    )
    waiting.start()
    assert gate.reached.wait(PATIENCE_S)
    (job,) = client.get("/api/v1/jobs").json()["items"]
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    waiting.join(PATIENCE_S)
    problem = assert_problem(answers[0], 409, "job_cancelled")
    assert problem["job_id"] == job["id"]
    assert client.get("/api/v1/tracks").json()["total"] == 0


def test_who_waits_holds_no_thread(client: TestClient, gate: Gate) -> None:
    """More requests wait than there are threads; others are answered all the same."""
    gate.close()
    waiting = [
        threading.Thread(target=client.post, args=("/generate-track",), kwargs={"json": PROMPT})
        for _ in range(45)
    ]
    for thread in waiting:
        thread.start()
    assert gate.reached.wait(PATIENCE_S)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    gate.open.set()
    for thread in waiting:
        thread.join(PATIENCE_S)
    assert client.get("/api/v1/tracks", params={"limit": 1}).json()["total"] == 45


@pytest.mark.parametrize(
    "body",
    [
        {}, {"prompt": ""}, {"prompt": 5}, {"prompt": "x" * 2001}, {"prompt": "a\x00b"},
        {"prompt": "x", "seed": -1}, {"prompt": "x", "seed": 2**63}, {"prompt": "x", "seed": 1.5},
        {"prompt": "x", "length": "y" * 41}, {"prompt": "x", "lenght": "3 minutes"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/generate-track", "/api/v1/plans"])
def test_wrong_prompts_are_named(client: TestClient, path: str, body: dict[str, Any]) -> None:
    problem = assert_problem(client.post(path, json=body), 422, "validation_failed")
    assert problem["errors"][0]["field"].startswith("body.")


@pytest.mark.parametrize("path", ["/generate-track", "/api/v1/plans"])
def test_a_length_that_is_none_is_refused_by_its_name(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"prompt": "techno", "length": "banana"})
    problem = assert_problem(answer, 422, "invalid_input")
    assert "such as '3 minutes', '90 s' or '64 bars', got 'banana'" in problem["detail"]


def test_what_the_arranger_refuses_fails_before_a_job_begins(client: TestClient) -> None:
    for wait in (True, False):
        answer = client.post(
            "/generate-track", params={"wait": wait}, json={"prompt": "techno 999 bpm"}
        )
        assert_problem(answer, 422, "invalid_input")
    assert_problem(client.post("/generate-track", json={"prompt": "  \n "}), 422, "invalid_input")
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_a_track_that_is_too_long_is_refused(client: TestClient) -> None:
    answer = client.post("/generate-track", json={"prompt": "go on forever"})
    problem = assert_problem(answer, 422, "track_too_long")
    assert "1200 s" in problem["detail"]


KICK: dict[str, Any] = {"category": "kick"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tempo": 138}, "body.plan.tempo"),
        ({"structure": [{"bars": 4, "stem_queries": [KICK], "lenght": 4}]}, "lenght"),
        ({"structure": [{"bars": 4, "stem_queries": [KICK | {"tag": "x"}]}]}, "tag"),
        ({"moods": ["x" * 101]}, "body.plan.moods"),
        ({"notes": ["x" * 2001]}, "body.plan.notes"),
        ({"palette": {"kits": ["x" * 256]}}, "body.plan.palette.kits"),
    ],
)
def test_what_a_plan_does_not_have_is_refused_by_name(
    client: TestClient, changes: dict[str, Any], field: str
) -> None:
    plan = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": [KICK]}]} | changes
    answer = client.post("/api/v1/tracks", json={"plan": plan})
    problem = assert_problem(answer, 422, "validation_failed")
    assert field in problem["errors"][0]["field"]


@pytest.mark.parametrize(
    "changes",
    [
        {"pinned": {"kazoo": "8c1f0e6a2b9d4c37"}},
        {"pinned": {"bass": "8c1f0e6a2b9d4c37"}},
        {"structure": [{"bars": 4, "stem_queries": [KICK], "muted": ["kazoo"]}]},
    ],
)
def test_parts_that_a_plan_does_not_have_are_refused_by_name(
    client: TestClient, changes: dict[str, Any]
) -> None:
    plan = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": [KICK]}]} | changes
    problem = assert_problem(
        client.post("/api/v1/tracks", json={"plan": plan}), 422, "unknown_voice"
    )
    assert "must name one of kick" in problem["detail"]


@pytest.mark.parametrize(
    "changes", [{"structure": [{"bars": 4}, {"bars": 8}]}, {"excluded": ["kick"]}]
)
def test_a_plan_that_asks_for_no_sound_is_refused_at_once(
    client: TestClient, changes: dict[str, Any]
) -> None:
    plan = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": [KICK]}]} | changes
    answer = client.post("/api/v1/tracks", params={"wait": False}, json={"plan": plan})
    assert_problem(answer, 422, "nothing_to_play")
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_failures_of_the_job_become_answers(client: TestClient) -> None:
    assert_problem(
        client.post("/generate-track", json={"prompt": "empty library"}), 409, "library_empty"
    )
    answer = client.post("/generate-track", json={"prompt": "a defect"})
    problem = assert_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text
    assert problem["job_id"]


def test_a_plan_can_be_made_changed_and_rendered(client: TestClient) -> None:
    planned = client.post("/api/v1/plans", json={**PROMPT, "seed": 3}).json()
    assert (planned["seed"], planned["bars"]) == (3, 8)
    assert planned["duration_s"] == pytest.approx(8 * 4 * 60 / 138)
    plan = planned["plan"]
    plan["bpm"] = 140
    track = client.post("/api/v1/tracks", json={"plan": plan, "seed": 3}).json()
    assert (track["plan"]["bpm"], track["seed"]) == (140, 3)
    assert client.get("/api/v1/tracks").json()["total"] == 1


def test_a_mastering_preset_goes_into_the_plan(client: TestClient) -> None:
    planned = client.post("/api/v1/plans", json={**PROMPT, "mastering": "club"}).json()
    assert planned["plan"]["mastering"] == "club"
    track = client.post("/generate-track", json={**PROMPT, "mastering": "premaster"}).json()
    assert track["plan"]["mastering"] == "premaster"
    wrong = client.post("/generate-track", json={**PROMPT, "mastering": "vinyl"})
    assert_problem(wrong, 422, "validation_failed")


def test_the_blueprint_of_the_documents_is_a_plan(client: TestClient) -> None:
    track = client.post("/api/v1/tracks", json={"plan": PLAN}).json()
    assert track["plan"]["structure"][0]["stem_queries"][0]["tags"] == ["dark"]
    job = client.post("/api/v1/tracks", params={"wait": False}, json={"plan": PLAN})
    assert (job.status_code, job.json()["kind"]) == (202, "render")


@pytest.mark.parametrize(
    "change",
    [
        {"bpm": 5}, {"bpm": "fast"}, {"key": "H"}, {"structure": []}, {"structure": "x"},
        {"structure": [{"section": "A", "bars": 0}]}, {"beats_per_bar": 9}, {"target_lufs": 0},
        {"structure": [{"bars": 4, "stem_queries": [{"category": "cowbell"}]}]},
        {"moods": ["a\x00"]}, {"mastering": "cd"},
    ],
)  # fmt: skip
def test_wrong_plans_are_refused(client: TestClient, change: dict[str, Any]) -> None:
    answer = client.post("/api/v1/tracks", json={"plan": {**PLAN, **change}})
    assert answer.status_code == 422
    assert answer.json()["code"] in ("validation_failed", "invalid_input")
    assert answer.headers["content-type"] == "application/problem+json"


def test_numbers_that_are_none_are_refused(client: TestClient) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        answer = client.post(
            "/api/v1/tracks",
            content=f'{{"plan": {{"bpm": {number}, "structure": [{{"bars": 4}}]}}}}',
            headers={"content-type": "application/json"},
        )
        assert_problem(answer, 422, "validation_failed")


def test_tracks_are_listed_told_and_deleted(client: TestClient, services: StandIns) -> None:
    made = client.post("/generate-track", json={**PROMPT, "seed": 7}).json()
    (item,) = client.get("/api/v1/tracks").json()["items"]
    assert (item["id"], item["prompt"], item["seed"], item["exists"]) == (
        made["track_id"], PROMPT["prompt"], 7, True,
    )  # fmt: skip
    url = f"/api/v1/tracks/{item['id']}"
    assert client.get(url).json()["plan"]["bpm"] == 138
    answer = client.delete(url)
    assert (answer.status_code, answer.content) == (204, b"")
    assert list(services.settings.tracks_path.iterdir()) == []
    assert_problem(client.get(url), 404, "not_found")
    assert_problem(client.delete(url), 404, "not_found")
    assert_problem(client.get(item["file_url"]), 404, "not_found")


def test_a_track_whose_file_is_gone_says_so(client: TestClient, services: StandIns) -> None:
    client.post("/generate-track", json=PROMPT)
    for path in services.settings.tracks_path.iterdir():
        path.unlink()
    (item,) = client.get("/api/v1/tracks").json()["items"]
    assert item["exists"] is False
    assert client.delete(f"/api/v1/tracks/{item['id']}").status_code == 204


def test_a_track_is_drawn_until_its_file_is_gone(client: TestClient, services: StandIns) -> None:
    track = client.post("/generate-track", json=PROMPT).json()
    url = f"/api/v1/tracks/{track['track_id']}/waveform"
    name = track["file_url"].removeprefix("/files/")
    sound = np.zeros((2, 4800), np.float32)
    sound[0, 2400:] = 0.5
    sound[1, 2400:] = -0.25
    write_wav(services.settings.tracks_path / name, sound)
    wave = client.get(url, params={"points": 10}).json()
    assert wave["points"] == len(wave["maximum"]) == 10
    assert wave["maximum"][:5] == [0.0] * 5
    assert wave["maximum"][6:] == [0.5] * 4
    assert wave["minimum"][6:] == [-0.25] * 4
    (services.settings.tracks_path / name).unlink()
    assert_problem(client.get(url), 404, "audio_missing")
    assert_problem(client.get("/api/v1/tracks/nobody/waveform"), 404, "not_found")


def test_a_track_beyond_the_tracks_folder_is_served_and_deleted_whole(
    client: TestClient, services: StandIns, tmp_path: Path
) -> None:
    """As ``generate --out`` leaves it."""
    wav = tmp_path / "elsewhere" / "mine.wav"
    wav.parent.mkdir()
    write_wav(wav, np.zeros((2, 4800), np.float32))
    wav.with_suffix(".json").write_text("{}")
    (wav.parent / "mine_exports").mkdir()
    row = TrackRow(
        id="outside", path=str(wav), prompt="mine", bpm=120.0, key="Am", genre="", seed=1,
        duration_s=0.1, loudness_lufs=None, plan={}, report={},
    )  # fmt: skip
    with services.database.transaction() as session:
        crud.add_track(session, row)
    listed = client.get("/api/v1/tracks").json()["items"][0]
    assert listed["exists"]
    assert client.get(listed["file_url"]).content == wav.read_bytes()
    assert client.head(listed["file_url"]).headers["content-length"] == str(wav.stat().st_size)
    assert client.get("/api/v1/tracks/outside/waveform").json()["points"] > 0
    assert client.delete("/api/v1/tracks/outside").status_code == 204
    assert list(wav.parent.iterdir()) == []
