"""The same request for a track a second time: what is there is handed out, not made again."""

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.db.database import Database
from src.db.models import Stem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate, StandIns

SEEDED = {"prompt": "driving industrial techno 138 bpm", "seed": 7}
PLAN = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": [{"category": "kick"}]}]}


def generated(client: TestClient, body: Mapping[str, Any] = SEEDED, **params: Any) -> Any:
    answer = client.post("/generate-track", json=dict(body), params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("path", "body"), [("/generate-track", SEEDED), ("/api/v1/tracks", {"plan": PLAN, "seed": 7})]
)
def test_a_finished_track_answers_the_same_request(
    client: TestClient, services: StandIns, path: str, body: dict[str, Any]
) -> None:
    first, again = (client.post(path, json=body).json() for _ in range(2))
    assert (first["reused"], again["reused"]) == (False, True)
    assert again["track_id"] == first["track_id"]
    assert again["file_url"] == first["file_url"]
    assert services.renderer.count == 1
    assert client.get("/api/v1/jobs").json()["total"] == 1


def test_as_a_job_it_is_handed_out_too(
    client: TestClient, services: StandIns, job_probe: JobProbe
) -> None:
    first = generated(client)
    job = client.post("/generate-track", json=SEEDED, params={"wait": False}).json()
    result = job_probe.ended(job["id"])["result"]
    assert (result["track_id"], result["reused"]) == (first["track_id"], True)
    assert services.renderer.count == 1


def test_it_can_be_made_again(client: TestClient, services: StandIns) -> None:
    first, again = generated(client), generated(client, reuse=False)
    assert again["track_id"] != first["track_id"]
    assert again["reused"] is False
    assert services.renderer.count == 2


@pytest.mark.parametrize("changed", [{"seed": 8}, {"mastering": "club"}, {"prompt": "another"}])
def test_another_request_gets_another_track(client: TestClient, changed: dict[str, Any]) -> None:
    assert generated(client, {**SEEDED, **changed})["track_id"] != generated(client)["track_id"]


def test_a_deleted_track_is_not_handed_out(client: TestClient) -> None:
    first = generated(client)
    assert client.delete(f"/api/v1/tracks/{first['track_id']}").status_code == 204
    assert generated(client)["reused"] is False


def test_a_library_that_changed_gives_another_track(
    client: TestClient, database: Database, stem_ids: list[str]
) -> None:
    first = generated(client)
    with database.transaction() as session:
        stem = session.get(Stem, stem_ids[0])
        assert stem is not None
        stem.name = "Another"
    assert generated(client)["track_id"] != first["track_id"]


def test_a_palette_that_changed_gives_another_track(
    client: TestClient, stem_ids: list[str]
) -> None:
    body = {**SEEDED, "palette": {"collections": ["favourites"]}}
    first = generated(client, body)
    assert generated(client, body)["reused"] is True
    client.post("/api/v1/collections/favourites/stems", json={"add": [stem_ids[0]]})
    assert generated(client, body)["track_id"] != first["track_id"]
    assert generated(client, body)["reused"] is True


def test_a_track_during_which_the_library_changed_is_not_handed_out(
    client: TestClient, database: Database, stem_ids: list[str], gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    job = client.post("/generate-track", json=SEEDED, params={"wait": False}).json()
    gate.reached.wait(60)
    with database.transaction() as session:
        stem = session.get(Stem, stem_ids[0])
        assert stem is not None
        stem.user_rating = 5
    gate.open.set()
    first = job_probe.ended(job["id"])["result"]
    assert generated(client)["track_id"] != first["track_id"]


def test_who_asks_for_the_same_meanwhile_gets_the_same_job(
    client: TestClient, services: StandIns, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    jobs = {
        client.post("/generate-track", json=SEEDED, params={"wait": False}).json()["id"]
        for _ in range(20)
    }
    assert len(jobs) == 1
    gate.open.set()
    job_probe.ended(jobs.pop())
    assert services.renderer.count == 1


def test_a_job_that_is_being_stopped_is_not_joined(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    first = client.post("/generate-track", json=SEEDED, params={"wait": False}).json()
    gate.reached.wait(60)
    client.post(f"/api/v1/jobs/{first['id']}/cancel")
    second = client.post("/generate-track", json=SEEDED, params={"wait": False}).json()
    gate.open.set()
    assert job_probe.ended(second["id"])["status"] == "succeeded"


def test_the_same_revision_of_a_track_is_one(client: TestClient, services: StandIns) -> None:
    track = generated(client)
    edit = {"edits": [{"op": "tempo", "bpm": 140}]}
    path = f"/api/v1/tracks/{track['track_id']}/revisions"
    first, again = (client.post(path, json=edit).json() for _ in range(2))
    assert (first["track_id"], again["reused"]) == (again["track_id"], True)
    assert services.renderer.count == 2
