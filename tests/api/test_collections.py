"""Favourites and named sets over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem

COLLECTIONS = "/api/v1/collections"


def made(client: TestClient, name: str, *stem_ids: str) -> dict[str, Any]:
    answer = client.post(COLLECTIONS, json={"name": name, "stem_ids": list(stem_ids)})
    assert answer.status_code == 201
    body: dict[str, Any] = answer.json()
    return body


def test_favourites_are_there_from_the_start(client: TestClient) -> None:
    only = client.get(COLLECTIONS).json()["items"]
    assert [(one["id"], one["stems"], one["built_in"]) for one in only] == [("favourites", 0, True)]


def test_stems_go_in_and_out(client: TestClient, stem_ids: list[str]) -> None:
    where = f"{COLLECTIONS}/favourites/stems"
    assert client.post(where, json={"add": stem_ids[:2]}).json()["added"] == stem_ids[:2]
    answer = client.post(where, json={"add": stem_ids[1:3], "remove": stem_ids[:1]}).json()
    assert (answer["added"], answer["removed"], answer["stems"]) == (
        [stem_ids[2]], [stem_ids[0]], 2,
    )  # fmt: skip
    detail = client.get(f"{COLLECTIONS}/favourites").json()
    assert set(detail["stem_ids"]) == set(stem_ids[1:3])


def test_an_unknown_stem_changes_nothing(client: TestClient, stem_ids: list[str]) -> None:
    where = f"{COLLECTIONS}/favourites/stems"
    client.post(where, json={"add": stem_ids[:1]})
    answer = client.post(where, json={"add": [stem_ids[1], "nobody"], "remove": stem_ids[:1]})
    assert_problem(answer, 404, "not_found")
    assert client.get(f"{COLLECTIONS}/favourites").json()["stem_ids"] == stem_ids[:1]


def test_names_are_trimmed_unique_and_sorted(client: TestClient) -> None:
    made(client, "  warm   pads ")
    made(client, "Drums")
    names = [one["name"] for one in client.get(COLLECTIONS).json()["items"]]
    assert names == ["Favourites", "Drums", "warm pads"]
    assert_problem(client.post(COLLECTIONS, json={"name": "WARM PADS"}), 409, "name_taken")


def test_a_name_neither_turns_nor_breaks_the_line(client: TestClient) -> None:
    assert made(client, "gnp.\u202edrums\n!")["name"] == "gnp.drums !"
    assert_problem(client.post(COLLECTIONS, json={"name": "\u202e"}), 422, "validation_failed")


def test_a_collection_is_renamed(client: TestClient) -> None:
    first, second = made(client, "one"), made(client, "two")
    where = f"{COLLECTIONS}/{first['id']}"
    assert client.patch(where, json={"name": "three", "note": "x"}).json()["name"] == "three"
    assert client.patch(where, json={"name": "Three"}).json()["name"] == "Three"
    assert_problem(client.patch(where, json={"name": second["name"]}), 409, "name_taken")


def test_what_was_deleted_can_be_brought_back(client: TestClient, stem_ids: list[str]) -> None:
    first = made(client, "album", *stem_ids)
    lost = client.delete(f"{COLLECTIONS}/{first['id']}").json()
    assert set(lost["stem_ids"]) == set(stem_ids)
    assert_problem(client.get(f"{COLLECTIONS}/{first['id']}"), 404, "not_found")
    again = client.post(COLLECTIONS, json=lost)
    assert again.status_code == 201
    assert (again.json()["id"], set(again.json()["stem_ids"])) == (first["id"], set(stem_ids))
    palette = {"prompt": "techno", "palette": {"collections": [first["id"]]}}
    assert client.post("/api/v1/plans", json=palette).status_code == 200
    assert_problem(client.post(COLLECTIONS, json=lost | {"name": "other"}), 409, "id_taken")
    assert client.get("/api/v1/stems/").json()["total"] == len(stem_ids)


def test_favourites_stay_what_they_are(client: TestClient) -> None:
    where = f"{COLLECTIONS}/favourites"
    assert_problem(client.delete(where), 409, "built_in")
    assert_problem(client.patch(where, json={"name": "mine"}), 409, "built_in")
    assert client.patch(where, json={"note": "the best"}).json()["note"] == "the best"


def test_a_removed_stem_leaves_its_collections(client: TestClient, stem_ids: list[str]) -> None:
    first = made(client, "album", *stem_ids)
    client.delete(f"/api/v1/stems/{stem_ids[0]}")
    left = client.get(f"{COLLECTIONS}/{first['id']}").json()["stem_ids"]
    assert set(left) == set(stem_ids[1:])


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "   "}, {"name": "x" * 101}, {"name": "a", "x": 1},
             {"name": "\x00"}, {"name": "a", "stem_ids": "x"}],
)  # fmt: skip
def test_wrong_collections_are_named(client: TestClient, body: dict[str, Any]) -> None:
    assert_problem(client.post(COLLECTIONS, json=body), 422, "validation_failed")


def test_a_stem_is_not_added_and_removed_at_once(client: TestClient, stem_ids: list[str]) -> None:
    where = f"{COLLECTIONS}/favourites/stems"
    answer = client.post(where, json={"add": stem_ids[:1], "remove": stem_ids[:1]})
    assert_problem(answer, 422, "validation_failed")
