"""Texts of others in markdown."""

import pytest

from src.ui.client import ApiProblem
from src.ui.markdown import plain
from src.ui.problems import said
from src.ui.state import t

IMAGE = "![x](https://evil.example/x.png)"


def test_an_image_in_a_name_stays_its_letters() -> None:
    assert plain(IMAGE) == r"\!\[x\]\(https\://evil.example/x.png\)"


def test_nothing_turns_the_line_or_begins_another() -> None:
    assert plain("gnp.\u202ekick\n# head\x00") == "gnp. kick \\# head "


@pytest.mark.parametrize("lang", ["en", "de"])
def test_values_of_a_text_and_details_of_problems_are_no_markdown(
    monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr("src.ui.state.language", lambda: lang)
    monkeypatch.setattr("src.ui.problems.language", lambda: lang)
    for shown in (
        t("stem.collected", name=IMAGE),
        said(ApiProblem("unheard_of", IMAGE, status=422)),
        said(ApiProblem("name_taken", IMAGE, status=409)),
    ):
        assert "](" not in shown
