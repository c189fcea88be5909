"""Failures as people read them: what happened, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from src.ui.client import UNREACHABLE, ApiProblem
from src.ui.markdown import plain
from src.ui.state import language, t
from src.ui.texts import has_text


def said(problem: ApiProblem) -> str:
    """Put a failure in one or two sentences of the visitor's language.

    It is markdown, in which nothing of the engine's is obeyed. Where the studio has no words of
    its own for it, the engine's are shown.
    """
    key = f"problem.{problem.code}"
    if has_text(language(), key):
        own = t(key)
        shown = problem.code != UNREACHABLE and problem.detail
        return f"{own} ({plain(problem.detail)})" if shown and language() == "en" else own
    if problem.status >= 500 or not problem.detail:
        return t("problem.internal_error")
    return t("problem.refused", detail=problem.detail)


def show_problem(problem: ApiProblem) -> None:
    """Show the failure as a box on the page."""
    st.error(said(problem), icon=":material/error:")


@contextmanager
def problems_shown() -> Iterator[None]:
    """Shows a failure of the API in the place of what would have been here."""
    try:
        yield
    except ApiProblem as problem:
        show_problem(problem)
