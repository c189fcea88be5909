"""Refused files: why each is refused, another chance, or away with it."""

from typing import Any

import streamlit as st

from src.ui import formats
from src.ui.client import ApiProblem
from src.ui.markdown import plain
from src.ui.problems import show_problem
from src.ui.state import api, forget, joined, remember, requested, requested_number, t, word
from src.ui.views.jobs import job_panel

PAGE = 25


def quarantine_view() -> None:
    """Show one page of refused files, the newest first."""
    if requested("job"):
        job_panel(requested("job"), key="retry")
    page = requested_number("page", 1, at_least=1)
    answer = api().get("/api/v1/quarantine", {"limit": PAGE, "offset": (page - 1) * PAGE})
    if not answer["items"]:
        st.success(t("quarantine.empty"), icon=":material/check_circle:")
        return
    st.caption(t("quarantine.help", total=answer["total"]))
    for file in answer["items"]:
        _file(file)
    if answer["total"] > page * PAGE:
        st.button(t("library.after"), on_click=remember, kwargs={"page": page + 1})
    if page > 1:
        st.button(t("library.before"), on_click=remember, kwargs={"page": page - 1})


def _file(file: dict[str, Any]) -> None:
    with st.container(border=True):
        row = st.container(horizontal=True, vertical_alignment="center")
        reason = word("reason", file["reason"])
        told = joined([reason, formats.size(file["size_bytes"]),
                       formats.moment(file["quarantined_at"])])  # fmt: skip
        row.markdown(f"**{plain(file['original_path'])}**  \n{plain(told)}", width="stretch")
        retry = row.button(t("quarantine.retry"), key=f"retry-{file['id']}")
        delete = row.button(t("quarantine.delete"), key=f"drop-{file['id']}")
        st.caption(plain(file["message"]))
    path = f"/api/v1/quarantine/{file['id']}"
    try:
        if retry:
            remember(job=api().post(f"{path}/retry")["job_id"])
        if delete:
            api().delete(path)
    except ApiProblem as problem:
        show_problem(problem)
        return
    if retry or delete:
        forget()
        st.rerun()
