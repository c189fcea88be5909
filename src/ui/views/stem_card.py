"""A sound on the page: its player, its facts, its reasons, what to do with it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from src.ui import formats
from src.ui.client import ApiProblem
from src.ui.components import stem_player
from src.ui.markdown import plain
from src.ui.problems import show_problem
from src.ui.state import api, collections, forget, go, t, word
from src.ui.views.stem_form import correct_stem, new_collection

_NEW = "+"


def badges(stem: dict[str, Any]) -> str:
    """Show what a sound is, as small labels."""
    kind = t("stem.loop") if stem["is_loop"] else t("stem.one_shot")
    answer = [
        f":violet-badge[{plain(word('category', stem['category']))}]",
        *(
            f":gray-badge[{plain(one)}]"
            for one in (
                kind,
                formats.tempo(stem["bpm"]),
                formats.key(stem),
                formats.chords(stem.get("progression")),
                formats.duration(stem["duration_s"]),
                stem["kit"] or "",
            )
            if one
        ),
    ]
    return " ".join(answer)


def stem_card(
    stem: dict[str, Any], *, key: str, why: Sequence[str] = (), score: float | None = None
) -> None:
    """Show one sound. why: reasons that it is shown; score: 0..1"""
    with st.container(border=True, key=f"card-{key}"):
        _card(stem, key, tuple(why), score)


@st.fragment
def _card(stem: dict[str, Any], key: str, why: Sequence[str], score: float | None) -> None:
    name, fit = st.columns([8, 1], vertical_alignment="center")
    name.markdown(f"**{plain(stem['name'])}** {badges(stem)}")
    if score is not None:
        fit.markdown(f":violet[**{100 * score:.0f} %**]", help=t("stem.score"))
    stem_player(stem, key=f"player-{key}")
    tags = list(stem["tags"])[:8]
    if tags:
        st.caption("  ".join(f"#{plain(tag)}" for tag in tags))
    if why:
        st.caption(f"{t('stem.why')}: {plain('; '.join(why))}")
    for warning in stem["warnings"]:
        st.caption(f":orange[:material/warning: {plain(warning)}]")
    _actions(stem, key)


def _actions(stem: dict[str, Any], key: str) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    _rating(stem, key, row)
    if row.button(t("stem.similar"), key=f"like-{key}", icon=":material/hearing:", type="tertiary"):
        go("pages/2_Search_Stems.py", like=stem["id"])
    if row.button(t("stem.fits"), key=f"fits-{key}", icon=":material/join_inner:", type="tertiary"):
        go("pages/2_Search_Stems.py", fits=stem["id"])
    if row.button(t("stem.correct"), key=f"correct-{key}", icon=":material/edit:", type="tertiary"):
        correct_stem(stem["id"])
    _collecting(stem, key, row)


def _rating(stem: dict[str, Any], key: str, row: Any) -> None:
    rated = stem["user_rating"]
    said = row.feedback("stars", key=f"rate-{key}", default=None if rated is None else rated - 1)
    requested = None if said is None else said + 1
    if requested == st.session_state.get(f"rated-{stem['id']}", rated):
        return
    try:
        api().patch(f"/api/v1/stems/{stem['id']}", {"user_rating": requested})
        st.session_state[f"rated-{stem['id']}"] = requested
        st.toast(t("stem.rated"))
    except ApiProblem as problem:
        show_problem(problem)


def _collecting(stem: dict[str, Any], key: str, row: Any) -> None:
    names = {one["id"]: one["name"] for one in collections()}
    chosen = row.menu_button(
        t("stem.collect"),
        [*names, _NEW],
        format_func=lambda one: names.get(one, t("collections.new")),
        key=f"collect-{key}",
        icon=":material/playlist_add:",
        type="tertiary",
    )
    if chosen == _NEW:
        new_collection([stem["id"]])
    elif chosen:
        collect(chosen, [stem["id"]])
        st.toast(t("stem.collected", name=names[chosen]))


def collect(collection_id: str, stem_ids: Sequence[str]) -> None:
    """Add sounds to a collection."""
    try:
        path = f"/api/v1/collections/{collection_id}/stems"
        api().post(path, {"add": list(stem_ids), "remove": []})
        forget()
    except ApiProblem as problem:
        show_problem(problem)
