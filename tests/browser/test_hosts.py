"""The running studio and names that are not its own."""

from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser.studio import Studio

UPGRADE = {
    "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/static/none.js", "/studio/x/files/a"])
def test_no_route_answers_a_strangers_name(studio: Studio, path: str) -> None:
    answer = httpx.get(studio.url + path, headers={"host": "rebound.example"})
    assert answer.status_code == 403
    assert httpx.get(studio.url + path).status_code != 403


def test_its_stream_does_not_open_for_a_strangers_name(studio: Studio) -> None:
    own = urlsplit(studio.url).netloc
    for host, status in (("rebound.example", 403), (own, 101)):
        headers = UPGRADE | {"host": host, "origin": f"http://{host}"}
        with httpx.stream("GET", f"{studio.url}/_stcore/stream", headers=headers) as answer:
            assert answer.status_code == status, host
