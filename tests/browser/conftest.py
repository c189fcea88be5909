"""A browser in front of a studio with the demo kits."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.studio import CHROMIUM_ARGUMENTS, ROOT, Studio, chromium, running_studio
from tests.browser.waiting import PATIENCE_MS

ARTEFACTS = ROOT / "artefacts" / "screenshots"
# Streamlit looks for itself below a page's own address first, and takes a 404 for "not there".
_OWN_SEARCH = re.compile(r"/\w+/_stcore/(health|host-config)$")

Opener = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker takes all of them, one after another."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window; given back before tests whose event loops it bars."""
    found = chromium()
    if found is None:
        pytest.skip("chromium is not here: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def studio(
    browser: Browser, demo_library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Studio]:
    """Engine and studio on a copy of the analysed demo kits."""
    home = tmp_path_factory.mktemp("studio") / "home"
    shutil.copytree(demo_library, home)
    with running_studio(home) as running:
        yield running


@pytest.fixture
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens pages; at the end a screenshot of each, and no page may have told of an error."""
    pages: list[tuple[Page, list[str]]] = []

    def open_page(url: str, *, locale: str = "en-US") -> Page:
        page = browser.new_page(locale=locale, viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        answer: list[str] = []
        page.on("console", lambda message: answer.extend(_error_of(message)))
        page.on("pageerror", lambda error: answer.append(str(error)))
        pages.append((page, answer))
        page.goto(url)
        return page

    yield open_page
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "_", request.node.name)
    for number, (page, _) in enumerate(pages):
        page.screenshot(path=ARTEFACTS / f"{name}_{number}.png")
    for page, answer in pages:
        exceptions = page.get_by_test_id("stException").count()
        page.close()
        assert answer == [], f"the browser's console has errors: {answer}"
        assert exceptions == 0, "the page shows an exception"


def _error_of(message: ConsoleMessage) -> list[str]:
    if message.type != "error" or _OWN_SEARCH.search(message.location.get("url", "")):
        return []
    return [f"{message.text} ({message.location.get('url', '')})"]
