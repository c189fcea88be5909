"""What became of the words of a prompt, in the user's language."""

from typing import Any

import streamlit as st

from src.ui.markdown import plain
from src.ui.state import language, t
from src.ui.texts import has_text, text


def show_reading(plan: dict[str, Any]) -> None:
    """Warn of each word that is not played, and list which words made which field of the plan."""
    for report in plan.get("reported", []):
        st.warning(plain(report_in(language(), report)), icon=":material/info:")
    understood = plan.get("understood", [])
    if understood:
        with st.expander(t("generate.understood")):
            for one in understood:
                st.caption(plain(f"{one['words']} → {one['field']}: {one['value']}"))


def report_in(spoken: str, report: dict[str, Any]) -> str:
    """Say a report in a language; one of an unknown code by its words alone."""
    key = f"report.{report['code']}"
    values = {name: value for name, value in report.items() if name != "code"}
    return text(spoken, key, **values) if has_text(spoken, key) else str(report["words"])
