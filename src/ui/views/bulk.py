"""Saying the same of many sounds, taking it back, and removing many."""

from typing import Any

import streamlit as st

from src.ui.client import ApiProblem
from src.ui.colours import CATEGORIES
from src.ui.problems import show_problem
from src.ui.state import api, collections, forget, remember, requested, t, word
from src.ui.views.jobs import job_panel, start
from src.ui.views.stem_card import collect
from src.ui.views.stem_form import new_collection

_FILTER_FIELDS = ("category", "kit", "q")
_NEW = "+"


def bulk_panel(chosen: list[str], filters: dict[str, Any], total: int) -> None:
    """Offer what can be done with the chosen rows, or with all that the filters leave."""
    _undo()
    if requested("job"):
        job_panel(requested("job"), key="again")
    every = "collection" not in filters and st.toggle(
        t("bulk.all", total=total), key="everything", help=t("bulk.all_help")
    )
    count = total if every else len(chosen)
    if not count:
        st.caption(t("bulk.choose"))
        return
    selection = selection_of(filters) if every else {"ids": chosen}
    row = st.container(horizontal=True)
    with row.popover(t("bulk.edit", count=count), icon=":material/edit:", key="bulk-edit"):
        _editing(selection)
    if row.button(t("bulk.again", count=count), icon=":material/graphic_eq:", key="bulk-again"):
        start("/api/v1/stems/reanalyse", selection)
    if not every:
        _collecting(chosen, row)
        with row.popover(t("bulk.remove", count=count), icon=":material/delete:", key="bulk-rm"):
            _removing(chosen)


def selection_of(filters: dict[str, Any]) -> dict[str, Any]:
    """Convert the filters of the list to a selection of the API; none at all means everything."""
    kept = {name: filters[name] for name in _FILTER_FIELDS if filters.get(name)}
    return {"filter": kept} if kept else {"all": True}


def _undo() -> None:
    """Offer to take the last edit back.

    What was taken back is kept in mind, since a click on its way from the browser may bring an
    address that still names it.
    """
    edit = requested("undo")
    if not edit or edit in st.session_state.get("taken_back", ()):
        return
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(t("bulk.changed", changed=requested("changed") or "?"))
    icon = ":material/undo:"
    row.button(t("bulk.undo"), key="undo", icon=icon, on_click=_take_back, args=(edit,))
    if problem := st.session_state.pop("undo_problem", None):
        show_problem(problem)


def _take_back(edit: str) -> None:
    """Undo an edit. A callback, so that it is carried out whatever interrupts the page."""
    try:
        answer = api().post(f"/api/v1/stems/edits/{edit}/undo")
    except ApiProblem as problem:
        st.session_state["undo_problem"] = problem
        return
    st.session_state["taken_back"] = (*st.session_state.get("taken_back", ()), edit)
    st.toast(t("bulk.undone", count=answer["restored"]))
    remember(undo=None, changed=None)
    forget()


def _editing(selection: dict[str, Any]) -> None:
    with st.form("bulk", border=False):
        category = st.selectbox(
            t("stem.category"), CATEGORIES, index=None, placeholder=t("bulk.leave"),
            format_func=lambda one: word("category", one),
        )  # fmt: skip
        tempo = st.selectbox(
            t("bulk.tempo"), ("double", "halve"), index=None, placeholder=t("bulk.leave"),
            format_func=lambda one: t(f"bulk.{one}"),
        )  # fmt: skip
        bpm = st.number_input(t("stem.bpm"), 20.0, 999.0, None, 1.0, placeholder=t("bulk.leave"))
        key = st.text_input(t("stem.key"), placeholder=t("bulk.leave"), max_chars=16)
        added = st.text_input(t("bulk.add_tags"), placeholder=t("bulk.tags_hint"))
        removed = st.text_input(t("bulk.remove_tags"), placeholder=t("bulk.tags_hint"))
        rating = st.selectbox(
            t("stem.rating"), (1, 2, 3, 4, 5), index=None, placeholder=t("bulk.leave"),
            format_func=lambda one: "★" * one,
        )  # fmt: skip
        licence = st.text_input(t("stem.licence"), placeholder=t("bulk.leave"))
        pressed = st.form_submit_button(t("common.save"), type="primary")
    changes = {
        "category": category, "tempo": tempo, "bpm": None if tempo else bpm, "key": key.strip(),
        "add_tags": _tags(added), "remove_tags": _tags(removed), "user_rating": rating,
        "licence": licence.strip(),
    }  # fmt: skip
    if pressed:
        _send(selection, {name: value for name, value in changes.items() if value})


def _tags(said: str) -> list[str]:
    return [tag.strip() for tag in said.split(",") if tag.strip()]


def _send(selection: dict[str, Any], changes: dict[str, Any]) -> None:
    if not changes:
        st.warning(t("bulk.nothing_said"))
        return
    try:
        told = api().post("/api/v1/stems/edit", {**selection, "changes": changes})
    except ApiProblem as problem:
        show_problem(problem)
        return
    if told["skipped"]:
        reasons = "; ".join(f"{one['name']}: {one['detail']}" for one in told["skipped_stems"][:5])
        st.session_state["skipped"] = t("bulk.skipped", count=told["skipped"], reasons=reasons)
        st.toast(st.session_state["skipped"])
    remember(undo=told["edit_id"], changed=told["changed"])
    forget()
    st.rerun()


def _collecting(chosen: list[str], row: Any) -> None:
    names = {one["id"]: one["name"] for one in collections()}
    wanted = row.menu_button(
        t("stem.collect"), [*names, _NEW], key="bulk-collect", icon=":material/playlist_add:",
        format_func=lambda one: names.get(one, t("collections.new")),
    )  # fmt: skip
    if wanted == _NEW:
        new_collection(chosen)
    elif wanted:
        collect(wanted, chosen)
        st.toast(t("stem.collected", name=names[wanted]))


def _removing(chosen: list[str]) -> None:
    st.markdown(t("stem.remove_help"))
    if not st.button(t("bulk.remove_now", count=len(chosen)), key="bulk-rm-now", type="primary"):
        return
    bar = st.progress(0.0)
    for number, stem_id in enumerate(chosen):
        try:
            api().delete(f"/api/v1/stems/{stem_id}")
        except ApiProblem as problem:
            show_problem(problem)
            return
        bar.progress((number + 1) / len(chosen))
    st.session_state.pop("table", None)
    forget()
    st.rerun()
