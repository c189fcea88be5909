"""Who may ask."""

import socket
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from src.api.guard.access import FREE_PATHS, check_access
from src.cli import main
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.main import create_app
from tests.api.checks import assert_problem
from tests.api.serving import Serving
from tests.api.stand_ins import StandIns
from tests.patience import PATIENCE_S

KEY = "correct-horse-battery"


@pytest.fixture
def guarded(services: StandIns) -> Iterator[TestClient]:
    """A client without the key of an app that has one."""
    services.settings.api_key = SecretStr(KEY)
    app = create_app(services.settings, build=lambda _: services)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


# --- with a key ----------------------------------------------------------------------------


def test_nothing_but_its_health_and_its_docs_is_told_without_the_key(guarded: TestClient) -> None:
    document = guarded.get("/openapi.json").json()
    for path, item in document["paths"].items():
        for method in item:
            answer = guarded.request(method, path.replace("{", "").replace("}", ""))
            if path in FREE_PATHS:
                assert answer.status_code == 200, path
            else:
                assert_problem(answer, 401, "unauthorised")
    assert guarded.get("/docs").status_code == 200
    assert {"/healthz", "/readyz"} <= FREE_PATHS


@pytest.mark.parametrize(
    "headers",
    [{"X-API-Key": KEY}, {"Authorization": f"Bearer {KEY}"}, {"authorization": f"bearer  {KEY}"}],
)
def test_the_key_opens(guarded: TestClient, headers: dict[str, str]) -> None:
    assert guarded.get("/api/v1/stems/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": KEY[:-1]},
        {"X-API-Key": KEY + "x"},
        {"X-API-Key": KEY.upper()},
        {"Authorization": KEY},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": "Bearer "},
        {"X-API-Key": "", "Authorization": ""},
        {"X-API-Key": "schlüssel"},
    ],
)
def test_what_is_not_quite_the_key_does_not(guarded: TestClient, headers: dict[str, str]) -> None:
    raw = {name: value.encode("utf-8") for name, value in headers.items()}
    answer = guarded.get("/api/v1/stems/", headers=raw)
    problem = assert_problem(answer, 401, "unauthorised")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert KEY not in str(problem)


def test_the_key_does_not_go_into_the_address(guarded: TestClient) -> None:
    assert guarded.get(f"/api/v1/stems/?api_key={KEY}&X-API-Key={KEY}").status_code == 401


@pytest.mark.parametrize("path", ["/healthz/", "//healthz", "/docs/../api/v1/stems/", "/HEALTHZ"])
def test_no_spelling_leads_around_it(guarded: TestClient, path: str) -> None:
    assert guarded.get(path).status_code == 401


def test_sound_is_guarded_too(guarded: TestClient, services: StandIns) -> None:
    folder = services.settings.tracks_path
    (folder / "20261121_150000.wav").write_bytes(b"RIFF")
    path = "/files/20261121_150000.wav"
    assert_problem(guarded.get(path), 401, "unauthorised")
    assert_problem(guarded.get(path, headers={"range": "bytes=0-1"}), 401, "unauthorised")


def test_an_upload_without_the_key_is_not_read(services: StandIns) -> None:
    """Over a real socket: the answer comes, and the connection goes, before the body does."""
    services.settings.api_key = SecretStr(KEY)
    with (
        Serving(services) as port,
        socket.create_connection(("127.0.0.1", port), PATIENCE_S) as client,
    ):
        client.sendall(
            b"POST /api/v1/stems/upload HTTP/1.1\r\nHost: localhost\r\nX-API-Key: wrong-one\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000000\r\n\r\n"
        )
        answer = b""
        while piece := client.recv(65536):  # ends when the server hangs up
            answer += piece
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in answer.lower()
    assert not list(services.settings.raw_path.glob(".incoming-*"))


def test_who_guesses_keys_is_not_listened_to_for_a_while(guarded: TestClient) -> None:
    for number in range(20):
        answer = guarded.get("/api/v1/stems/", headers={"X-API-Key": f"guess-{number}"})
        assert_problem(answer, 401, "unauthorised")
    for key in ("guess-20", KEY):  # else the right one could still be found by trying
        answer = guarded.get("/api/v1/stems/", headers={"X-API-Key": key})
        assert_problem(answer, 429, "too_many_wrong_keys")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert guarded.get("/healthz").status_code == 200


