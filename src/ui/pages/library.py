"""The library: its sounds in pages, kits, collections, refused files, the map, statistics."""

from collections.abc import Callable

import streamlit as st

from src.ui import kept
from src.ui.problems import problems_shown
from src.ui.state import go, ready, t
from src.ui.views.library_parts import collections_view, kits_view, map_view, statistics_view
from src.ui.views.quarantine_view import quarantine_view
from src.ui.views.stem_table import sounds_view

_VIEWS: dict[str, Callable[[], None]] = {
    "sounds": sounds_view,
    "kits": kits_view,
    "collections": collections_view,
    "map": map_view,
    "statistics": statistics_view,
    "quarantine": quarantine_view,
}


def show() -> None:
    """Show the page."""
    st.title(t("library.title"))
    view = kept.one(
        st.segmented_control,
        t("library.view"),
        list(_VIEWS),
        format_func=lambda one: t(f"library.{one}"),
        key="view",
        default="sounds",
        required=True,
        label_visibility="collapsed",
    )
    if ready()["library"]["stems"] == 0 and view != "quarantine":
        st.info(t("search.empty"), icon=":material/info:")
        if st.button(t("search.to_upload"), type="primary"):
            go("pages/1_Upload_Stems.py")
        return
    with problems_shown():
        _VIEWS[view]()
