"""Under which names the studio answers."""

import contextlib

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from src.ui.hosts import HostGuard

PUBLISHED_AT = "127.0.0.1,Studio.example"


@pytest.fixture
def studio() -> TestClient:
    """A client of a studio with one page and one websocket."""

    async def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse("sounds")

    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("sounds")
        await socket.close()

    routes = [
        Route("/anything", page, methods=["GET", "POST"]),
        WebSocketRoute("/_stcore/stream", stream),
    ]
    guard = Middleware(HostGuard, published_at=PUBLISHED_AT)
    return TestClient(Starlette(routes=routes, middleware=[guard]))


def opens(studio: TestClient, headers: dict[str, str]) -> bool:
    """Whether the websocket lets in a request with these headers."""
    with (
        contextlib.suppress(WebSocketDisconnect),
        studio.websocket_connect("/_stcore/stream", headers=headers) as stream,
    ):
        return stream.receive_text() == "sounds"
    return False


@pytest.mark.parametrize(
    "host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "192.168.1.5", "frontend:8501",
             "studio.example", "STUDIO.example.:443"],
)  # fmt: skip
def test_own_names_and_addresses_are_answered(studio: TestClient, host: str) -> None:
    assert studio.get("/anything", headers={"host": host}).status_code == 200
    assert opens(studio, {"host": host, "origin": f"https://{host}"})


@pytest.mark.parametrize(
    "host", ["rebound.example", "studio.example.evil.example", "127.0.0.1.evil.example", "",
             "user@localhost", "localhost/x", "studio.example:port"],
)  # fmt: skip
def test_a_strangers_name_reads_nothing(studio: TestClient, host: str) -> None:
    assert studio.get("/anything", headers={"host": host}).status_code == 403
    assert not opens(studio, {"host": host, "origin": f"http://{host}"})


def test_pages_of_others_may_neither_connect_nor_change(studio: TestClient) -> None:
    headers = {"host": "localhost:8501", "origin": "https://evil.example"}
    assert not opens(studio, headers)
    assert studio.post("/anything", headers=headers).status_code == 403
    assert studio.get("/anything", headers=headers).status_code == 200
    behind_proxy = {"host": "frontend:8501", "origin": "https://studio.example"}
    assert opens(studio, behind_proxy)
