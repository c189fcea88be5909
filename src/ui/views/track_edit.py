"""Changing a track: edits are collected in the address, then rendered as a new revision."""

import json
from typing import Any

import streamlit as st

from src.ui.client import ApiProblem
from src.ui.components import stem_player
from src.ui.markdown import plain
from src.ui.problems import show_problem
from src.ui.state import api, joined, listed, remember, requested, t, word
from src.ui.views.jobs import start
from src.ui.views.stem_card import badges

Edit = dict[str, Any]
ENDINGS = ("", "fade", "cold")
USUAL_FADE_S = 10.0


def pending() -> list[Edit]:
    """Read the edits in the address. What is no list of edits counts as none."""
    try:
        said = json.loads(requested("edits") or "[]")
    except ValueError:
        return []
    return (
        [one for one in said if isinstance(one, dict) and "op" in one]
        if isinstance(said, list)
        else []
    )


def with_edit(edits: list[Edit], edit: Edit) -> list[Edit]:
    """Add an edit; it replaces what was said of the same thing."""
    return [one for one in edits if _subject(one) != _subject(edit)] + [edit]


def _subject(edit: Edit) -> tuple[Any, ...]:
    op = "mute" if edit["op"] == "unmute" else edit["op"]
    return op, edit.get("voice"), edit.get("section")


def add(edit: Edit) -> None:
    """Gather one more edit."""
    _keep(with_edit(pending(), edit))


def drop(number: int) -> None:
    """Forget one of the edits."""
    _keep([one for position, one in enumerate(pending()) if position != number])


def _keep(edits: list[Edit]) -> None:
    remember(edits=json.dumps(edits, separators=(",", ":")) if edits else None)


def changes(track: dict[str, Any]) -> None:
    """Show the parts and sections with what can be done to them, and the edits so far."""
    voices = api().get(f"/api/v1/tracks/{track['id']}/explain")["voices"]
    chosen = st.session_state.pop("chosen_edit", None)
    if chosen:
        add(chosen)
    st.caption(t("edit.help"))
    muted = {one["voice"] for one in pending() if one["op"] == "mute"}
    for voice in voices:
        _voice_row(track["id"], voice, is_muted=voice["voice"] in muted)
    _sections(track["plan"])
    _whole_track(track)
    _make(track["id"])


def _voice_row(track_id: str, voice: dict[str, Any], *, is_muted: bool) -> None:
    name = voice["voice"]
    row = st.container(horizontal=True, vertical_alignment="center", key=f"voice-{name}")
    label = f"**{plain(name)}** {plain(voice['name'])}"
    row.markdown(f"~~{label}~~" if is_muted else label, width="stretch")
    if row.button(t("edit.swap"), key=f"swap-{name}", icon=":material/swap_horiz:"):
        st.dialog(t("edit.swap_title", voice=name), width="large")(_suggestions)(track_id, name)
    mute = {"op": "unmute" if is_muted else "mute", "voice": name}
    row.button(
        t("edit.unmute") if is_muted else t("edit.mute"),
        key=f"mute-{name}", icon=":material/volume_off:", on_click=add, args=(mute,),
    )  # fmt: skip
    locked = list(listed(requested("locked")))
    row.toggle(
        t("edit.lock"), value=name in locked, key=f"lock-{name}", on_change=_lock, args=(name,),
        help=t("edit.lock_help"),
    )  # fmt: skip
    with row.popover(t("edit.more"), key=f"more-{name}"):
        _level_and_mute(voice)


def _lock(name: str) -> None:
    locked = [one for one in listed(requested("locked")) if one != name]
    if st.session_state[f"lock-{name}"]:
        locked.append(name)
    remember(locked=",".join(locked))


def _level_and_mute(voice: dict[str, Any]) -> None:
    name = voice["voice"]
    gain = st.slider(t("edit.level"), -12.0, 6.0, 0.0, 0.5, key=f"gain-{name}", format="%.1f dB")
    st.button(
        t("edit.set_level"), key=f"level-{name}", on_click=add, disabled=gain == 0.0,
        args=({"op": "level", "voice": name, "gain_db": gain},),
    )  # fmt: skip
    where = st.multiselect(t("edit.mute_in"), voice["sections"], key=f"where-{name}")
    st.button(
        t("edit.mute"), key=f"mute-in-{name}", on_click=add, disabled=not where,
        args=({"op": "mute", "voice": name, "sections": where},),
    )  # fmt: skip
    _entry(voice)


def _entry(voice: dict[str, Any]) -> None:
    """Choose with which bars of a section a part comes in and leaves."""
    name = voice["voice"]
    section = st.selectbox(t("edit.section"), voice["sections"], key=f"entry-in-{name}")
    enters_row, exits_row = st.columns(2)
    enters = enters_row.number_input(
        t("edit.enters_bar"), 1, 512, None, 1, key=f"enters-{name}", placeholder=t("edit.as_usual")
    )
    exits = exits_row.number_input(
        t("edit.exits_bar"), 2, 512, None, 1, key=f"exits-{name}", placeholder=t("edit.as_usual")
    )
    edit = {"op": "entry", "voice": name, "section": section,
            "enters_bar": enters, "exits_bar": exits}  # fmt: skip
    st.button(
        t("edit.set_entry"), key=f"set-entry-{name}", on_click=add, args=(edit,),
        disabled=section is None or (enters is None and exits is None),
    )  # fmt: skip


