"""Search, kits and quarantine over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.db.models import Quarantine
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate, StandIns

SEARCH = "/api/v1/search/"


def test_hits_tell_their_score_and_why(client: TestClient, stem_ids: list[str]) -> None:
    answer = client.get(SEARCH, params={"prompt": "dark bass"}).json()
    assert answer["prompt"] == "dark bass"
    assert answer["limit"] == 5
    best = answer["hits"][0]
    assert best["stem"]["id"] in stem_ids
    assert best["stem"]["audio_url"]
    assert 0 <= best["score"] <= 1
    assert isinstance(best["reasons"], list)
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_search_keeps_to_its_filters(client: TestClient, stem_ids: list[str]) -> None:
    hits = client.get(SEARCH, params={"prompt": "sound", "category": "pad"}).json()["hits"]
    assert [hit["stem"]["name"] for hit in hits] == ["pad_80_C"]
    hits = client.get(SEARCH, params={"prompt": "sound", "limit": 2}).json()["hits"]
    assert len(hits) == 2


def test_new_stems_are_found_at_once(client: TestClient, services: StandIns) -> None:
    from tests.db.stocked import stock

    assert client.get(SEARCH, params={"prompt": "kick"}).json()["hits"] == []
    ids = stock(services.database, services.settings)
    hits = client.get(SEARCH, params={"prompt": "kick"}).json()["hits"]
    assert {hit["stem"]["id"] for hit in hits} == set(ids)


def test_removed_and_corrected_stems_are_found_as_they_are_now(
    client: TestClient, stem_ids: list[str]
) -> None:
    client.get(SEARCH, params={"prompt": "kick"})
    client.delete(f"/api/v1/stems/{stem_ids[0]}")
    client.patch(f"/api/v1/stems/{stem_ids[2]}", json={"category": "vocal"})
    hits = client.get(SEARCH, params={"prompt": "kick", "limit": 50}).json()["hits"]
    assert stem_ids[0] not in [hit["stem"]["id"] for hit in hits]
    hits = client.get(SEARCH, params={"prompt": "x", "category": "vocal"}).json()["hits"]
    assert [hit["stem"]["id"] for hit in hits] == [stem_ids[2]]


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 1000}, {"key": "Q"}, {"bpm_min": "x"}, {"category": "cowbell"},
     {"prompt": "x" * 1001}, {"prompt": "\x00"}],
)  # fmt: skip
def test_wrong_searches_are_named(client: TestClient, query: dict[str, Any]) -> None:
    assert_problem(client.get(SEARCH, params=query), 422, "validation_failed")


@pytest.mark.parametrize("prompt", ["", "'; DROP TABLE stems;--", "🥁🔥", "a\nb", "тёмный", "%"])
def test_any_prompt_is_answered(client: TestClient, stem_ids: list[str], prompt: str) -> None:
    assert client.get(SEARCH, params={"prompt": prompt}).status_code == 200


def test_kits_tell_what_is_in_them(client: TestClient, stem_ids: list[str]) -> None:
    ambient, techno = client.get("/api/v1/kits").json()["items"]
    assert (ambient["name"], ambient["stems"]) == ("Ambient 80 C", 1)
    assert (techno["categories"], techno["loops"]) == ({"bass": 1, "kick": 1}, 1)


# --- quarantine ----------------------------------------------------------------------------


@pytest.fixture
def refused(services: StandIns) -> str:
    folder = services.settings.quarantine_path
    folder.mkdir(parents=True)
    (folder / "ERROR_empty_a.wav").write_bytes(b"")
    with services.database.transaction() as session:
        session.add(
            Quarantine(
                id="bad1", original_path="Kit/a.wav", stored_as="ERROR_empty_a.wav",
                reason="empty", message="a.wav has no bytes", moved=True,
            )
        )  # fmt: skip
    return "bad1"


def test_refused_files_come_in_pages(client: TestClient, services: StandIns) -> None:
    with services.database.transaction() as session:
        for number in range(3):
            session.add(
                Quarantine(
                    id=f"bad{number}", original_path=f"{number}.wav", stored_as=f"ERROR_{number}",
                    reason="empty", message="",
                    quarantined_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
                )
            )  # fmt: skip
    page = client.get("/api/v1/quarantine", params={"limit": 2, "offset": 1}).json()
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 1)
    assert [item["id"] for item in page["items"]] == ["bad1", "bad0"]
    wrong = client.get("/api/v1/quarantine", params={"limit": 0})
    assert_problem(wrong, 422, "validation_failed")


def test_lists_answer_without_the_last_slash_too(client: TestClient, stem_ids: list[str]) -> None:
    for path in ("/api/v1/search", "/api/v1/stems"):
        answer = client.get(path, params={"limit": 1}, follow_redirects=False)
        assert answer.status_code == 200
        assert answer.json() == client.get(f"{path}/", params={"limit": 1}).json()


def test_refused_files_are_listed_with_their_reason(client: TestClient, refused: str) -> None:
    (entry,) = client.get("/api/v1/quarantine").json()["items"]
    assert (entry["id"], entry["reason"], entry["message"]) == (
        "bad1", "empty", "a.wav has no bytes",
    )  # fmt: skip


def test_a_retry_puts_the_file_back_and_looks_again(
    client: TestClient, services: StandIns, job_probe: JobProbe, refused: str
) -> None:
    answer = client.post(f"/api/v1/quarantine/{refused}/retry")
    assert answer.status_code == 200, answer.text
    assert job_probe.ended(answer.json()["job_id"])["status"] == "succeeded"
    assert (services.settings.raw_path / answer.json()["path"]).is_file()
    assert client.get("/api/v1/quarantine").json()["items"] == []


def test_a_refused_file_can_be_deleted(
    client: TestClient, services: StandIns, refused: str
) -> None:
    assert client.delete(f"/api/v1/quarantine/{refused}").status_code == 204
    assert list(services.settings.quarantine_path.iterdir()) == []
    assert_problem(client.delete(f"/api/v1/quarantine/{refused}"), 404, "not_found")
    assert_problem(client.post(f"/api/v1/quarantine/{refused}/retry"), 404, "not_found")


def test_a_retry_during_an_analysis_names_its_job_or_waits(
    client: TestClient, gate: Gate, job_probe: JobProbe, refused: str
) -> None:
    gate.close()
    running = client.post("/preprocess").json()["id"]
    answer = client.post(f"/api/v1/quarantine/{refused}/retry")
    assert answer.json()["job_id"] == running
    gate.open.set()
    job_probe.ended(running)
