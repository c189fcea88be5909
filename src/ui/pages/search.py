"""Finding sounds: by words, by filters, like another one, fitting another one, by an example."""

from typing import Any

import streamlit as st

from src.ui import kept
from src.ui.client import ApiProblem, Outgoing
from src.ui.colours import CATEGORIES
from src.ui.pages.upload import SOUNDS
from src.ui.problems import problems_shown, show_problem
from src.ui.state import (
    api,
    collections,
    go,
    kits,
    ready,
    remember,
    requested,
    requested_number,
    t,
    word,
)
from src.ui.views.stem_card import stem_card

PAGE = 8
MOST = 80
BPM_RANGE = (40, 220)
LENGTH_RANGE = (0, 30)
_ASPECTS = ("overall", "timbre", "rhythm", "pitch")


def show() -> None:
    """Show the page."""
    st.title(t("search.title"))
    if ready()["library"]["stems"] == 0:
        st.info(t("search.empty"), icon=":material/info:")
        if st.button(t("search.to_upload"), type="primary"):
            go("pages/1_Upload_Stems.py")
        return
    _prompt()
    filters = _filters()
    _by_sound(filters)
    with problems_shown():
        _results(filters)


def _prompt() -> None:
    with st.form("search", border=False):
        words, button = st.columns([6, 1], vertical_alignment="bottom")
        kept.text(
            words.text_input, t("search.prompt"), key="q", type="search", max_chars=1000,
            placeholder=t("search.placeholder"),
        )  # fmt: skip
        button.form_submit_button(
            t("search.button"), type="primary", icon=":material/search:", width="stretch"
        )


def _filters() -> dict[str, Any]:
    """Collect the filters as the API takes them."""
    with st.expander(t("search.filters"), icon=":material/tune:", key="filters"):
        chosen = _categories_and_kind()
        chosen |= _tempo_and_key()
        chosen |= _positions()
    return chosen


def _categories_and_kind() -> dict[str, Any]:
    categories = kept.several(
        st.pills, t("stem.category"), CATEGORIES, key="category", selection_mode="multi",
        format_func=lambda one: word("category", one),
    )  # fmt: skip
    left, right = st.columns(2)
    kind = kept.one(
        left.segmented_control, t("stem.kind"), ("loop", "one_shot"), key="kind",
        format_func=lambda one: t(f"stem.{one}"),
    )  # fmt: skip
    low, high = kept.span(right.slider, t("search.length"), LENGTH_RANGE, key="length")
    return {
        "category": categories or None,
        "is_loop": None if kind is None else kind == "loop",
        "duration_min_s": low if low > LENGTH_RANGE[0] else None,
        "duration_max_s": high if high < LENGTH_RANGE[1] else None,
    }


def _tempo_and_key() -> dict[str, Any]:
    tempo, key_name, mixes, over = st.columns([3, 2, 2, 3], vertical_alignment="bottom")
    low, high = kept.span(tempo.slider, t("search.bpm"), BPM_RANGE, key="bpm")
    key = kept.text(
        key_name.text_input, t("stem.key"), key="key", placeholder="Am, F#m, 8A", max_chars=16
    )
    compatible = kept.switch(mixes.toggle, t("search.compatible"), key="compatible")
    chords = kept.text(
        over.text_input, t("stem.chords"), key="chords", placeholder="Am F C G", max_chars=200
    )
    return {
        "chords": chords or None,
        "bpm_min": low if low > BPM_RANGE[0] else None,
        "bpm_max": high if high < BPM_RANGE[1] else None,
        "key": key or None,
        "compatible": (bool(key) and compatible) or None,
    }


