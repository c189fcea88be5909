"""Correcting a sound in place, removing it, and making a collection: each in a dialog."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from src.ui.client import ApiProblem
from src.ui.colours import CATEGORIES
from src.ui.markdown import plain
from src.ui.problems import show_problem
from src.ui.state import api, forget, t, word


def correct_stem(stem_id: str) -> None:
    """Ask what is to be corrected, in a dialog."""
    st.dialog(t("stem.correct_title"))(_correct)(stem_id)


def new_collection(stem_ids: Sequence[str] = ()) -> None:
    """Ask for the name of a new collection, in a dialog."""
    st.dialog(t("collections.new"))(_new_collection)(list(stem_ids))


def _correct(stem_id: str) -> None:
    try:
        stem = api().get(f"/api/v1/stems/{stem_id}")
    except ApiProblem as problem:
        show_problem(problem)
        return
    with st.form(f"form-{stem_id}", border=False):
        said = _fields(stem)
        saved = st.form_submit_button(t("common.save"), type="primary")
    if saved:
        changes = changed_fields(stem, said)
        if not changes or _sent(stem_id, changes):
            st.rerun()
    _taking_back(stem)
    _removing(stem)


def _fields(stem: dict[str, Any]) -> dict[str, Any]:
    st.caption(plain(stem["original_file"]))
    name = st.text_input(t("stem.name"), stem["name"], max_chars=255)
    left, right = st.columns(2)
    category = left.selectbox(
        t("stem.category"),
        CATEGORIES,
        index=CATEGORIES.index(stem["category"]),
        format_func=lambda one: word("category", one),
        help=fact_text(stem, "category"),
    )
    is_loop = right.selectbox(
        t("stem.kind"),
        (True, False),
        index=0 if stem["is_loop"] else 1,
        format_func=lambda one: t("stem.loop") if one else t("stem.one_shot"),
        help=fact_text(stem, "is_loop"),
    )
    bpm = left.number_input(
        t("stem.bpm"), 0.0, 999.0, stem["bpm"], step=1.0, help=fact_text(stem, "bpm")
    )
    key = right.text_input(
        t("stem.key"), stem["key"] or "", max_chars=16, help=fact_text(stem, "key")
    )
    chords = st.text_input(
        t("stem.chords"), chords_text(stem), max_chars=500, help=chords_help(stem)
    )
    tags = st.text_input(t("stem.tags"), ", ".join(stem["tags"]), help=t("stem.tags_help"))
    licence = st.text_input(t("stem.licence"), stem["licence"] or "")
    return {
        "name": name, "category": category, "is_loop": is_loop, "bpm": bpm, "key": key.strip(),
        "tags": [tag.strip() for tag in tags.split(",") if tag.strip()], "licence": licence,
        "chords": chords.strip(),
    }  # fmt: skip


def chords_text(stem: dict[str, Any]) -> str:
    """Write the chords of a loop as they are said: "Am:4 F:4"."""
    return " ".join(f"{one['chord']}:{one['beats']:g}" for one in stem.get("chords") or ())


def chords_help(stem: dict[str, Any]) -> str:
    """Say how chords are written, and how sure those that are there are."""
    if not stem.get("chords"):
        return t("stem.chords_help")
    sure = ", ".join(f"{one['chord']} {100 * one['confidence']:.0f} %" for one in stem["chords"])
    return f"{t('stem.chords_help')} ({plain(sure)})"


def fact_text(stem: dict[str, Any], name: str) -> str:
    """Say who says so, and how sure that is."""
    fact = stem["facts"][name]
    source = word("source", fact["source"])
    return t("stem.fact", source=source, percent=round(100 * fact["confidence"]))


def changed_fields(stem: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return only what differs from what the stem says now, in the API's words."""
    changes = {
        name: said[name]
        for name in ("name", "category", "is_loop")
        if said[name] != stem[name] and said[name] != ""
    }
    if said["tags"] != list(stem["tags"]):
        changes["tags"] = said["tags"]
    if said["licence"] != (stem["licence"] or ""):
        changes["licence"] = said["licence"] or None
    if said["key"] != (stem["key"] or ""):
        changes["key"] = said["key"]
    if said["chords"] != chords_text(stem):
        changes["chords"] = said["chords"]
    if said["bpm"] != stem["bpm"]:
        changes["bpm"] = said["bpm"] or 0
    return changes


def _sent(stem_id: str, changes: dict[str, Any]) -> bool:
    try:
        api().patch(f"/api/v1/stems/{stem_id}", changes)
    except ApiProblem as problem:
        show_problem(problem)
        return False
    st.toast(t("stem.corrected"))
    return True


def _taking_back(stem: dict[str, Any]) -> None:
    fields = [name for name in stem["corrected"] if name != "user_rating"]
    pressed = fields and st.button(t("stem.take_back", fields=", ".join(fields)))
    if pressed and _sent(stem["id"], dict.fromkeys(fields)):
        st.rerun()


def _removing(stem: dict[str, Any]) -> None:
    with st.popover(t("stem.remove"), icon=":material/delete:"):
        st.markdown(t("stem.remove_help"))
        if st.button(t("stem.remove_now"), key=f"remove-{stem['id']}"):
            try:
                api().delete(f"/api/v1/stems/{stem['id']}")
            except ApiProblem as problem:
                show_problem(problem)
                return
            forget()
            st.rerun()


def _new_collection(stem_ids: list[str]) -> None:
    with st.form("new-collection", border=False):
        name = st.text_input(t("collections.name"), max_chars=120)
        if not st.form_submit_button(t("common.save"), type="primary") or not name.strip():
            return
        try:
            made = api().post("/api/v1/collections", {"name": name.strip()})
            if stem_ids:
                body = {"add": stem_ids, "remove": []}
                api().post(f"/api/v1/collections/{made['id']}/stems", body)
        except ApiProblem as problem:
            show_problem(problem)
            return
    forget()
    st.rerun()