def _suggestions(track_id: str, voice: str) -> None:
    try:
        path = f"/api/v1/tracks/{track_id}/suggestions"
        found = api().get(path, {"voice": voice, "limit": 6})["stems"]
    except ApiProblem as problem:
        show_problem(problem)
        return
    if not found:
        st.info(t("edit.no_suggestions"))
    for number, one in enumerate(found):
        stem = api().get(f"/api/v1/stems/{one['stem_id']}")
        with st.container(border=True):
            st.markdown(f"**{plain(stem['name'])}** {badges(stem)} :violet[{one['score']:.2f}]")
            stem_player(stem, key=f"suggested-{number}")
            st.caption(plain("; ".join(reason["text"] for reason in one["reasons"])))
            if st.button(t("edit.take"), key=f"take-{number}", type="primary"):
                edit = {"op": "swap", "voice": voice, "stem_id": one["stem_id"]}
                st.session_state["chosen_edit"] = edit  # a dialog can't write the address
                st.rerun()


def _sections(plan: dict[str, Any]) -> None:
    st.markdown(f"**{t('edit.reroll')}**")
    row = st.container(horizontal=True)
    for number, section in enumerate(plan["structure"]):
        name = section["section"]
        row.button(
            name, key=f"reroll-{number}", icon=":material/casino:", on_click=add,
            args=({"op": "reroll", "section": name},), help=t("edit.reroll_help"),
        )  # fmt: skip


def _whole_track(track: dict[str, Any]) -> None:
    with st.expander(t("edit.whole"), icon=":material/tune:"):
        bpm_row, key_row, mood_row = st.columns(3)
        bpm = bpm_row.number_input(t("stem.bpm"), 40.0, 240.0, float(track["bpm"]), 1.0, key="bpm")
        bpm_row.button(
            t("edit.set"), key="set-bpm", on_click=add, disabled=bpm == track["bpm"],
            args=({"op": "tempo", "bpm": bpm},),
        )  # fmt: skip
        key = key_row.text_input(t("stem.key"), track["key"], max_chars=20, key="new-key")
        key_row.button(
            t("edit.set"), key="set-key", on_click=add, args=({"op": "key", "key": key},),
            disabled=not key or key == track["key"],
        )  # fmt: skip
        moods = mood_row.text_input(t("edit.moods"), key="moods", placeholder="dark, warm")
        said = [one.strip() for one in moods.split(",") if one.strip()][:8]
        mood_row.button(
            t("edit.set"), key="set-moods", on_click=add, disabled=not said,
            args=({"op": "mood", "moods": said},),
        )  # fmt: skip
        bars = bpm_row.number_input(t("edit.bars"), 4, 4096, _bars(track["plan"]), 4, key="bars")
        bpm_row.button(
            t("edit.set"), key="set-bars", on_click=add, disabled=bars == _bars(track["plan"]),
            args=({"op": "length", "bars": bars},),
        )  # fmt: skip
        _ending(track["plan"], key_row)


def _ending(plan: dict[str, Any], row: Any) -> None:
    """Choose how the track ends."""
    now = plan.get("ending") or {}
    kind = row.selectbox(
        t("edit.ending"), ENDINGS, ENDINGS.index(now.get("kind", "")), key="ending",
        format_func=lambda one: t(f"ending.{one or 'form'}"),
    )  # fmt: skip
    fade_s = now.get("fade_s") or USUAL_FADE_S
    if kind == "fade":
        fade_s = row.number_input(t("edit.fade_s"), 0.5, 120.0, float(fade_s), 0.5, key="fade")
    edit = {"op": "ending", "kind": kind or None}
    edit |= {"fade_s": fade_s} if kind == "fade" else {}
    same = (kind or None) == now.get("kind") and (kind != "fade" or fade_s == now.get("fade_s"))
    row.button(t("edit.set"), key="set-ending", on_click=add, disabled=same, args=(edit,))


def _bars(plan: dict[str, Any]) -> int:
    return int(sum(section["bars"] for section in plan["structure"]))


def edit_text(edit: Edit) -> str:
    """Put an edit in words."""
    of = joined(
        [str(edit[name]) for name in ("voice", "section", "bpm", "key", "bars") if name in edit]
        + [", ".join(edit[name]) for name in ("sections", "moods") if edit.get(name)]
        + ([f"{edit['gain_db']:+g} dB"] if "gain_db" in edit else [])
        + [
            t(f"edit.told_{name}", bar=edit[name])
            for name in ("enters_bar", "exits_bar")
            if edit.get(name) is not None
        ]
        + ([t(f"ending.{edit['kind'] or 'form'}")] if edit["op"] == "ending" else [])
        + ([f"{edit['fade_s']:g} s"] if "fade_s" in edit else [])
    )
    return f"{word('edit_op', edit['op'])}: {of}"


def _make(track_id: str) -> None:
    edits = pending()
    with st.container(border=True, key="edits"):
        if not edits:
            st.caption(t("edit.none"))
        for number, edit in enumerate(edits):
            row = st.container(horizontal=True, vertical_alignment="center")
            row.markdown(plain(edit_text(edit)), width="stretch")
            row.button(
                t("edit.drop"), key=f"drop-{number}", icon=":material/close:", type="tertiary",
                on_click=drop, args=(number,),
            )  # fmt: skip
        pressed = st.button(
            t("edit.make"), type="primary", disabled=not edits, key="revise",
            icon=":material/auto_awesome:",
        )  # fmt: skip
    if pressed:
        body = {"edits": edits, "locked": list(listed(requested("locked")))}
        start(f"/api/v1/tracks/{track_id}/revisions", body, params={"wait": False})
