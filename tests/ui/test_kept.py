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


def _filters() -> None:
    import streamlit as st

    from src.ui import kept

    german = {"loop": "Schleife", "one_shot": "Einzelklang", "kick": "Bassdrum", "bass": "Bass"}
    kind = kept.one(
        st.selectbox, "Art", ("loop", "one_shot"), key="kind", format_func=german.__getitem__
    )
    chosen = kept.several(
        st.multiselect, "Sorte", ("kick", "bass"), key="category", format_func=german.__getitem__
    )
    tempo = kept.span(st.slider, "Tempo", (40, 220), key="bpm")
    varied = kept.switch(st.toggle, "Bunt", key="varied")
    st.markdown(f"said: {kind} {chosen} {tempo} {varied}")


@pytest.fixture
def filters() -> AppTest:
    return AppTest.from_function(_filters, default_timeout=30)


def test_the_address_names_options_whatever_the_visitor_reads(filters: AppTest) -> None:
    assert said(filters.run()) == "said: None [] (40, 220) False"
    assert dict(filters.query_params) == {}
    filters.selectbox[0].select("loop")
    filters.multiselect[0].select("kick").select("bass")
    filters.slider[0].set_range(90, 130)
    filters.toggle[0].set_value(True)
    assert said(filters.run()) == "said: loop ['kick', 'bass'] (90, 130) True"
    assert dict(filters.query_params) == {
        "kind": "loop", "category": "kick,bass", "bpm": "90..130", "varied": "1",
    }  # fmt: skip


def test_what_the_address_names_is_chosen_and_nonsense_is_left_out(filters: AppTest) -> None:
    filters.query_params["kind"] = "one_shot"
    filters.query_params["category"] = "bass,cowbell"
    filters.query_params["bpm"] = "90..900"
    filters.query_params["varied"] = "perhaps"
    assert said(filters.run()) == "said: one_shot ['bass'] (90, 220) False"
    assert filters.selectbox[0].value == "one_shot"


def test_what_is_back_at_its_default_leaves_the_address(filters: AppTest) -> None:
    filters.query_params["kind"] = "loop"
    filters.query_params["bpm"] = "90..130"
    assert said(filters.run()) == "said: loop [] (90, 130) False"
    filters.selectbox[0].set_value(None)
    filters.slider[0].set_range(40, 220)
    assert said(filters.run()) == "said: None [] (40, 220) False"
    assert dict(filters.query_params) == {}
