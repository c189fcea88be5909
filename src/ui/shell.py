"""What surrounds every page: navigation, logo, language, the door."""

from pathlib import Path

import streamlit as st

from src.ui import kept
from src.ui.client import ApiProblem
from src.ui.pages.login import may_enter
from src.ui.problems import show_problem
from src.ui.state import ready, settings, t
from src.ui.texts import LANGUAGES, language_of
from src.ui.views.pictures import data_uri, logo

PAGES = (
    ("upload", "1_Upload_Stems.py", ":material/upload:"),
    ("search", "2_Search_Stems.py", ":material/search:"),
    ("generate", "3_Generate_Track.py", ":material/auto_awesome:"),
    ("library", "4_Library.py", ":material/library_music:"),
    ("tracks", "5_Tracks.py", ":material/album:"),
    ("jobs", "6_Jobs.py", ":material/pending_actions:"),
    ("system", "7_System.py", ":material/settings:"),
)
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 2.5rem; max-width: 1180px; }
[data-testid="stHeader"] { background: transparent; }
[data-testid="stMainBlockContainer"] h1 { font-size: 2rem; padding: 0 0 .5rem; }
.te-link { display: inline-block; padding: .3rem .8rem; margin: 0 .4rem .4rem 0;
  border-radius: .5rem; border: 1px solid #343a48;
  color: inherit !important; text-decoration: none !important; }
.te-link:hover, .te-link:focus-visible { border-color: #7a5af8; }
.te-plan { width: 100%; height: auto; }
</style>"""


def run() -> None:
    """Show the whole page, as the browser's address asks for it."""
    st.set_page_config(
        page_title="Traum-Engine",
        page_icon=data_uri(logo(with_name=False)),
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    st.html(_STYLE)
    st.logo(data_uri(logo()), size="large", icon_image=data_uri(logo(with_name=False)))
    allowed = may_enter()
    page = st.navigation(_pages(), position="sidebar" if allowed else "hidden")
    _language_switch()
    if allowed and _engine_answers():
        page.run()


def _pages() -> list[st.Page]:
    return [
        st.Page(
            Path("pages") / file,
            title=t(f"nav.{name}"),
            icon=icon,
            url_path=name,
            default=name == "upload",
        )
        for name, file, icon in PAGES
    ]


def _language_switch() -> None:
    own = language_of(st.context.locale)
    kept.one(
        st.sidebar.segmented_control, t("nav.language"), list(LANGUAGES), key="lang", default=own,
        format_func=LANGUAGES.__getitem__, required=True,
    )  # fmt: skip


def _engine_answers() -> bool:
    try:
        ready()
    except ApiProblem as problem:
        show_problem(problem)
        st.caption(t("system.backend_url", url=settings().backend_url))
        st.button(t("common.try_again"), type="primary", on_click=ready.clear)
        return False
    return True
