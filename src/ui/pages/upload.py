"""Sounds come in: files, a folder, a zip, or the demo kits; then they are heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from src.ui import formats, kept
from src.ui.client import ApiProblem, Outgoing
from src.ui.markdown import plain
from src.ui.problems import said
from src.ui.state import api, forget, go, ready, remember, requested, t, word
from src.ui.views.jobs import job_panel, start

SOUNDS = [
    "wav", "w64", "rf64", "aif", "aiff", "caf", "au", "flac", "ogg", "oga", "opus", "mp3", "mp2",
    "m4a", "aac", "wma", "wv", "ape",
]  # fmt: skip
_WAYS = ("files", "folder", "zip")


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    name: str
    status: str
    detail: str = ""


def show() -> None:
    """Show the page."""
    st.title(t("upload.title"))
    counts = ready()["library"]
    if counts["stems"] == 0:
        _empty_library()
    _sending()
    if "uploaded" in st.session_state:
        _outcomes(st.session_state["uploaded"])
    _analysis(counts)


def _empty_library() -> None:
    with st.container(border=True):
        st.markdown(t("upload.empty"))
        if st.button(t("upload.demo"), type="primary", icon=":material/auto_awesome:", key="demo"):
            start("/api/v1/demo-kits")


def _sending() -> None:
    way = kept.one(
        st.segmented_control, t("upload.way"), _WAYS, key="way", default="files", required=True,
        format_func=lambda name: t(f"upload.{name}"),
    )  # fmt: skip
    turn = st.session_state.setdefault("upload_turn", 0)
    chosen = _chosen(way, turn)
    kit = st.text_input(
        t("upload.kit"), max_chars=120, help=t("upload.kit_help"), key="kit", disabled=way == "zip"
    )
    analyse = st.toggle(t("upload.analyse"), value=True, key="analyse")
    total = sum(file.size for file in chosen)
    label = t("upload.send", count=len(chosen), size=formats.size(total))
    if st.button(label, type="primary", disabled=not chosen, icon=":material/upload:", key="send"):
        outcomes = _send(chosen, "" if way == "zip" else (kit or "").strip())
        st.session_state["uploaded"] = outcomes
        st.session_state["upload_turn"] = turn + 1  # an empty uploader, its memory given back
        forget()
        if analyse and any(one.status == "accepted" for one in outcomes):
            start("/preprocess")
        st.rerun()


def _chosen(way: str, turn: int) -> list[UploadedFile]:
    label = t(f"upload.choose_{way}")
    key = f"uploader-{way}-{turn}"
    if way == "folder":
        return list(st.file_uploader(label, accept_multiple_files="directory", key=key) or [])
    types = ["zip"] if way == "zip" else [*SOUNDS, "zip"]
    return list(st.file_uploader(label, type=types, accept_multiple_files=True, key=key) or [])


def _send(files: Sequence[UploadedFile], kit: str) -> list[Outcome]:
    """Send one file after the other, so that each is shown as soon as it is there."""
    outcomes: list[Outcome] = []
    form = {"kit": kit} if kit else None
    bar = st.progress(0.0)
    with st.container(height=180, border=True):
        for number, file in enumerate(files):
            text = t("upload.sending", name=file.name, number=number + 1, count=len(files))
            bar.progress(number / len(files), text=text)
            made = _send_one(file, form)
            outcomes += made
            for one in made:
                st.markdown(_line(one))
    bar.progress(1.0, text=t("upload.sent", count=len(files)))
    return outcomes


def _send_one(file: UploadedFile, form: dict[str, str] | None) -> list[Outcome]:
    outgoing = Outgoing(file.name, file, file.type or "application/octet-stream")
    try:
        answer = api().send_file("/api/v1/stems/upload", outgoing, form=form)
    except ApiProblem as problem:
        if problem.code != "nothing_accepted":
            return [Outcome(file.name, "refused", said(problem))]
        answer = problem.more
    return [_outcome(told) for told in answer["files"]]


def _outcome(told: dict[str, Any]) -> Outcome:
    if told["status"] != "refused":
        return Outcome(told["name"], told["status"], told["path"] or "")
    reason = word("reason", told["reason"] or "")
    return Outcome(
        told["name"], "refused", reason if reason != told["reason"] else plain(told["detail"])
    )


def _line(one: Outcome) -> str:
    icon = {"accepted": ":material/check:", "known": ":material/equal:"}.get(
        one.status, ":material/block:"
    )
    detail = f": {one.detail}" if one.status == "refused" and one.detail else ""
    return f"{icon} {plain(one.name)} {t(f'upload.{one.status}')}{detail}"


def _outcomes(outcomes: list[Outcome]) -> None:
    counts = {
        status: sum(one.status == status for one in outcomes)
        for status in ("accepted", "known", "refused")
    }
    with st.container(border=True, key="outcomes"):
        st.markdown(t("upload.outcome", **counts))
        refused = [one for one in outcomes if one.status == "refused"]
        for one in refused[:50]:
            st.markdown(_line(one))
        if len(refused) > 50:
            st.caption(t("common.and_more", count=len(refused) - 50))
        with st.expander(t("upload.all_files")):
            for one in outcomes[:300]:
                st.markdown(_line(one))


def _analysis(counts: dict[str, int]) -> None:
    st.subheader(t("upload.analysis"))
    job_id = requested("job")
    job = job_panel(job_id, key="analysis") if job_id else None
    if job is not None and job["status"] == "succeeded":
        _report(job.get("result") or {})
    if job_id and job is None:
        return
    st.caption(t("upload.library", **{name: counts[name] for name in ("stems", "kits")}))
    now, search, generate = st.columns(3)
    if now.button(t("upload.analyse_now"), icon=":material/graphic_eq:", width="stretch"):
        remember(job=None)
        start("/preprocess")
    if counts["stems"]:
        if search.button(t("upload.to_search"), icon=":material/search:", width="stretch"):
            go("pages/2_Search_Stems.py")
        if generate.button(
            t("upload.to_generate"), icon=":material/auto_awesome:", width="stretch", type="primary"
        ):
            go("pages/3_Generate_Track.py")


def _report(result: dict[str, Any]) -> None:
    told = {name: result.get(name) for name in ("found", "added", "duplicates", "quarantined")}
    st.markdown(t("upload.report", **{name: value or 0 for name, value in told.items()}))
    if told["quarantined"] and st.button(t("upload.see_refused")):
        go("pages/4_Library.py", view="quarantine")
