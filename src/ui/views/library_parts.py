"""The library's other views: kits, collections, the map of sounds, statistics."""

from typing import Any

import streamlit as st

from src.ui import formats, kept
from src.ui.client import ApiProblem
from src.ui.colours import CATEGORIES, CATEGORY_COLOURS
from src.ui.components import sound_map
from src.ui.markdown import plain
from src.ui.problems import show_problem
from src.ui.state import (
    api,
    collections,
    forget,
    go,
    joined,
    kits,
    ready,
    remember,
    requested_number,
    t,
    word,
)
from src.ui.views.pictures import bars_picture
from src.ui.views.stem_card import stem_card
from src.ui.views.stem_form import new_collection

_KITS_PAGE = 20


def kits_view() -> None:
    """Show every kit with what is in it."""
    every = kits()
    page = requested_number("page", 1, at_least=1)
    for kit in every[(page - 1) * _KITS_PAGE : page * _KITS_PAGE]:
        with st.container(border=True):
            row = st.container(horizontal=True, vertical_alignment="center")
            hints = joined([formats.tempo(kit["bpm_hint"]), kit["key_hint"] or ""])
            inside = ", ".join(
                f"{count} {word('category', name)}" for name, count in kit["categories"].items()
            )
            count = t("library.kit_counts", stems=kit["stems"], loops=kit["loops"])
            row.markdown(
                f"**{plain(kit['name'])}** {plain(joined([hints, count]))}  \n{plain(inside)}",
                width="stretch",
            )
            if row.button(t("library.open"), key=f"kit-{kit['id']}"):
                go("pages/4_Library.py", view="sounds", kit=kit["name"])
            if row.button(t("library.make_of"), key=f"make-{kit['id']}"):
                go("pages/3_Generate_Track.py", palette=f"k:{kit['id']}")
    _turn(page, len(every))


def _turn(page: int, total: int) -> None:
    if total <= _KITS_PAGE:
        return
    pages = (total + _KITS_PAGE - 1) // _KITS_PAGE
    row = st.container(horizontal=True, vertical_alignment="center")
    back, on = {"page": max(page - 1, 1)}, {"page": min(page + 1, pages)}
    row.button(t("library.before"), disabled=page <= 1, on_click=remember, kwargs=back)
    row.markdown(t("library.page", page=page, pages=pages, total=total))
    row.button(t("library.after"), disabled=page >= pages, on_click=remember, kwargs=on)


def collections_view() -> None:
    """Show favourites and named sets: open, rename, delete."""
    if st.button(t("collections.new"), icon=":material/add:", key="new-set"):
        new_collection()
    for one in collections():
        with st.container(border=True):
            row = st.container(horizontal=True, vertical_alignment="center")
            count = t("library.stems", count=one["stems"])
            row.markdown(f"**{plain(one['name'])}** {count}", width="stretch")
            if row.button(t("library.open"), key=f"set-{one['id']}"):
                go("pages/4_Library.py", view="sounds", collection=one["id"])
            if row.button(t("library.make_of"), key=f"make-{one['id']}"):
                go("pages/3_Generate_Track.py", palette=f"c:{one['id']}")
            if not one["built_in"]:
                with row.popover(t("collections.change"), key=f"change-{one['id']}"):
                    _collection_changes(one)


def _collection_changes(one: dict[str, Any]) -> None:
    path = f"/api/v1/collections/{one['id']}"
    name = st.text_input(t("collections.name"), one["name"], key=f"name-{one['id']}", max_chars=100)
    renamed = st.button(t("common.save"), key=f"rename-{one['id']}", disabled=name == one["name"])
    deleted = st.button(t("collections.delete"), key=f"delete-{one['id']}")
    try:
        if renamed:
            api().patch(path, {"name": name})
        if deleted:
            api().delete(path)
    except ApiProblem as problem:
        show_problem(problem)
        return
    if renamed or deleted:
        forget()
        st.rerun()


def map_view() -> None:
    """Show the map of sounds: a click plays, and shows the sound below."""
    category = kept.one(
        st.selectbox, t("stem.category"), CATEGORIES, key="category",
        format_func=lambda one: word("category", one), placeholder=t("search.any"),
    )  # fmt: skip
    chosen = sound_map(category=category, key=f"map-{category or 'all'}")
    if chosen:
        st.session_state["map_chosen"] = chosen
    if "map_chosen" in st.session_state:
        stem_id = st.session_state["map_chosen"]
        stem_card(api().get(f"/api/v1/stems/{stem_id}"), key=f"map-{stem_id}")


def statistics_view() -> None:
    """Show how much there is of what."""
    answer = ready()
    counts = answer["library"]
    for column, name in zip(st.columns(4), ("stems", "kits", "tracks", "quarantined"), strict=True):
        column.metric(t(f"library.count_{name}"), counts[name])
    if answer["stems_without_vector"]:
        st.warning(t("library.unheard", count=answer["stems_without_vector"]))
    facets = _facets()
    named = {word("category", name): count for name, count in facets["category"].items()}
    colours = {word("category", name): colour for name, colour in CATEGORY_COLOURS.items()}
    left, right = st.columns(2)
    with left:
        _bars(t("stem.category"), named, colours)
        _bars(t("stem.tags"), _largest(facets["tags"], 15))
    with right:
        _bars(t("stem.bpm"), facets["bpm"])
        _bars(t("stem.key"), _largest(facets["key"], 24))
        _bars(t("stem.kind"), facets["kind"])


def _facets() -> dict[str, dict[str, float]]:
    """Return counts by category, key, tag, tempo and kind."""
    answer = api().get("/api/v1/search/facets")
    loops = answer["is_loop"]
    return {
        "category": _largest(answer["category"], 20),
        "key": answer["key"],
        "tags": answer["tags"],
        "bpm": {f"{one['from']:g}–{one['to']:g}": one["count"] for one in answer["bpm"]},
        "kind": {t("stem.loop"): loops["true"], t("stem.one_shot"): loops["false"]},
    }


def _largest(counts: dict[str, float], most: int) -> dict[str, float]:
    return dict(sorted(counts.items(), key=lambda one: -one[1])[:most])


def _bars(title: str, counts: dict[str, float], colours: dict[str, str] | None = None) -> None:
    if not counts:
        return
    st.markdown(f"**{title}**")
    alt = ", ".join(f"{name} {count:g}" for name, count in counts.items()).replace('"', "'")
    st.image(bars_picture(counts, colours), width="stretch", alt=alt)
