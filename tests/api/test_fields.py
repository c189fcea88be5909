"""Answers with the fields that a client wants."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from src.api.fields import narrowed
from tests.api.checks import assert_problem


def test_each_stem_of_a_page_has_the_fields_asked_for(
    client: TestClient, stem_ids: list[str]
) -> None:
    page = client.get("/api/v1/stems/", params={"fields": "id, name", "sort": "name"}).json()
    assert page["total"] == len(stem_ids)
    assert {frozenset(one) for one in page["items"]} == {frozenset(("id", "name"))}


def test_a_single_stem_has_them_too(client: TestClient, stem_ids: list[str]) -> None:
    path = f"/api/v1/stems/{stem_ids[0]}"
    whole = client.get(path)
    answer = client.get(path, params={"fields": "bpm"})
    assert answer.json() == {"bpm": whole.json()["bpm"]}
    assert answer.headers["etag"] != whole.headers["etag"]
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_dot_leads_into_a_field(client: TestClient, stem_ids: list[str]) -> None:
    params = {"prompt": "kick", "fields": "stem.id,stem.key,score"}
    answer = client.get("/api/v1/search/", params=params).json()
    assert answer["hits"]
    assert all(set(one) == {"stem", "score"} for one in answer["hits"])
    assert all(set(one["stem"]) == {"id", "key"} for one in answer["hits"])
    assert answer["total"] == len(stem_ids)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/api/v1/stems/", "id,nmae"), ("/api/v1/search/", "stem.nmae"), ("/api/v1/jobs", ""),
        ("/api/v1/kits", "categories.kick"), ("/api/v1/tracks", "id.."), ("/api/v1/jobs", "items"),
    ],
)  # fmt: skip
def test_a_field_that_there_is_not_is_refused(client: TestClient, path: str, fields: str) -> None:
    problem = assert_problem(client.get(path, params={"fields": fields}), 422, "unknown_field")
    assert problem["detail"].startswith("fields must be some of ")


@pytest.mark.parametrize("path", ["collections", "kits", "jobs", "tracks", "quarantine"])
def test_other_lists_take_fields_and_come_in_pages(
    client: TestClient, stem_ids: list[str], path: str
) -> None:
    page = client.get(f"/api/v1/{path}", params={"fields": "id", "limit": 1}).json()
    assert page.keys() >= {"items", "total", "limit", "offset"}
    assert all(set(one) == {"id"} for one in page["items"])
    assert page["limit"] == 1


def test_kits_and_collections_lead_to_their_next_page(
    client: TestClient, stem_ids: list[str]
) -> None:
    client.post("/api/v1/collections", json={"name": "album"})
    for path in ("/api/v1/kits", "/api/v1/collections"):
        first = client.get(path, params={"limit": 1, "fields": "name"})
        second = client.get(first.links["next"]["url"])
        assert second.json()["items"][0] not in first.json()["items"]
        assert set(second.json()["items"][0]) == {"name"}
        assert "prev" in second.links


def test_a_search_leads_on_by_offset_and_by_cursor(client: TestClient, stem_ids: list[str]) -> None:
    first = client.get("/api/v1/search/", params={"prompt": "kick", "limit": 1})
    cursor = {"prompt": "kick", "limit": 1, "cursor": first.json()["next_cursor"]}
    by_cursor = client.get("/api/v1/search/", params=cursor)
    by_offset = client.get(first.links["next"]["url"])
    assert by_cursor.json()["hits"] == by_offset.json()["hits"]
    third = [client.get(one.links["next"]["url"]).json()["hits"] for one in (by_cursor, by_offset)]
    assert third[0] == third[1] != by_offset.json()["hits"]


@pytest.mark.parametrize(
    ("answer", "fields", "kept"),
    [
        ({"a": {"b": 1, "c": 2}, "d": 3}, "a.b", {"a": {"b": 1}}),
        ({"items": [{"a": 1, "b": 2}], "total": 1}, "b", {"items": [{"b": 2}], "total": 1}),
        ({"a": [{"b": 1, "c": 2}]}, "a.c", {"a": [{"c": 2}]}),
        ([1, 2], "a", [1, 2]),
    ],
)
def test_what_is_kept(answer: Any, fields: str, kept: Any) -> None:
    assert narrowed(answer, fields) == kept
