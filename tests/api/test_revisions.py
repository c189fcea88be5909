"""Reading, explaining and editing rendered tracks over HTTP."""

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe

PROMPT = {"prompt": "driving industrial techno 138 bpm", "seed": 7}


@pytest.fixture
def track(client: TestClient) -> str:
    return str(client.post("/generate-track", json=PROMPT).json()["track_id"])


def test_the_plan_of_a_track_can_be_read_and_rendered_again(client: TestClient, track: str) -> None:
    plan = client.get(f"/api/v1/tracks/{track}/plan").json()

    assert plan["bpm"] == 138
    assert client.post("/api/v1/tracks", json={"plan": plan}).status_code == 200


def test_a_track_says_why_its_stems_play(client: TestClient, track: str) -> None:
    reported = client.get(f"/api/v1/tracks/{track}/explain").json()

    assert reported["track_id"] == track
    voice = reported["voices"][0]
    assert (voice["voice"], voice["stem_id"], voice["runners_up"]) == ("kick", "k1", ["Kick 2"])
    assert voice["reasons"][0]["criterion"] == "tempo"


def test_a_revision_is_a_new_track_with_the_seed_and_stems_of_the_old(
    client: TestClient, track: str
) -> None:
    edits = {"edits": [{"op": "tempo", "bpm": 128}, {"op": "reroll", "section": "Intro"}]}
    answer = client.post(f"/api/v1/tracks/{track}/revisions", json=edits)

    assert answer.status_code == 200
    made = answer.json()
    assert made["track_id"] != track
    assert (made["parent_id"], made["seed"]) == (track, 7)
    assert made["plan"]["bpm"] == 128
    assert made["plan"]["pinned"] == {"kick": "k1"}
    assert made["plan"]["structure"][0]["variation"] == 1
    revisions = client.get(f"/api/v1/tracks/{track}/revisions").json()
    assert [item["id"] for item in revisions["items"]] == [made["track_id"]]
    assert revisions["items"][0]["parent_id"] == track
    assert client.get(f"/api/v1/tracks/{track}").json()["parent_id"] is None


def test_a_revision_can_be_a_job(client: TestClient, job_probe: JobProbe, track: str) -> None:
    edits = {"edits": [{"op": "mute", "voice": "kick", "sections": ["Intro"]}]}
    job = client.post(
        f"/api/v1/tracks/{track}/revisions", params={"wait": False}, json=edits
    ).json()

    result = job_probe.ended(job["id"])["result"]
    assert result["parent_id"] == track
    assert result["plan"]["structure"][0]["muted"] == ["kick"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"op": "swap", "voice": "tuba"}, "voice must be one of kick, got 'tuba'"),
        ({"op": "reroll", "section": "Drop 9"}, "section must be one of Intro, got 'Drop 9'"),
        ({"op": "length"}, "one of both"),
        ({"op": "key", "key": "H7"}, "H7"),
    ],
)
def test_an_edit_that_can_not_be_made_is_refused_at_once(
    client: TestClient, track: str, edit: dict[str, str], said: str
) -> None:
    answer = client.post(f"/api/v1/tracks/{track}/revisions", json={"edits": [edit]})

    assert said in assert_problem(answer, 422, "invalid_input")["detail"]


def test_a_swap_to_a_stem_that_is_not_there_is_not_found(client: TestClient, track: str) -> None:
    edits = {"edits": [{"op": "swap", "voice": "kick", "stem_id": "nobody"}]}
    answer = client.post(f"/api/v1/tracks/{track}/revisions", json=edits)

    assert_problem(answer, 404, "not_found")


@pytest.mark.parametrize("what", ["plan", "explain", "revisions", "suggestions?voice=kick"])
def test_of_a_track_that_is_not_there_nothing_is_known(client: TestClient, what: str) -> None:
    assert_problem(client.get(f"/api/v1/tracks/nobody/{what}"), 404, "not_found")


def test_no_edit_is_no_revision(client: TestClient, track: str) -> None:
    answer = client.post(f"/api/v1/tracks/{track}/revisions", json={"edits": []})

    assert answer.status_code == 422


def test_revisions_are_told_apart_by_what_was_changed(client: TestClient, track: str) -> None:
    where = f"/api/v1/tracks/{track}/revisions"
    edits = [{"op": "mute", "voice": "kick", "sections": ["Intro"]}, {"op": "tempo", "bpm": 128.0}]
    made = client.post(where, json={"edits": edits}).json()["track_id"]
    again = client.post(where, json={"edits": [{"op": "reroll", "section": "Intro"}]}).json()
    listed = {one["id"]: one for one in client.get(where).json()["items"]}
    assert listed[made]["edits"] == edits
    prompt = PROMPT["prompt"]
    assert listed[made]["title"] == f"{prompt} (mute kick Intro; tempo bpm 128.0)"
    assert listed[again["track_id"]]["title"] == f"{prompt} (reroll Intro)"
    assert client.get(f"/api/v1/tracks/{made}").json()["title"] == listed[made]["title"]
    assert client.get(f"/api/v1/tracks/{track}").json()["title"] == prompt


def test_a_deleted_parent_is_told(client: TestClient, track: str) -> None:
    body = {"edits": [{"op": "tempo", "bpm": 128}]}
    made = client.post(f"/api/v1/tracks/{track}/revisions", json=body).json()["track_id"]
    assert client.get(f"/api/v1/tracks/{made}").json()["parent_deleted"] is False
    assert client.delete(f"/api/v1/tracks/{track}").status_code == 204
    for one in (
        client.get(f"/api/v1/tracks/{made}").json(),
        client.get("/api/v1/tracks").json()["items"][0],
    ):
        assert (one["id"], one["parent_id"], one["parent_deleted"]) == (made, track, True)