def _positions() -> dict[str, Any]:
    kit_row, sets_row, rating_row = st.columns(3)
    names = [kit["name"] for kit in kits()]
    sets = {one["id"]: one["name"] for one in collections()}
    every = t("search.any")
    kit = kept.one(kit_row.selectbox, t("search.kit"), names, key="kit", placeholder=every)
    collection = kept.one(
        sets_row.selectbox, t("search.collection"), list(sets), key="collection",
        format_func=lambda one: sets.get(one, one), placeholder=every,
    )  # fmt: skip
    stars = kept.one(
        rating_row.selectbox, t("search.rating"), (1, 2, 3, 4, 5), key="rating",
        format_func=lambda one: "★" * one, placeholder=every,
    )  # fmt: skip
    varied = kept.switch(kit_row.toggle, t("search.spread"), key="varied")
    folded = kept.switch(sets_row.toggle, t("search.fold"), key="fold")
    return {
        "kit": kit,
        "collection": collection,
        "rating": f"{stars}.." if stars else None,
        "spread": 0.5 if varied else None,
        "fold": folded or None,
    }


def _by_sound(filters: dict[str, Any]) -> None:
    with st.expander(t("search.by_sound"), icon=":material/mic:", key="by-sound"):
        file = st.file_uploader(t("search.example"), type=SOUNDS, key="example")
        aspect = st.segmented_control(
            t("search.aspect"),
            _ASPECTS,
            format_func=lambda one: t(f"search.{one}"),
            default="overall",
            required=True,
            key="aspect",
        )
        if file is None:
            return
        outgoing = Outgoing(file.name, file, file.type or "audio/wav")
        params = {**filters, "aspect": aspect, "limit": PAGE}
        with problems_shown():
            answer = api().send_file(
                "/api/v1/search/by-sound", outgoing, name="file", params=params
            )
            _hits(answer, "example")


def _results(filters: dict[str, Any]) -> None:
    prompt, like, fits = requested("q"), requested("like"), requested("fits")
    _references(like, fits)
    if not prompt and not like and not fits and not any(filters.values()):
        _ideas()
        return
    limit = requested_number("n", PAGE, at_least=PAGE, at_most=MOST)
    wanted = {**filters, "prompt": prompt, "like": like, "fits": fits, "limit": limit}
    answer = api().get("/api/v1/search/", wanted)
    if answer["did_you_mean"]:
        _meant(answer["did_you_mean"])
    _hits(answer, "hit")
    if len(answer["hits"]) == limit and limit < min(answer["total"], MOST):
        st.button(
            t("search.more"), key="more", on_click=remember, kwargs={"n": min(limit + PAGE, MOST)}
        )


def _meant(text: str) -> None:
    st.button(
        t("search.did_you_mean", text=text), type="tertiary", key="meant",
        on_click=kept.put, args=("q", text),
    )  # fmt: skip


def _references(like: str, fits: str) -> None:
    for name, stem_id in (("like", like), ("fits", fits)):
        if not stem_id:
            continue
        try:
            stem = api().get(f"/api/v1/stems/{stem_id}")
        except ApiProblem as problem:
            show_problem(problem)
            stem = None
        told, away = st.columns([6, 1], vertical_alignment="center")
        told.markdown(t(f"search.{name}", name=stem["name"] if stem else stem_id))
        away.button(
            t("search.clear"), key=f"clear-{name}", on_click=remember, kwargs={name: None},
            icon=":material/close:",
        )  # fmt: skip


def _hits(answer: dict[str, Any], key: str) -> None:
    hits = answer["hits"]
    if not hits:
        st.info(t("search.nothing"), icon=":material/search_off:")
        return
    st.caption(t("search.found_of", count=len(hits), total=answer["total"]))
    for hit in hits:
        stem = hit["stem"]
        stem_card(stem, key=f"{key}-{stem['id']}", why=hit["reasons"], score=hit["score"])
        if hit["duplicates"]:
            st.caption(t("search.duplicates", count=len(hit["duplicates"])))


def _ideas() -> None:
    st.caption(t("search.ideas"))
    row = st.container(horizontal=True)
    for number in (1, 2, 3, 4):
        text = t(f"search.idea_{number}")
        row.button(text, key=f"idea-{number}", on_click=kept.put, args=("q", text))
    page = api().get("/api/v1/stems/", {"limit": 4})
    st.caption(t("search.newest"))
    for stem in page["items"]:
        stem_card(stem, key=f"new-{stem['id']}")
