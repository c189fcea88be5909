"""Named keys, the number of a request, and the audit log over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from src.main import create_app
from tests.api.checks import assert_problem
from tests.api.stand_ins import StandIns

KEY = "correct-horse-battery"
PATCHED = {"user_rating": 5}


@pytest.fixture
def guarded(services: StandIns) -> Iterator[TestClient]:
    services.settings.api_key = SecretStr(KEY)
    app = create_app(services.settings, build=lambda _: services)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def key(services: StandIns, name: str = "phone", *, read_only: bool = False) -> dict[str, str]:
    return {"X-API-Key": services.keys.create(name, read_only=read_only).key}


def lines(client: TestClient, **params: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/audit", params=params, headers={"X-API-Key": KEY})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_named_key_opens_until_it_is_revoked(guarded: TestClient, services: StandIns) -> None:
    sent = key(services)
    assert guarded.get("/api/v1/stems/").status_code == 401
    assert guarded.get("/api/v1/stems/", headers=sent).status_code == 200
    bearer = {"authorization": f"Bearer {sent['X-API-Key']}"}
    assert guarded.get("/api/v1/stems/", headers=bearer).status_code == 200
    assert guarded.get("/readyz", headers=sent).json()["library"] is not None
    services.keys.revoke("phone")
    assert_problem(guarded.get("/api/v1/stems/", headers=sent), 401, "unauthorised")
    assert guarded.get("/api/v1/stems/", headers={"X-API-Key": KEY}).status_code == 200


def test_a_key_for_reading_changes_nothing(
    guarded: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    sent = key(services, read_only=True)
    path = f"/api/v1/stems/{stem_ids[0]}"
    assert guarded.get(path, headers=sent).status_code == 200
    plan = guarded.post("/api/v1/plans", json={"prompt": "techno"}, headers=sent)
    assert plan.status_code == 200
    for method, at, body in (
        ("PATCH", path, PATCHED), ("DELETE", path, None), ("POST", "/preprocess", None),
        ("POST", "/generate-track", {"prompt": "techno"}), ("POST", "/preprocess/", None),
    ):  # fmt: skip
        answer = guarded.request(method, at, json=body, headers=sent)
        assert_problem(answer, 403, "read_only_key")
    assert lines(guarded) == []


def test_its_last_use_is_told(guarded: TestClient, services: StandIns) -> None:
    sent = key(services)
    (before,) = services.keys.all()
    guarded.get("/api/v1/stems/", headers=sent)
    (after,) = services.keys.all()
    assert before.last_used_at is None
    assert after.last_used_at is not None


def test_a_revoked_key_is_wrong_where_none_is_needed_too(
    client: TestClient, services: StandIns
) -> None:
    sent = key(services)
    assert client.get("/api/v1/stems/", headers=sent).status_code == 200
    services.keys.revoke("phone")
    assert_problem(client.get("/api/v1/stems/", headers=sent), 401, "unauthorised")
    assert client.get("/api/v1/stems/").status_code == 200


def test_what_changed_something_leaves_a_line(
    guarded: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    path = f"/api/v1/stems/{stem_ids[0]}"
    sent = {**key(services), "X-Request-ID": "mine-1"}
    changed = guarded.patch(path, json=PATCHED, headers=sent)
    assert changed.headers["x-request-id"] == "mine-1"
    guarded.post("/api/v1/collections", json={"name": "album"}, headers={"X-API-Key": KEY})
    newest, first = lines(guarded)
    assert (newest["who"], newest["what"]) == ("API_KEY", "POST /api/v1/collections")
    assert (newest["status"], len(newest["request_id"])) == (201, 32)
    told = {name: first[name] for name in ("who", "what", "status", "request_id")}
    assert told == {
        "who": "phone", "what": f"PATCH {path}", "status": 200, "request_id": "mine-1",
    }  # fmt: skip
    assert lines(guarded, who="phone") == [first]


def test_what_changed_nothing_leaves_none(client: TestClient, stem_ids: list[str]) -> None:
    client.get("/api/v1/stems/")
    client.post("/api/v1/plans", json={"prompt": "techno"})
    assert client.patch(f"/api/v1/stems/{stem_ids[0]}", json={"bpm": -1}).status_code == 422
    assert client.delete("/api/v1/stems/nothing").status_code == 404
    assert client.get("/api/v1/audit").json()["total"] == 0


def test_without_a_key_it_was_this_machine(client: TestClient) -> None:
    client.post("/api/v1/collections", json={"name": "album"})
    (line,) = client.get("/api/v1/audit").json()["items"]
    assert line["who"] == "this machine"


def test_a_refusal_has_a_number_too(guarded: TestClient) -> None:
    assert guarded.get("/api/v1/stems/").headers["x-request-id"]


def test_a_log_that_cannot_be_written_does_not_undo_what_happened(
    client: TestClient, services: StandIns, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr("src.db.access.audit.add_line", locked)
    assert client.post("/api/v1/collections", json={"name": "album"}).status_code == 201
    assert "POST /api/v1/collections by this machine" in caplog.text
