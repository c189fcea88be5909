"""The page as a script: the door, and an engine that is away."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from src.ui.pages.login import brake, is_right
from tests.browser.studio import free_port
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]

Start = Callable[..., AppTest]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """Opens the studio in front of an engine that is away."""

    def opened(lang: str = "en", **environment: str) -> AppTest:
        st.cache_resource.clear()
        st.cache_data.clear()
        monkeypatch.setenv("BACKEND_URL", f"http://127.0.0.1:{free_port()}")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        page = AppTest.from_file(ROOT / "app.py", default_timeout=PATIENCE_S)
        page.query_params["lang"] = lang
        return page.run()

    yield opened
    st.cache_resource.clear()


def test_an_engine_that_is_away_is_told_with_what_to_do(start: Start) -> None:
    page = start()
    assert not page.exception
    assert "does not answer" in page.error[0].value
    assert "make app" in page.error[0].value
    assert [button.label for button in page.button] == ["Try again"]


def test_without_the_password_nothing_is_shown(start: Start) -> None:
    page = start(APP_PASSWORD="open sesame")
    assert not page.exception
    assert not page.error, "not even the engine is asked"
    page.text_input("password").input("open")
    page.button[0].click().run()
    assert [error.value for error in page.error] == ["That is not the password."]
    page.text_input("password").input("open sesame")
    page.button[0].click().run()
    assert "does not answer" in page.error[0].value, "inside, where the engine is asked"


def test_who_guesses_the_password_has_to_wait(start: Start) -> None:
    page = start(APP_PASSWORD="open sesame")
    for _ in range(10):
        brake().wrong()
    page.text_input("password").input("open sesame")
    page.button[0].click().run()
    assert [error.value.partition(".")[0] for error in page.error] == ["Too many wrong passwords"]


def test_the_address_chooses_the_language(start: Start) -> None:
    assert "antwortet nicht" in start("de").error[0].value
    assert "does not answer" in start("xx").error[0].value


def test_an_umlaut_in_a_password_is_no_error() -> None:
    assert not is_right("x", "schön")
