"""One filter language for lists, searches, counts, matches and changes of many stems."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem

FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"bpm": "120..140"}, ["bass_138_Am"]),
    ({"bpm": "138"}, ["bass_138_Am"]),
    ({"bpm": "100..", "bpm_max": 120}, []),
    ({"duration": "1..2"}, ["bass_138_Am"]),
    ({"duration_min_s": 2}, ["pad_80_C"]),
    ({"key": "Em"}, []),
    ({"key": "Em", "compatible": True}, ["bass_138_Am"]),
    ({"key": "Am", "compatible": True}, ["bass_138_Am", "pad_80_C"]),
    ({"rating": "4.."}, ["pad_80_C"]),
    ({"rating": "..3"}, ["kick_01"]),
    ({"licence": "cc0"}, ["kick_01"]),
    ({"licence": "none", "is_loop": True}, ["bass_138_Am", "pad_80_C"]),
    ({"kit": "techno 138 am", "tag": "dark"}, ["bass_138_Am", "kick_01"]),
    ({"category": "pad", "loudness": "-90..0"}, None),
]  # fmt: skip


@pytest.fixture
def rated(client: TestClient, stem_ids: list[str]) -> list[str]:
    kick, _, pad, _ = stem_ids
    client.patch(f"/api/v1/stems/{kick}", json={"user_rating": 2, "licence": "CC0 1.0"})
    client.patch(f"/api/v1/stems/{pad}", json={"user_rating": 5})
    return stem_ids


@pytest.mark.parametrize(("filters", "names"), FILTERS, ids=lambda value: str(value)[:40])
def test_every_door_understands_them_alike(
    client: TestClient, rated: list[str], filters: dict[str, Any], names: list[str] | None
) -> None:
    listed = client.get("/api/v1/stems/", params=filters)
    assert listed.status_code == 200, listed.text
    ids = {one["id"] for one in listed.json()["items"]}
    if names is not None:
        assert sorted(one["name"] for one in listed.json()["items"]) == names
    found = client.get("/api/v1/search/", params={**filters, "limit": 50}).json()["hits"]
    assert {hit["stem"]["id"] for hit in found} == ids
    hat = rated[3]
    matched = client.get(f"/api/v1/stems/{hat}/matches", params=filters).json()["matches"]
    assert {match["stem"]["id"] for match in matched} == ids - {hat}
    body = {"filter": filters, "changes": {"add_tags": ["seen"]}, "preview": True}
    assert client.post("/api/v1/stems/edit", json=body).json()["selected"] == len(ids)


@pytest.mark.parametrize("name", ["bpm", "duration", "loudness", "rating"])
def test_a_range_that_is_none_is_refused_by_its_name(client: TestClient, name: str) -> None:
    for path in ("/api/v1/stems/", "/api/v1/search/", "/api/v1/stems/x/matches"):
        answer = client.get(path, params={name: "loud"})
        problem = assert_problem(answer, 422, "validation_failed")
        assert problem["errors"][0]["field"] == f"query.{name}"
