"""All renders: listen, open, delete."""

from typing import Any

import streamlit as st

from src.ui.client import ApiProblem
from src.ui.components import Variant, player
from src.ui.markdown import plain
from src.ui.problems import problems_shown, show_problem
from src.ui.state import api, forget, go, remember, requested, requested_number, t
from src.ui.views.jobs import job_panel
from src.ui.views.track_view import facts_line, track_view

PAGE = 10


def show() -> None:
    """Show the page."""
    if requested("track"):
        if st.button(t("tracks.back"), icon=":material/arrow_back:"):
            remember(track=None, edits=None, locked=None, tab=None)
            st.rerun()
        if requested("job"):
            _revision()
        with problems_shown():
            track_view(requested("track"))
        return
    st.title(t("tracks.title"))
    with problems_shown():
        _list()


def _revision() -> None:
    job = job_panel(requested("job"), key="revision")
    if job is not None and job["status"] == "succeeded":
        remember(job=None, edits=None, track=job["result"]["track_id"])
        st.rerun()


def _list() -> None:
    page = requested_number("page", 1, at_least=1)
    answer = api().get("/api/v1/tracks", {"limit": PAGE, "offset": (page - 1) * PAGE})
    if not answer["items"]:
        st.info(t("tracks.empty"), icon=":material/info:")
        if st.button(t("tracks.make"), type="primary"):
            go("pages/3_Generate_Track.py")
        return
    for track in answer["items"]:
        with st.container(border=True):
            _row(track)
    pages = (answer["total"] + PAGE - 1) // PAGE
    row = st.container(horizontal=True, vertical_alignment="center")
    back, on = {"page": page - 1}, {"page": page + 1}
    row.button(t("library.before"), disabled=page <= 1, on_click=remember, kwargs=back)
    row.markdown(t("library.page", page=page, pages=pages, total=answer["total"]))
    row.button(t("library.after"), disabled=page >= pages, on_click=remember, kwargs=on)


def _row(track: dict[str, Any]) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    name = track["title"] or t("track.untitled")
    kind = f" :violet-badge[{t('track.revision')}]" if track["parent_id"] else ""
    row.markdown(f"**{plain(name)}**{kind}  \n{plain(facts_line(track))}", width="stretch")
    if row.button(t("library.open"), key=f"open-{track['id']}", type="primary"):
        remember(track=track["id"])
        st.rerun()
    with row.popover(t("tracks.delete"), key=f"delete-{track['id']}", icon=":material/delete:"):
        st.markdown(t("tracks.delete_help"))
        if st.button(t("tracks.delete_now"), key=f"really-{track['id']}"):
            _delete(track["id"])
    if not track["exists"]:
        st.caption(f":orange[{t('track.file_gone')}]")
        return
    wave = f"/api/v1/tracks/{track['id']}/waveform?points=400"
    variant = Variant(name, track["file_url"], wave)
    player(name, [variant], duration_s=track["duration_s"], key=f"listen-{track['id']}")


def _delete(track_id: str) -> None:
    try:
        api().delete(f"/api/v1/tracks/{track_id}")
    except ApiProblem as problem:
        show_problem(problem)
        return
    forget()
    st.rerun()
