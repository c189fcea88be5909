"""What runs, waits and failed: progress, details, cancel, retry."""

from typing import Any

import streamlit as st

from src.ui import formats, kept
from src.ui.client import ApiProblem
from src.ui.markdown import plain
from src.ui.problems import problems_shown, said, show_problem
from src.ui.state import api, go, joined, remember, requested_number, t, word
from src.ui.views.jobs import ICONS, OPEN, cancel, progress_text

PAGE = 20
_STATES = ("queued", "running", "succeeded", "failed", "cancelled")
_EVERY_S = 2.0
_LOG_LINES = 100


def show() -> None:
    """Show the page."""
    st.title(t("jobs.title"))
    kept.several(
        st.pills, t("jobs.which"), _STATES, selection_mode="multi", key="status",
        format_func=lambda one: t(f"jobs.{one}"),
    )  # fmt: skip
    st.fragment(_list, run_every=_EVERY_S)()


def _list() -> None:
    with problems_shown():
        page = requested_number("page", 1, at_least=1)
        wanted = st.session_state.get("status") or None
        requested = {"status": wanted, "limit": PAGE, "offset": (page - 1) * PAGE}
        answer = api().get("/api/v1/jobs", requested)
        if not answer["items"]:
            st.info(t("jobs.empty"), icon=":material/info:")
        for job in answer["items"]:
            with st.container(border=True):
                _job(job)
        _turn(page, answer["total"])


def _turn(page: int, total: int) -> None:
    if total <= PAGE:
        return
    row = st.container(horizontal=True)
    back, on = {"page": page - 1}, {"page": page + 1}
    row.button(t("library.before"), disabled=page <= 1, on_click=remember, kwargs=back)
    row.button(t("library.after"), disabled=page * PAGE >= total, on_click=remember, kwargs=on)


def _job(job: dict[str, Any]) -> None:
    row = st.container(horizontal=True, vertical_alignment="center")
    state = job["status"]
    told = joined([t(f"jobs.{state}"), formats.moment(job["created_at"])])
    row.markdown(
        f"{ICONS[state]} **{plain(word('job', job['kind']))}** {plain(told)}", width="stretch"
    )
    if state in OPEN:
        row.button(
            t("jobs.cancel"), key=f"cancel-{job['id']}", on_click=cancel, args=(job["id"],),
            disabled=job["cancel_requested"],
        )  # fmt: skip
        st.progress(float(job["progress"]), text=progress_text(job))
    elif state != "succeeded":
        row.button(t("jobs.retry"), key=f"retry-{job['id']}", on_click=_retry, args=(job["id"],))
    if job["problem"]:
        problem = job["problem"]
        st.caption(said(ApiProblem(problem["code"], problem["detail"], status=problem["status"])))
    with st.expander(t("jobs.log"), key=f"log-{job['id']}", on_change="rerun") as log:
        if log.open:
            _log(job)


def _retry(job_id: str) -> None:
    try:
        api().post(f"/api/v1/jobs/{job_id}/retry")
    except ApiProblem as problem:
        show_problem(problem)


def _log(job: dict[str, Any]) -> None:
    for name in ("created_at", "started_at", "finished_at"):
        st.caption(f"{t(f'jobs.{name}')}: {formats.moment(job[name])}")
    attempt = job.get("attempt", 1)
    again = t("jobs.attempt", number=attempt) if attempt > 1 else ""
    st.caption(
        joined(
            [plain(job["stage"]), plain(job["message"]), f"{100 * job['progress']:.0f} %", again]
        )
    )
    log = api().get(f"/api/v1/jobs/{job['id']}/log", {"lines": _LOG_LINES})
    if log["lines"]:
        st.code("\n".join(log["lines"]), language=None, wrap_lines=True, height="content")
    result = api().get(f"/api/v1/jobs/{job['id']}")["result"]
    track_id = (result or {}).get("track_id")
    if track_id and st.button(t("jobs.to_track"), key=f"track-{job['id']}"):
        go("pages/5_Tracks.py", track=track_id)
    shown = {name: value for name, value in (result or {}).items() if name not in ("plan", "stems")}
    if shown:
        st.json(shown, expanded=False)
