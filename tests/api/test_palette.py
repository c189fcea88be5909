"""A palette goes with a plan, and what it names must be there."""

from fastapi.testclient import TestClient

from tests.api.checks import assert_problem

PROMPT = "dark techno"


def test_a_palette_stands_in_the_plan(client: TestClient, stem_ids: list[str]) -> None:
    palette = {"collections": ["favourites"], "kits": ["Techno 138 Am"]}
    requested = {"prompt": PROMPT, "seed": 1, "palette": palette}
    plan = client.post("/api/v1/plans", json=requested).json()["plan"]
    assert plan["palette"] == palette
    again = client.post("/api/v1/tracks", json={"plan": plan, "seed": 1}).json()
    assert again["plan"]["palette"] == palette
    made = client.post("/generate-track", json=requested).json()
    assert made["plan"]["palette"] == palette


def test_an_empty_palette_allows_the_whole_library(client: TestClient) -> None:
    requested = {"prompt": PROMPT, "palette": {"collections": [], "kits": []}}
    assert client.post("/api/v1/plans", json=requested).json()["plan"]["palette"] is None


def test_what_a_palette_names_must_be_there(client: TestClient, stem_ids: list[str]) -> None:
    for palette in ({"collections": ["nowhere"]}, {"kits": ["nowhere"]}):
        answer = client.post("/generate-track", json={"prompt": PROMPT, "palette": palette})
        assert_problem(answer, 404, "not_found")
    answer = client.post("/generate-track", json={"prompt": PROMPT, "palette": {"folders": []}})
    assert_problem(answer, 422, "validation_failed")
