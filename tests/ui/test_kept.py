"""Values that a click puts into a box, and values that stand in the address."""

import pytest
from streamlit.testing.v1 import AppTest

from src.ui import kept
from tests.patience import PATIENCE_S


def _page() -> None:
    import streamlit as st

    from src.ui import kept

    st.button("example", on_click=kept.put, args=("prompt", "techno"))
    st.button("seed", on_click=kept.put, args=("seed", 7))
    st.markdown("said: " + kept.text(st.text_area, "Prompt", key="prompt"))
    number = kept.number(st.number_input, "Seed", (0, 100), key="seed")
    st.caption(f"seed: {number}")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(_page, default_timeout=PATIENCE_S)


def said(page: AppTest) -> str:
    assert not page.exception
    return str(page.markdown[0].value).strip()


def test_a_click_puts_a_text_into_the_box_and_the_address(page: AppTest) -> None:
    assert said(page.run()) == "said:"
    assert said(page.button[0].click().run()) == "said: techno"
    assert page.text_area[0].value == "techno"
    assert page.query_params["prompt"] == "techno"
    assert said(page.run()) == "said: techno"


def test_an_old_state_that_a_quick_click_brings_undoes_nothing(page: AppTest) -> None:
    page.run()
    page.button[0].click().run()
    assert said(page.text_area[0].input("").run()) == "said: techno"
    assert page.text_area[0].value == "techno"


def test_an_emptied_box_stays_empty(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    page.run()
    page.button[0].click().run()
    monkeypatch.setattr(kept, "PUT_LASTS_S", 0.0)
    assert said(page.text_area[0].input("").run()) == "said:"


def test_what_is_typed_before_and_after_counts(page: AppTest) -> None:
    page.run()
    assert said(page.text_area[0].input("mine").run()) == "said: mine"
    assert said(page.button[0].click().run()) == "said: techno"
    assert said(page.text_area[0].input("mine again").run()) == "said: mine again"
    assert said(page.button[0].click().run()) == "said: techno"


def test_a_number_is_put(page: AppTest) -> None:
    page.run()
    assert page.caption[0].value == "seed: None"
    page.button[1].click().run()
    assert page.caption[0].value == "seed: 7"


def test_a_box_begins_with_what_the_address_says(page: AppTest) -> None:
    page.query_params["prompt"] = "deep house"
    page.query_params["seed"] = "900"
    assert said(page.run()) == "said: deep house"
    assert page.caption[0].value == "seed: None", "beyond its limits"
