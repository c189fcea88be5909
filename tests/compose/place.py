"""Where the services are, and how to ask them."""

import json
import os
import shlex
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from playwright.sync_api import Page, sync_playwright

API = os.environ.get("API_URL", "http://127.0.0.1:8000")
APP = os.environ.get("APP_URL", "http://127.0.0.1:8501")
KEY = os.environ.get("API_KEY", "")
COMPOSE = shlex.split(os.environ.get("DC") or os.environ.get("COMPOSE") or "docker-compose")
NOTES = Path("generated_tracks") / ".visit"
"""What the first visit keeps for the second: hidden, so no part of the library."""

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def requested(path: str) -> bytes:
    """What the API answers."""
    request = urllib.request.Request(API + path, headers={"X-API-Key": KEY} if KEY else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        data: bytes = answer.read()
    return data


def reported(path: str) -> Any:
    """What the API answers, as values."""
    return json.loads(requested(path))


def compose(*words: str, sink: IO[bytes] | None = None, source: IO[bytes] | None = None) -> str:
    """Run a compose command; its standard output unless that goes to ``sink``."""
    done = subprocess.run(
        [*COMPOSE, *words],
        stdin=subprocess.DEVNULL if source is None else source,
        stdout=subprocess.PIPE if sink is None else sink,
        check=True,
    )
    return "" if sink is not None else done.stdout.decode()


def until(what: str, true: Any, within_s: float = 180.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.5)


@contextmanager
def browser_page(address: str) -> Iterator[Page]:
    """A page of the studio. On an error a picture of it lies beside the notes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(_FLAGS)
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000}, locale="en-GB")
        page.set_default_timeout(300_000)
        try:
            page.goto(APP + address)
            yield page
            assert page.locator('[data-testid="stException"]').count() == 0
        except BaseException:
            page.screenshot(path=os.environ.get("VISIT_PICTURE", "visit.png"))
            raise
        finally:
            browser.close()


def heard(page: Page) -> int:
    """How many bytes of sound the first player's source answers with."""
    audio = page.locator("audio").first
    audio.wait_for(state="attached")
    answer = page.request.get(APP + str(audio.get_attribute("src")))
    assert answer.ok, answer.status
    body = answer.body()
    assert body[:4] == b"RIFF", body[:16]
    return len(body)
