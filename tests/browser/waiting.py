"""Waits of the browser's tests: for a page to change, and for a job as long as it gets on."""

import re
import time
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.browser.studio import Studio
from tests.patience import PATIENCE_S

PATIENCE_MS = 1000 * PATIENCE_S
expect.set_options(timeout=PATIENCE_MS)


def ask(studio: Studio, path: str, **params: Any) -> Any:
    """What the engine answers."""
    url = studio.api_url + path
    return httpx.get(url, params=params, timeout=PATIENCE_S).raise_for_status().json()


def tell(studio: Studio, path: str, body: Any = None, **params: Any) -> Any:
    """What the engine answers to an order."""
    url = studio.api_url + path
    answer = httpx.post(url, json=body, params=params, timeout=PATIENCE_S)
    return answer.raise_for_status().json()


def let_jobs_end(studio: Studio) -> None:
    """Wait until no job is open; fails where none of them gets on."""
    seen: list[Any] = []
    changed = time.monotonic()
    while jobs := _open_jobs(studio):
        if jobs != seen:
            seen, changed = jobs, time.monotonic()
        assert time.monotonic() - changed < PATIENCE_S, f"nothing gets on: {jobs}"
        time.sleep(0.2)


def _open_jobs(studio: Studio) -> list[tuple[Any, ...]]:
    jobs = ask(studio, "/api/v1/jobs")["items"]
    told = [(job["id"], job["status"], job["progress"], job["message"]) for job in jobs]
    return [one for one in told if one[1] in ("queued", "running")]


def expect_done(studio: Studio, page: Page, kind: str) -> None:
    """Expect the page to tell that a job of a kind is done, however long that takes."""
    expect(page.get_by_text(re.compile(f"{kind}( ·|:)")).first).to_be_visible()
    let_jobs_end(studio)
    expect(page.get_by_text(f"{kind}: done")).to_be_visible()
