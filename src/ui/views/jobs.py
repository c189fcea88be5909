"""Long tasks on the page: live progress that does not flicker, cancel, and how they ended."""

from typing import Any

import streamlit as st

from src.ui import formats
from src.ui.client import ApiProblem
from src.ui.markdown import plain
from src.ui.problems import show_problem
from src.ui.state import api, forget, joined, remember, t, word

OPEN = ("queued", "running")
ICONS = {
    "queued": ":material/schedule:", "running": ":material/play_circle:",
    "succeeded": ":material/check_circle:", "failed": ":material/error:",
    "cancelled": ":material/cancel:",
}  # fmt: skip
_EVERY_S = 1.0


def job_panel(job_id: str, *, key: str) -> dict[str, Any] | None:
    """Show a job: while it is open live, the page going on once it has ended.

    Returns the job when it has ended; None while it is open, or where it can't be asked.
    """
    try:
        job: dict[str, Any] = api().get(f"/api/v1/jobs/{job_id}")
    except ApiProblem as problem:
        show_problem(problem)
        return None
    if job["status"] in OPEN:
        st.fragment(_live, run_every=_EVERY_S)(job_id, key)
        return None
    _show_ended(job)
    return job


def _live(job_id: str, key: str) -> None:
    try:
        job = api().get(f"/api/v1/jobs/{job_id}")
    except ApiProblem as problem:
        show_problem(problem)
        return
    if job["status"] not in OPEN:
        forget()
        st.rerun()
    with st.container(border=True):
        bar, stop = st.columns([6, 1], vertical_alignment="center")
        bar.progress(float(job["progress"]), text=progress_text(job))
        if stop.button(
            t("jobs.cancel"), key=f"{key}-cancel", disabled=job["cancel_requested"], width="stretch"
        ):
            cancel(job_id)


def progress_text(job: dict[str, Any]) -> str:
    """Say what a job does, how far it is and how long it takes, in one line."""
    if job["cancel_requested"]:
        return t("jobs.stopping")
    if job["status"] == "queued":
        position = job.get("queue_position")
        if position is None or position == 1:
            return t("jobs.waiting", kind=word("job", job["kind"]))
        return t("jobs.waiting_at", kind=word("job", job["kind"]), place=position)
    left = job["eta_s"]
    eta = t("jobs.left", time=formats.duration(max(1, round(left)))) if left is not None else ""
    percent = f"{100 * job['progress']:.0f} %"
    doing = plain(job["message"] or job["stage"])
    return joined([word("job", job["kind"]), doing, percent, eta])


def cancel(job_id: str) -> None:
    """Stop a job; one that has ended meanwhile is no failure."""
    try:
        api().post(f"/api/v1/jobs/{job_id}/cancel")
    except ApiProblem as problem:
        if problem.code != "job_finished":
            show_problem(problem)


def started(answer: dict[str, Any], *, name: str = "job") -> None:
    """Keep a job that has just been started in the address, and show it."""
    remember(**{name: answer["id"]})
    st.rerun()


def start(path: str, body: Any = None, *, name: str = "job", params: Any = None) -> None:
    """Ask the API for a job and show it; one that runs already is shown instead."""
    try:
        answer = api().post(path, body, params=params)
    except ApiProblem as problem:
        if problem.code != "job_running" or "job_id" not in problem.more:
            show_problem(problem)
            return
        answer = {"id": problem.more["job_id"]}
    started(answer, name=name)


def _show_ended(job: dict[str, Any]) -> None:
    kind = word("job", job["kind"])
    if job["status"] == "succeeded":
        st.success(t("jobs.was_done", kind=kind), icon=":material/check_circle:")
    elif job["status"] == "cancelled":
        st.warning(t("jobs.was_cancelled", kind=kind), icon=":material/cancel:")
    else:
        problem = job["problem"] or {"code": "internal_error", "detail": ""}
        show_problem(
            ApiProblem(problem["code"], problem["detail"], status=problem.get("status", 500))
        )
