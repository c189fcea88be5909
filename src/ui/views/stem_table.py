"""The table of sounds: one page at a time, sorted and filtered by the engine; many at once."""

from typing import Any

import streamlit as st

from src.ui import formats, kept
from src.ui.colours import CATEGORIES
from src.ui.state import api, collections, kits, remember, requested_number, t, word
from src.ui.views.bulk import bulk_panel
from src.ui.views.stem_card import stem_card

PAGE = 50
_SORTS = ("imported_at", "name", "category", "bpm", "key", "duration_s", "loudness_lufs",
          "user_rating")  # fmt: skip


def sounds_view() -> None:
    """Show filters, one page of the table, and what can be done with the chosen ones."""
    filters = _filters()
    sort = _sorting()
    page = requested_number("page", 1, at_least=1)
    requested = {**filters, "sort": sort, "limit": PAGE, "offset": (page - 1) * PAGE}
    answer = api().get("/api/v1/stems/", requested)
    total = answer["total"]
    if not total:
        st.info(t("library.nothing"), icon=":material/search_off:")
        return
    if not answer["items"]:
        remember(page=None)
        st.rerun()
    chosen = _table(answer["items"])
    _turning(page, total)
    bulk_panel([stem["id"] for stem in chosen], filters, total)
    for stem in chosen[:5]:
        stem_card(stem, key=f"chosen-{stem['id']}")


def _filters() -> dict[str, Any]:
    words, kind, kit_row, set_row = st.columns([3, 2, 2, 2])
    text = kept.text(words.text_input, t("library.q"), key="q", type="search")
    category = kept.several(
        kind.multiselect,
        t("stem.category"),
        CATEGORIES,
        format_func=lambda one: word("category", one),
        key="category",
        placeholder=t("search.any"),
    )
    kit = kept.one(
        kit_row.selectbox, t("search.kit"), [one["name"] for one in kits()], key="kit",
        placeholder=t("search.any"),
    )  # fmt: skip
    filters: dict[str, Any] = {"q": text or None, "category": category or None, "kit": kit}
    sets = {one["id"]: one["name"] for one in collections()}
    if sets:
        filters["collection"] = kept.one(
            set_row.selectbox, t("search.collection"), list(sets), key="collection",
            format_func=lambda one: sets.get(one, one),
            placeholder=t("search.any"),
        )  # fmt: skip
    return {name: value for name, value in filters.items() if value}


def _sorting() -> str:
    by, way = st.columns([3, 5], vertical_alignment="bottom")
    name = kept.one(
        by.selectbox, t("library.sort"), _SORTS, key="sort", default=_SORTS[0],
        format_func=lambda one: t(f"library.sort_{one}"),
    )  # fmt: skip
    rising = kept.switch(way.toggle, t("library.rising"), key="rising")
    return name if rising else f"-{name}"


def _table(stems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Show one page as a table; returns the stems whose rows are chosen."""
    rows = [
        {
            t("stem.name"): stem["name"],
            t("stem.category"): word("category", stem["category"]),
            t("stem.kind"): t("stem.loop") if stem["is_loop"] else t("stem.one_shot"),
            t("stem.bpm"): stem["bpm"],
            t("stem.key"): formats.key(stem),
            t("stem.length"): round(stem["duration_s"], 2),
            t("stem.loudness"): stem["loudness_lufs"],
            t("stem.rating"): "★" * (stem["user_rating"] or 0),
            t("search.kit"): stem["kit"],
            t("stem.tags"): ", ".join(list(stem["tags"])[:5]),
        }
        for stem in stems
    ]
    state = st.dataframe(
        rows, hide_index=True, key="table", on_select="rerun", selection_mode="multi-row",
        height=420, placeholder="",
    )  # fmt: skip
    return [stems[row] for row in state["selection"]["rows"] if row < len(stems)]


def _turning(page: int, total: int) -> None:
    pages = (total + PAGE - 1) // PAGE
    row = st.container(horizontal=True, vertical_alignment="center")
    row.button(
        t("library.before"), key="before", icon=":material/chevron_left:", disabled=page <= 1,
        on_click=remember, kwargs={"page": page - 1},
    )  # fmt: skip
    row.markdown(t("library.page", page=page, pages=pages, total=total))
    row.button(
        t("library.after"), key="after", icon=":material/chevron_right:", disabled=page >= pages,
        on_click=remember, kwargs={"page": page + 1},
    )  # fmt: skip
