"""What the browser gets of the engine, and what not."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette

from src.ui.media import TOKEN, media_routes, media_url
from src.ui.studio_settings import StudioSettings

SOUND = b"RIFF" + bytes(range(100))


def engine(request: httpx.Request) -> httpx.Response:
    assert request.headers["x-api-key"] == "secret"
    if "cookie" in request.headers:
        return httpx.Response(500)
    headers = {"content-type": "audio/wav", "accept-ranges": "bytes", "set-cookie": "a=b"}
    if request.url.path.endswith("gone/audio"):
        return httpx.Response(404, stream=httpx.ByteStream(b"{}"))
    if request.headers.get("range") == "bytes=0-3":
        headers["content-range"] = f"bytes 0-3/{len(SOUND)}"
        return httpx.Response(206, stream=httpx.ByteStream(SOUND[:4]), headers=headers)
    return httpx.Response(200, stream=httpx.ByteStream(SOUND), headers=headers)


def requested(
    path: str,
    answering: Callable[[httpx.Request], httpx.Response] = engine,
    **headers: str,
) -> httpx.Response:
    place = StudioSettings("http://engine:8000", "secret")
    app = Starlette(routes=media_routes(place, transport=httpx.MockTransport(answering)))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def test_sound_comes_in_ranges_and_may_run_nothing() -> None:
    answer = requested(media_url("/api/v1/stems/abc/audio"), range="bytes=0-3", cookie="x=y")
    assert (answer.status_code, answer.content) == (206, b"RIFF")
    assert answer.headers["content-range"] == f"bytes 0-3/{len(SOUND)}"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_what_the_engine_refuses_is_refused() -> None:
    assert requested(media_url("/api/v1/stems/gone/audio")).status_code == 404


def test_names_with_spaces_and_questions_arrive_as_they_are() -> None:
    seen: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path.decode())
        return httpx.Response(200, stream=httpx.ByteStream(b"x"))

    requested(media_url("/api/v1/tracks/t1/exports/stems/01%20kick.wav"), answering)
    requested(media_url("/api/v1/tracks/t1/waveform?points=600"), answering)
    assert seen == [
        "/api/v1/tracks/t1/exports/stems/01%20kick.wav",
        "/api/v1/tracks/t1/waveform?points=600",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/studio/wrong/api/v1/stems/abc/audio",
        "/studio/TOKEN/api/v1/stems/abc",
        "/studio/TOKEN/api/v1/settings",
        "/studio/TOKEN/api/v1/stems/abc/audio/more",
        "/studio/TOKEN/api/v1/stems/abc/audiofile",
        "/studio/TOKEN/api/v1/stems/abc/def/audio",
        "/studio/TOKEN/api/v1/tracks/t1/waveform/more",
        "/studio/TOKEN/api/v1/library/mapping",
        "/studio/TOKEN/files/a/b.wav",
        "/studio/TOKEN/more/files/a.wav",
        "/studio/TOKEN/files/%2e%2e/secret",
        "/studio/TOKEN/api/v1/tracks/t1/exports/../../../settings",
        "/studio/TOKEN/api/v1/tracks/t1/exports/%2e%2e/%2e%2e/x",
    ],
)
def test_nothing_else_is_handed_out(path: str) -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"the engine was asked for {request.url}")

    assert requested(path.replace("TOKEN", TOKEN), answering).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/settings",
        "/api/v1/stems/abc/audio/more",
        "/api/v1/library/map/more?points=6",
        "/files/a/b.wav",
        "/more/files/a.wav",
        "/files/?x",
    ],
)
def test_only_what_the_browser_may_ask_gets_an_address(path: str) -> None:
    with pytest.raises(ValueError, match="may not ask"):
        media_url(path)


def test_an_engine_that_is_away_is_told() -> None:
    def answering(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert requested(media_url("/files/a.wav"), answering).status_code == 502
