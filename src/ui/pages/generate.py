"""From a sentence to a track: prompt, plan as a picture, rendering, and the track itself."""

import secrets
from typing import Any

import streamlit as st

from src.ui import formats, kept
from src.ui.markdown import plain
from src.ui.problems import problems_shown
from src.ui.state import (
    api,
    collections,
    go,
    joined,
    kits,
    ready,
    remember,
    requested,
    t,
)
from src.ui.views.jobs import job_panel, start
from src.ui.views.plan_view import show_plan
from src.ui.views.reading import show_reading
from src.ui.views.track_view import track_view

LENGTHS = ("", "1 minute", "2 minutes", "3 minutes", "4 minutes", "5 minutes")
PRESETS = ("streaming", "club", "apple", "premaster")
EXAMPLES = 4


def show() -> None:
    """Show the page."""
    st.title(t("generate.title"))
    if ready()["library"]["stems"] == 0:
        _empty_library()
        return
    request = _request()
    _palette_choice()
    with st.container(horizontal=True):
        wants_plan = st.button(
            t("generate.plan"),
            icon=":material/view_timeline:",
            key="plan-it",
            on_click=_draw_a_seed,
        )
        make = st.button(
            t("generate.make"), type="primary", icon=":material/auto_awesome:", key="make-it"
        )
    if (wants_plan or make) and not request["prompt"]:
        st.warning(t("generate.needs_prompt"), icon=":material/edit:")
        return
    if make:
        remember(track=None, edits=None, locked=None, show=None)
        start("/generate-track", _with_palette(request), params={"wait": False})
    if wants_plan:
        remember(track=None, job=None, show="plan")
        st.rerun()
    _below(request)


def _below(request: dict[str, Any]) -> None:
    """Show what the address asks for: a job that runs, a finished track, or a plan."""
    if requested("job"):
        job = job_panel(requested("job"), key="render")
        if job is not None and job["status"] == "succeeded":
            remember(job=None, track=job["result"]["track_id"], edits=None, locked=None)
            st.rerun()
        elif job is None or job["kind"] in ("generate", "render"):
            return
    if requested("track"):
        with problems_shown():
            track_view(requested("track"))
    elif requested("show") == "plan" and request["prompt"]:
        with problems_shown():
            _plan(request)


def _empty_library() -> None:
    st.info(t("generate.empty"), icon=":material/info:")
    if st.button(t("search.to_upload"), type="primary"):
        go("pages/1_Upload_Stems.py")


def _request() -> dict[str, Any]:
    """Collect what is asked for, as the API takes it, without the palette."""
    prompt = kept.text(
        st.text_area, t("generate.prompt"), key="prompt", max_chars=2000, height=90,
        placeholder=t("generate.placeholder"),
    )  # fmt: skip
    row = st.container(horizontal=True)
    for number in range(1, EXAMPLES + 1):
        text = t(f"generate.example_{number}")
        row.button(
            text, key=f"example-{number}", type="tertiary",
            on_click=kept.put, args=("prompt", text),
        )  # fmt: skip
    length, preset, seed = st.columns(3)
    minutes = kept.one(
        length.selectbox, t("generate.length"), LENGTHS, key="length", default="",
        format_func=lambda one: t("generate.as_prompt") if not one else
        t("generate.minutes", count=one.split()[0]),
    )  # fmt: skip
    mastering = kept.one(
        preset.selectbox, t("generate.preset"), PRESETS, key="preset", default=PRESETS[0],
        format_func=lambda one: t(f"preset.{one}"), help=t("generate.preset_help"),
    )  # fmt: skip
    number = kept.number(
        seed.number_input, t("generate.seed"), (0, 2**31), key="seed",
        help=t("generate.seed_help"), placeholder=t("generate.any_seed"),
    )  # fmt: skip
    request: dict[str, Any] = {"prompt": prompt.strip(), "mastering": mastering}
    if minutes:
        request["length"] = minutes
    if number is not None:
        request["seed"] = number
    return request


def _with_palette(request: dict[str, Any]) -> dict[str, Any]:
    chosen = st.session_state.get("palette") or []
    if not chosen:
        return request
    sets = [one[2:] for one in chosen if one.startswith("c:")]
    folders = [one[2:] for one in chosen if one.startswith("k:")]
    return {**request, "palette": {"collections": sets, "kits": folders}}


def _palette_choice() -> None:
    """Choose which kits and collections a track may be made of; nothing chosen means all."""
    names = {f"c:{one['id']}": one["name"] for one in collections()}
    names |= {f"k:{kit['id']}": kit["name"] for kit in kits()}
    kept.several(
        st.multiselect,
        t("generate.palette"),
        list(names),
        format_func=lambda one: names.get(one, one),
        key="palette",
        placeholder=t("generate.whole_library"),
        help=t("generate.palette_help"),
    )


def _draw_a_seed() -> None:
    """Draw a seed, so that the track becomes what the plan shows."""
    if st.session_state.get("seed") is None:
        kept.put("seed", secrets.randbelow(10_000))


def _plan(request: dict[str, Any]) -> None:
    answer = api().post("/api/v1/plans", _with_palette(request))
    plan = answer["plan"]
    st.subheader(t("generate.plan_title"))
    st.caption(
        joined(
            [
                formats.tempo(plan["bpm"]),
                plain(plan["key"]),
                t("track.bars", count=answer["bars"]),
                formats.duration(answer["duration_s"]),
                t("track.seed", seed=answer["seed"]),
            ]
        )
    )
    show_plan(plan)
    show_reading(plan)
    for note in plan["notes"]:
        st.caption(f":material/info: {plain(note)}")
