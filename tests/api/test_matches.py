"""What goes with a stem, over HTTP."""

from fastapi.testclient import TestClient

from tests.api.checks import assert_problem

STEMS = "/api/v1/stems/"


def ids_of(client: TestClient) -> dict[str, str]:
    return {item["name"]: item["id"] for item in client.get(STEMS).json()["items"]}


def test_matches_come_with_their_reasons(client: TestClient, stem_ids: list[str]) -> None:
    ids = ids_of(client)
    answer = client.get(f"{STEMS}{ids['bass_138_Am']}/matches").json()
    assert answer["stem_id"] == ids["bass_138_Am"]
    names = [match["stem"]["name"] for match in answer["matches"]]
    assert sorted(names) == ["hat", "kick_01", "pad_80_C"]
    assert names[0] == "kick_01"
    scores = [match["score"] for match in answer["matches"]]
    assert scores == sorted(scores, reverse=True)
    for match in answer["matches"]:
        assert all(0 <= reason["score"] <= 1 and reason["text"] for reason in match["reasons"])


def test_matches_can_be_filtered_and_weighed_with_company(
    client: TestClient, stem_ids: list[str]
) -> None:
    ids = ids_of(client)
    query = {"category": ["kick", "pad"], "beside": [ids["hat"]], "limit": 1}
    answer = client.get(f"{STEMS}{ids['bass_138_Am']}/matches", params=query).json()
    (match,) = answer["matches"]
    assert match["stem"]["category"] in ("kick", "pad")
    assert answer["beside"] == [ids["hat"]]


def test_strange_questions_are_refused(client: TestClient, stem_ids: list[str]) -> None:
    assert_problem(client.get(f"{STEMS}nobody/matches"), 404, "not_found")
    place = f"{STEMS}{stem_ids[0]}/matches"
    for query in ({"category": "tuba"}, {"limit": 0}, {"limit": 9999}):
        assert_problem(client.get(place, params=query), 422, "validation_failed")
