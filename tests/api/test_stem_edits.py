"""Many stems at once over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.services.ingest.lock import import_lock
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import StandIns

EDIT, EDITS, REANALYSE = (f"/api/v1/stems/{name}" for name in ("edit", "edits", "reanalyse"))


def test_an_edit_is_previewed_made_listed_and_undone(
    client: TestClient, stem_ids: list[str]
) -> None:
    body = {"filter": {"category": "bass"}, "changes": {"tempo": "halve", "add_tags": ["Acid "]}}
    reported = client.post(EDIT, json={**body, "preview": True}).json()
    assert (reported["changed"], reported["edit_id"]) == (1, None)
    assert client.get(EDITS).json()["total"] == 0
    done = client.post(EDIT, json=body).json()
    assert done["examples"][0]["after"]["bpm"] == 69.0
    stem = client.get(f"/api/v1/stems/{stem_ids[1]}").json()
    assert (stem["bpm"], stem["tags"]) == (69.0, {"dark": 0.8, "acid": 1.0})
    assert stem["corrected"] == ["bpm", "tags"]
    (listed,) = client.get(EDITS).json()["items"]
    assert listed["changes"] == {"tempo": "halve", "add_tags": ["acid"]}
    assert client.post(done["undo_url"]).json()["restored"] == 1
    stem = client.get(f"/api/v1/stems/{stem_ids[1]}").json()
    assert (stem["bpm"], stem["tags"], stem["corrected"]) == (138.0, {"dark": 0.8}, [])
    assert_problem(client.post(done["undo_url"]), 409, "edit_undone")


def test_all_and_ids_choose_too(client: TestClient, stem_ids: list[str]) -> None:
    rated = client.post(EDIT, json={"all": True, "changes": {"user_rating": 3}}).json()
    assert (rated["selected"], rated["changed"]) == (4, 4)
    body = {"ids": stem_ids[:2], "changes": {"user_rating": None, "take_back": ["category"]}}
    assert client.post(EDIT, json=body).json()["changed"] == 2


def test_searches_see_an_edit_at_once(client: TestClient, stem_ids: list[str]) -> None:
    client.post(EDIT, json={"ids": stem_ids[:3], "changes": {"category": "vocal"}})
    hits = client.get("/api/v1/search", params={"category": "vocal", "limit": 9}).json()["hits"]
    assert {hit["stem"]["id"] for hit in hits} == set(stem_ids[:3])


@pytest.mark.parametrize(
    "body",
    [
        {"changes": {"category": "bass"}},
        {"ids": [], "changes": {"category": "bass"}},
        {"ids": ["a"], "all": True, "changes": {"category": "bass"}},
        {"all": False, "changes": {"category": "bass"}},
        {"filter": {}, "changes": {"category": "bass"}},
        {"filter": {"colour": "red"}, "changes": {"category": "bass"}},
        {"all": True, "changes": {}},
        {"all": True, "changes": {"name": "all alike"}},
        {"all": True, "changes": {"bpm": 120, "tempo": "double"}},
        {"all": True, "changes": {"bpm": 1000}},
        {"all": True, "changes": {"tempo": "triple"}},
        {"all": True, "changes": {"tags": ["a"], "add_tags": ["b"]}},
        {"all": True, "changes": {"add_tags": ["a"], "remove_tags": ["A"]}},
        {"all": True, "changes": {"bpm": 120, "take_back": ["bpm"]}},
        {"all": True, "changes": {"take_back": ["id"]}},
        {"all": True, "changes": {"key": "H#"}},
    ],
)
def test_wrong_edits_are_named(
    client: TestClient, stem_ids: list[str], body: dict[str, Any]
) -> None:
    assert_problem(client.post(EDIT, json=body), 422, "validation_failed")
    assert client.get(EDITS).json()["total"] == 0


def test_what_is_not_there_is_named(client: TestClient, stem_ids: list[str]) -> None:
    body = {"ids": [stem_ids[0], "0000"], "changes": {"category": "bass"}}
    problem = assert_problem(client.post(EDIT, json=body), 404, "stems_not_found")
    assert "'0000'" in problem["detail"]
    assert_problem(client.post(f"{EDITS}/0000/undo"), 404, "not_found")
    problem = assert_problem(client.post(REANALYSE, json={"ids": ["0000"]}), 404, "stems_not_found")
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_stems_are_heard_again_as_a_job(
    client: TestClient, job_probe: JobProbe, stem_ids: list[str]
) -> None:
    client.patch(f"/api/v1/stems/{stem_ids[0]}", json={"category": "tom"})
    answer = client.post(REANALYSE, json={"filter": {"kit": "Techno 138 Am"}})
    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["url"]
    job = job_probe.ended(answer.json()["id"])
    assert (job["kind"], job["status"]) == ("reanalyse", "succeeded")
    assert (job["result"]["selected"], job["result"]["reanalysed"]) == (2, 2)
    stems = [client.get(f"/api/v1/stems/{one}").json() for one in stem_ids]
    assert [stem["analysis_version"] for stem in stems] == ["plain-1", "plain-1", "test", "test"]
    assert [stem["category"] for stem in stems] == ["tom", "other", "pad", "hihat"]
    assert stems[0]["analysis"]["category"]["value"] == "other"
    assert stems[0]["corrections"] == {"category": "tom"}


def test_it_waits_for_an_import_and_is_not_doubled(
    client: TestClient, services: StandIns, job_probe: JobProbe, stem_ids: list[str]
) -> None:
    with import_lock(services.settings.processed_path):
        first = client.post(REANALYSE, json={"all": True}).json()
        problem = assert_problem(client.post(REANALYSE, json={"all": True}), 409, "job_running")
        assert problem["job_id"] == first["id"]
        client.post(f"{first['url']}/cancel")
        assert job_probe.ended(first["id"])["status"] == "cancelled"
