"""Who comes for the first time: an empty library, the demo kits, a first track; and no engine."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Opener
from tests.browser.studio import Studio, running_studio
from tests.browser.test_pages import assert_is_heard
from tests.browser.waiting import ask, expect_done
from tests.patience import PATIENCE_S


@pytest.fixture
def empty(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running_studio(tmp_path_factory.mktemp("empty")) as running:
        yield running


def test_from_an_empty_library_to_a_first_track_and_a_studio_without_engine(
    empty: Studio, opened: Opener
) -> None:
    started = time.monotonic()
    page = opened(f"{empty.url}/search")
    expect(page.get_by_text("There are no sounds yet.")).to_be_visible()
    page.get_by_role("button", name="Bring sounds in").click()
    page.get_by_role("button", name="Load the demo kits").click()
    expect_done(empty, page, "Demo kits")
    assert ask(empty, "/readyz")["library"]["stems"] == 63
    page.get_by_role("button", name="Make a track").click()
    example = "driving industrial techno 138 bpm"
    page.get_by_role("button", name=example).click()
    expect(page.get_by_label("What should it be?")).to_have_value(example)
    page.get_by_role("button", name="Make the track").click()
    player = page.get_by_role("group", name="driving industrial techno")
    expect(player).to_be_visible()
    assert_is_heard(player.locator("audio"))
    print(f"first track after {time.monotonic() - started:.0f} s")
    empty.engine.terminate()
    empty.engine.wait(PATIENCE_S)
    page.goto(f"{empty.url}/library")
    expect(page.get_by_text("The engine does not answer.")).to_be_visible()
