"""How the engine is doing: health, models, storage, settings, language."""

import streamlit as st

from src.ui import formats
from src.ui.problems import told_of_problems
from src.ui.state import api, asked, place, ready, t
from src.ui.views.jobs import job_panel, start
from src.ui.views.stem_card import plain


def show() -> None:
    """The page."""
    st.title(t("system.title"))
    for title, part in (
        ("health", _health),
        ("models", _models),
        ("storage", _storage),
        ("settings", _settings),
    ):
        st.subheader(t(f"system.{title}"))
        with told_of_problems():
            part()


def _health() -> None:
    ready.clear()
    told = ready()
    st.success(t("system.ready", version=told["version"]), icon=":material/check_circle:")
    names = ("stems", "kits", "tracks", "vectors", "quarantined", "open_jobs")
    for column, name in zip(st.columns(len(names)), names, strict=True):
        column.metric(t(f"library.count_{name}"), told["library"][name])
    st.caption(t("system.backend_url", url=place().backend_url))


def _models() -> None:
    told = api().get("/api/v1/models")
    for one in told["embedders"]:
        share = one["embedded"] / one["total"] if one["total"] else 1.0
        mark = t("system.active") if one["model_id"] == told["active"] else ""
        text = f"**{plain(one['model_id'])}** {plain(one['kind'])} {mark}"
        st.progress(min(share, 1.0), text=f"{text} {one['embedded']} / {one['total']}")
    unfinished = any(one["embedded"] < one["total"] for one in told["embedders"])
    if unfinished and st.button(t("system.reembed"), key="reembed"):
        start("/api/v1/models/reembed")
    if asked("job"):
        job_panel(asked("job"), key="reembed-job")
    with st.expander(t("system.get_clap")):
        st.markdown(told["how_to_get_clap"])


def _storage() -> None:
    told = api().get("/api/v1/storage")
    for folder in told["folders"]:
        size = formats.size(folder["bytes"])
        st.markdown(
            t("system.folder", name=t(f"system.folder_{folder['name']}"), size=size,
              files=folder["files"], path=plain(folder["path"]))
        )  # fmt: skip
    used = 1.0 - told["free_bytes"] / max(told["total_bytes"], 1)
    st.progress(
        min(max(used, 0.0), 1.0), text=t("system.free", size=formats.size(told["free_bytes"]))
    )


def _settings() -> None:
    st.dataframe(
        [{t("system.setting"): name, t("system.value"): str(value)}
         for name, value in api().get("/api/v1/settings").items()],
        hide_index=True,
    )  # fmt: skip
    st.caption(t("system.settings_help"))