def test_strangers_learn_that_it_is_ready_and_nothing_else(guarded: TestClient) -> None:
    stranger = guarded.get("/readyz").json()
    assert stranger["status"] == "ready"
    assert [stranger[name] for name in ("library", "embedder", "stems_without_vector")] == [
        None
    ] * 3
    assert guarded.get("/readyz", headers={"X-API-Key": KEY}).json()["library"]["stems"] == 0


def test_the_docs_know_where_the_key_goes(guarded: TestClient) -> None:
    document = guarded.get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert {"type": "apiKey", "in": "header", "name": "X-API-Key"}.items() <= schemes[
        "APIKeyHeader"
    ].items()
    assert schemes["HTTPBearer"]["scheme"] == "bearer"
    either = document["paths"]["/generate-track"]["post"]["security"]
    assert either == [{"APIKeyHeader": []}, {"HTTPBearer": []}]


# --- without a key -------------------------------------------------------------------------


def test_without_a_key_this_machine_may_ask(client: TestClient) -> None:
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000", "backend:8000"):
        assert client.get("/api/v1/stems/", headers={"host": host}).status_code == 200, host


@pytest.mark.parametrize("address", ["192.168.1.5", "203.0.113.9", "2001:db8::1"])
def test_without_a_key_other_machines_may_not(services: StandIns, address: str) -> None:
    """However the server was started: what counts is where the request came in."""
    app = create_app(services.settings, build=lambda _: services)
    netloc = f"[{address}]" if ":" in address else address
    with TestClient(app, base_url=f"http://{netloc}:8000") as reached:
        assert_problem(reached.get("/api/v1/stems/"), 403, "api_key_missing")
        assert reached.get("/healthz").status_code == 200


def test_a_container_that_is_published_here_alone_answers_its_network(services: StandIns) -> None:
    services.settings.published_at = "127.0.0.1,"
    app = create_app(services.settings, build=lambda _: services)
    with TestClient(app, base_url="http://172.18.0.2:8000") as inside:
        assert inside.get("/api/v1/stems/").status_code == 200


def test_a_name_led_here_from_outside_gets_nothing(client: TestClient) -> None:
    """A page of that name, led to 127.0.0.1, could read all there is."""
    answer = client.get("/api/v1/stems/", headers={"host": "evil.example:8000"})
    assert_problem(answer, 403, "api_key_missing")


def test_pages_of_other_sites_change_nothing(client: TestClient) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:3000", "http://[oops"):
        answer = client.post("/preprocess", headers={"origin": origin, "host": "localhost:8000"})
        assert_problem(answer, 403, "cross_origin")
    own = {"origin": "http://localhost:8000", "host": "localhost:8000"}
    assert client.post("/preprocess", headers=own).status_code == 202


# --- where it may listen -------------------------------------------------------------------


def test_without_a_key_it_listens_to_this_machine_alone(settings: Settings) -> None:
    check_access(settings, "127.0.0.1")
    for host in ("0.0.0.0", "::", "192.168.1.5", ""):
        with pytest.raises(ConflictError, match="set API_KEY") as caught:
            check_access(settings, host)
        assert caught.value.code == "api_key_missing"


def test_in_a_container_it_asks_where_that_is_published(settings: Settings) -> None:
    check_access(settings.model_copy(update={"published_at": "127.0.0.1,"}), "0.0.0.0")
    for published in ("0.0.0.0,", "127.0.0.1,studio.example", "127.0.0.1,localhost"):
        with pytest.raises(ConflictError, match="got"):
            check_access(settings.model_copy(update={"published_at": published}), "0.0.0.0")


def test_a_key_opens_the_door(settings: Settings) -> None:
    check_access(settings.model_copy(update={"api_key": SecretStr(KEY)}), "0.0.0.0")


@pytest.mark.parametrize(
    ("key", "rule"), [("short", "at least 8"), ("two words", "spaces"), ("schlüssel", "ASCII")]
)
def test_keys_that_are_none_are_refused_without_being_told(
    settings: Settings, key: str, rule: str
) -> None:
    with pytest.raises(InvalidInputError, match=rule) as caught:
        check_access(settings.model_copy(update={"api_key": SecretStr(key)}), "127.0.0.1")
    assert key not in str(caught.value)


def test_an_empty_key_is_none(settings: Settings) -> None:
    """Compose passes settings that nobody has set as empty ones."""
    assert Settings(api_key="").api_key is None
    assert KEY not in repr(Settings(api_key=KEY))


def test_the_command_says_what_is_missing(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    assert main(["serve", "--host", "0.0.0.0", "--port", "18999"]) == 1
    said = capsys.readouterr().err
    assert "0.0.0.0" in said
    assert "set API_KEY" in said
