from src.db.database import Database
from tests.api.conftest import JobProbe, TestClient


def test_embedders_are_listed_with_what_they_heard(client: TestClient, stem_ids: list[str]) -> None:
    answer = client.get("/api/v1/models")
    assert answer.status_code == 200
    reported = answer.json()
    assert reported["active"] == reported["wanted"] == "plain"
    one = next(one for one in reported["embedders"] if one["model_id"] == "plain")
    assert one["total"] == len(stem_ids)
    assert one["ready"] == (one["embedded"] == one["total"])
    assert "CLAP" in reported["how_to_get_clap"]


def test_reembedding_is_a_job_that_runs_alone(client: TestClient, job_probe: JobProbe) -> None:
    answer = client.post("/api/v1/models/reembed", json={})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert job["kind"] == "reembed"
    ended = job_probe.ended(job["id"])
    assert ended["status"] == "succeeded"
    assert ended["result"]["switched"] is False


def test_unknown_words_are_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/models/reembed", json={"model": "x"})
    assert answer.status_code == 422


def test_the_map_shows_every_stem_with_a_vector(
    client: TestClient, database: Database, stem_ids: list[str]
) -> None:
    answer = client.get("/api/v1/library/map")
    assert answer.status_code == 200
    reported = answer.json()
    assert reported["model_id"] == "plain"
    assert {point["id"] for point in reported["points"]} <= set(stem_ids)
    assert len(reported["points"]) == reported["total"]
    assert client.get("/api/v1/library/map?category=nonsense").status_code == 422
    assert client.get("/api/v1/library/map?limit=0").status_code == 422
