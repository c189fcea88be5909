"""One track: player with its sections, plan, comparison with its revisions, changes, downloads."""

from html import escape
from typing import Any

import streamlit as st

from src.ui import formats, kept
from src.ui.components import Mark, Variant, player
from src.ui.markdown import plain
from src.ui.media import media_url
from src.ui.state import api, joined, remember, requested, t, word
from src.ui.views.jobs import job_panel, start
from src.ui.views.plan_view import show_plan
from src.ui.views.reading import report_in, show_reading
from src.ui.views.track_edit import changes

_TABS = ("change", "compare", "stems", "download", "details")


def track_view(track_id: str) -> None:
    """Show everything about one track, and what can be made of it."""
    track = api().get(f"/api/v1/tracks/{track_id}")
    plan = track["plan"]
    st.header(plain(track["title"] or t("track.untitled")))
    st.caption(plain(facts_line(track)))
    if not track["exists"]:
        st.warning(t("track.file_gone"), icon=":material/warning:")
    else:
        player(
            track["prompt"] or t("track.untitled"),
            [_variant(track, t("track.this"))],
            duration_s=track["duration_s"],
            key=f"track-{track_id}",
            marks=section_marks(plan),
        )
    show_reading(plan)
    said = {report_in("en", report) for report in plan.get("reported", [])}
    for warning in track["report"].get("warnings", []):
        if warning not in said:
            st.caption(f":orange[:material/warning: {plain(warning)}]")
    show_plan(plan)
    tab = kept.one(
        st.segmented_control, t("track.view"), _TABS, format_func=lambda one: t(f"track.tab_{one}"),
        key="tab", default="change", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    {
        "change": changes, "compare": _compare, "stems": _stems, "download": _downloads,
        "details": _details,
    }[tab](track)  # fmt: skip


def facts_line(track: dict[str, Any]) -> str:
    """Return tempo, key, length, loudness and seed in one line."""
    return joined(
        [
            formats.tempo(track["bpm"]),
            track["key"],
            track["genre"],
            formats.duration(track["duration_s"]),
            formats.level(track["loudness_lufs"], "LUFS"),
            formats.level(track["true_peak_dbtp"], "dBTP"),
            t("track.seed", seed=track["seed"]),
            formats.moment(track["created_at"]),
        ]
    )


def section_marks(plan: dict[str, Any]) -> list[Mark]:
    """Compute where each section begins, in seconds, from the plan's bars and tempo."""
    bar_s = plan.get("beats_per_bar", 4) * 60.0 / plan["bpm"]
    marks, bars = [], 0
    for section in plan["structure"]:
        marks.append(Mark(round(bars * bar_s, 3), section["section"]))
        bars += section["bars"]
    return marks


def _variant(track: dict[str, Any], label: str) -> Variant:
    wave = f"/api/v1/tracks/{track['id']}/waveform?points=600"
    return Variant(label, track["file_url"], wave)


def family_of(track: dict[str, Any]) -> list[dict[str, Any]]:
    """List the track that this one was made of, its other revisions, and those made of this one."""
    found: dict[str, dict[str, Any]] = {}
    limit = {"limit": 30}
    if track["parent_id"] and not track["parent_deleted"]:
        found[track["parent_id"]] = api().get(f"/api/v1/tracks/{track['parent_id']}")
        beside = api().get(f"/api/v1/tracks/{track['parent_id']}/revisions", limit)
        found |= {one["id"]: one for one in beside["items"]}
    made = api().get(f"/api/v1/tracks/{track['id']}/revisions", limit)
    found |= {one["id"]: one for one in made["items"]}
    found.pop(track["id"], None)
    return [one for one in found.values() if one["exists"]]


def _compare(track: dict[str, Any]) -> None:
    family = {one["id"]: one for one in family_of(track)}
    if not family or not track["exists"]:
        st.info(t("track.no_revisions"), icon=":material/info:")
        return
    other_id = kept.one(
        st.selectbox, t("track.compare_with"), list(family), key="with",
        default=next(iter(family)),
        format_func=lambda one: joined(
            [formats.moment(family[one]["created_at"]), formats.tempo(family[one]["bpm"]),
             family[one]["key"],
             t("track.parent") if one == track["parent_id"] else t("track.revision")]
        ),
    )  # fmt: skip
    other = family[other_id]
    st.caption(t("track.compare_help"))
    player(
        t("track.tab_compare"),
        [
            _variant(track, f"A · {t('track.this')}"),
            _variant(other, f"B · {formats.moment(other['created_at'])}"),
        ],
        duration_s=track["duration_s"],
        key=f"compare-{track['id']}-{other['id']}",
        marks=section_marks(track["plan"]),
    )
    if st.button(t("track.open_other"), key="open-other"):
        remember(track=other["id"], edits=None, locked=None)
        st.rerun()


def _stems(track: dict[str, Any]) -> None:
    voices = api().get(f"/api/v1/tracks/{track['id']}/explain")["voices"]
    for voice in voices:
        with st.expander(f"**{plain(voice['voice'])}**: {plain(voice['name'])}"):
            st.caption(
                plain(joined([word("category", voice["category"]), voice["kit"] or "",
                              voice["licence"] or "", ", ".join(voice["sections"])]))
            )  # fmt: skip
            for reason in voice["reasons"]:
                st.markdown(f"- {plain(reason['text'])} ({reason['score']:.2f})")
            if voice["runners_up"]:
                st.caption(t("track.runners_up", names=", ".join(voice["runners_up"])))


def _downloads(track: dict[str, Any]) -> None:
    if track["exists"]:
        _links([(t("track.wav"), track["file_url"], f"{track['id']}.wav")])
    path = f"/api/v1/tracks/{track['id']}/exports"
    answer = api().get(path)
    made = {file["format"] for file in answer["files"]}
    wanted = st.pills(
        t("track.formats"), answer["formats"], selection_mode="multi", key="formats",
        format_func=lambda one: t(f"format.{one}") + (" ✓" if one in made else ""),
    )  # fmt: skip
    label = t("track.export") if wanted else t("track.export_all")
    if st.button(label, key="export", icon=":material/download:", type="primary"):
        start(path, {"formats": wanted} if wanted else {}, name="export")
    if requested("export"):
        job = job_panel(requested("export"), key="export-job")
        if job is None:
            return
    if not answer["files"]:
        st.caption(t("track.no_exports"))
        return
    _links([(f"{zipped}", f"{path}/{zipped}", zipped) for zipped in map(_last, answer["zips"])])
    _links(
        [
            (f"{file['name']} ({formats.size(file['bytes'])})", file["url"], _last(file["name"]))
            for file in answer["files"]
        ]
    )


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _links(files: list[tuple[str, str, str]]) -> None:
    """List downloads that the browser fetches itself: label, path at the API, name to save as."""
    st.html(
        "".join(
            f'<a class="te-link" href="{escape(media_url(path))}" download="{escape(name)}">'
            f"⬇ {escape(label)}</a>"
            for label, path, name in files
        )
    )


def _details(track: dict[str, Any]) -> None:
    mix = track["report"].get("mix") or {}
    st.markdown(f"**{t('track.mix')}**")
    st.json(mix, expanded=False)
    st.markdown(f"**{t('track.plan')}**")
    st.json(track["plan"], expanded=False)
    st.markdown(f"**{t('track.credits')}**")
    for stem in track["report"].get("stems", []):
        answer = joined([stem.get("name", ""), stem.get("kit") or "", stem.get("licence") or ""])
        st.markdown(f"- {plain(answer)}")
