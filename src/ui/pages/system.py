"""How the engine is doing: health, models, storage, settings, language."""

import streamlit as st

from src.ui import formats
from src.ui.markdown import plain
from src.ui.problems import problems_shown
from src.ui.state import api, ready, requested, settings, t
from src.ui.views.jobs import job_panel, start


def show() -> None:
    """Show the page."""
    st.title(t("system.title"))
    for title, part in (
        ("health", _health),
        ("models", _models),
        ("storage", _storage),
        ("settings", _settings),
    ):
        st.subheader(t(f"system.{title}"))
        with problems_shown():
            part()


def _health() -> None:
    ready.clear()
    answer = ready()
    st.success(t("system.ready", version=answer["version"]), icon=":material/check_circle:")
    names = ("stems", "kits", "tracks", "vectors", "quarantined", "open_jobs")
    for column, name in zip(st.columns(len(names)), names, strict=True):
        column.metric(t(f"library.count_{name}"), answer["library"][name])
    st.caption(t("system.backend_url", url=settings().backend_url))


def _models() -> None:
    answer = api().get("/api/v1/models")
    for one in answer["embedders"]:
        share = one["embedded"] / one["total"] if one["total"] else 1.0
        mark = t("system.active") if one["model_id"] == answer["active"] else ""
        text = f"**{plain(one['model_id'])}** {plain(one['kind'])} {mark}"
        st.progress(min(share, 1.0), text=f"{text} {one['embedded']} / {one['total']}")
    unfinished = any(one["embedded"] < one["total"] for one in answer["embedders"])
    if unfinished and st.button(t("system.reembed"), key="reembed"):
        start("/api/v1/models/reembed")
    if requested("job"):
        job_panel(requested("job"), key="reembed-job")
    with st.expander(t("system.get_clap")):
        st.markdown(answer["how_to_get_clap"])


def _storage() -> None:
    answer = api().get("/api/v1/storage")
    for folder in answer["folders"]:
        size = formats.size(folder["bytes"])
        st.markdown(
            t("system.folder", name=t(f"system.folder_{folder['name']}"), size=size,
              files=folder["files"], path=folder["path"])
        )  # fmt: skip
    used = 1.0 - answer["free_bytes"] / max(answer["total_bytes"], 1)
    st.progress(
        min(max(used, 0.0), 1.0), text=t("system.free", size=formats.size(answer["free_bytes"]))
    )


def _settings() -> None:
    st.dataframe(
        [{t("system.setting"): name, t("system.value"): str(value)}
         for name, value in api().get("/api/v1/settings").items()],
        hide_index=True,
    )  # fmt: skip
    st.caption(t("system.settings_help"))
