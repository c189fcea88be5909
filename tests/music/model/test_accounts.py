"""What became of a prompt's words is written into a plan and read back."""

import pytest

from src.core.errors import InvalidInputError
from src.music.model.accounts import ReportedWords, report_text
from src.music.model.plan import plan_from_dict, plan_to_dict
from src.services.arranger import ArrangerService


def test_a_plan_keeps_what_became_of_each_word() -> None:
    prompt = "sad house with blorf, a ukulele, less hats, dorian, Am7 Dm7 G7, in 3/4, no vocals"
    plan = ArrangerService().plan_prompt(prompt)
    read = plan_from_dict(plan_to_dict(plan))
    assert (read.understood, read.reported, read.requested) == (
        plan.understood,
        plan.reported,
        plan.requested,
    )
    assert (read.scale, read.time_signature, read.chords) == ("dorian", "3/4", ("Am7", "Dm7", "G7"))
    fields = {one.words: one.field for one in read.understood}
    assert fields["sad"] == "moods"
    assert fields["no vocals"] == "excluded"
    assert [(report.code, report.words) for report in read.reported] == [
        ("not_understood", "blorf")
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("understood", "sad"), ("understood", [{"words": "sad"}]),
        ("reported", [{"code": 3, "words": "x"}]), ("reported", [["code"]]),
        ("requested", [{"name": 1}]), ("requested", [{"name": "a", "gain_db": "loud"}]),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_refused_by_name(field: str, value: object) -> None:
    plan = {"bpm": 120, "structure": [{"section": "A", "bars": 4}], field: value}
    with pytest.raises(InvalidInputError, match=f"plan.{field} must"):
        plan_from_dict(plan)


def test_a_report_of_another_version_still_says_its_words() -> None:
    assert report_text(ReportedWords("from the future", "blorf")) == "'blorf': from the future"
