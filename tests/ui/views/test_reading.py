"""What of a prompt is not played is said in both languages, as the engine says it in English."""

import pytest

from src.music.model.accounts import REPORT_TEXTS, ReportedWords, report_text, report_to_dict
from src.ui.texts import has_text
from src.ui.views.reading import report_in

VALUES = {
    "what": "rubato", "kept": "120 bpm", "other": "slow", "category": "guitar", "bars": "64",
    "genre": "ambient", "bar": "1", "last": "32", "section": "Drop", "got": "8", "asked": "16",
    "beats": "4", "name": "violin",
}  # fmt: skip


@pytest.mark.parametrize("code", REPORT_TEXTS)
def test_each_code_has_words_in_both_languages_and_the_engines_english(code: str) -> None:
    report = ReportedWords(code, "blorf", VALUES)
    assert report_in("en", report_to_dict(report)) == report_text(report)
    if "{words}" in REPORT_TEXTS[code]:
        assert "blorf" in report_in("de", report_to_dict(report))
    assert has_text("de", f"report.{code}")


def test_a_code_of_another_version_is_said_by_its_words() -> None:
    assert report_in("de", {"code": "no such code", "words": "blorf"}) == "blorf"
