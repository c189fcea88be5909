"""Tags, conditions, compression and links of answers in JSON."""

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem

STEMS = "/api/v1/stems"


@pytest.fixture
def stem(client: TestClient, stem_ids: list[str]) -> str:
    return f"{STEMS}/{stem_ids[0]}"


def test_who_has_an_answer_does_not_get_it_again(client: TestClient, stem: str) -> None:
    tag = client.get(stem).headers["etag"]
    for names in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(stem, headers={"if-none-match": names})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"].replace("-gzip", "") == tag.replace("-gzip", "")
    client.patch(stem, json={"user_rating": 5})
    assert client.get(stem, headers={"if-none-match": tag}).status_code == 200


def test_an_update_that_would_be_lost_is_refused(client: TestClient, stem: str) -> None:
    first = client.get(stem).headers["etag"]
    mine = client.patch(stem, json={"user_rating": 5}, headers={"if-match": first})
    assert mine.status_code == 200
    theirs = client.patch(stem, json={"user_rating": 1}, headers={"if-match": first})
    assert_problem(theirs, 412, "changed_since")
    assert client.get(stem).json()["user_rating"] == 5
    now = client.get(stem).headers["etag"]
    assert client.delete(stem, headers={"if-match": f'"x", {now}'}).status_code == 200
    gone = client.patch(stem, json={"user_rating": 1}, headers={"if-match": "*"})
    assert_problem(gone, 412, "changed_since")


def test_an_answer_to_a_change_has_the_tag_of_what_is_there_now(
    client: TestClient, stem: str
) -> None:
    changed = client.patch(stem, json={"name": "Kick"})
    assert changed.headers["etag"] == client.get(stem).headers["etag"]


def test_large_answers_are_compressed_for_who_takes_it(client: TestClient) -> None:
    path = "/openapi.json"
    plain = client.get(path, headers={"accept-encoding": "identity"})
    small = client.get(path, headers={"accept-encoding": "br, gzip;q=0.5"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.json() == plain.json()
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert plain.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != small.headers["etag"]
    for refused in ("gzip;q=0", "gzip;q=0.0", ""):
        answer = client.get(path, headers={"accept-encoding": refused})
        assert "content-encoding" not in answer.headers
    assert "content-encoding" not in client.get("/healthz").headers


def test_pages_lead_to_those_before_and_after(client: TestClient, stem_ids: list[str]) -> None:
    answer = client.get(STEMS, params={"limit": 1, "offset": 1, "sort": "name"})
    assert set(answer.links) == {"first", "prev", "next"}
    names = [answer.json()["items"][0]["name"]]
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"])
        names.append(answer.json()["items"][0]["name"])
    assert len(names) == len(stem_ids) - 1
    assert names == sorted(names)
    assert set(answer.links) == {"first", "prev"}
