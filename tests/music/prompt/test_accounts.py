"""Nothing is passed over: each word of a prompt is in the plan, or reported."""

import pytest

from benchmarks.understanding import LABELS, SETS, passed_over, read_labels
from src.music.arranging.library_summary import LibrarySummary
from src.music.model.plan import plan_to_dict
from src.music.theory.library import CATEGORIES
from src.services.arranger import ArrangerService

LEAST_ACCOUNTED = 1.0
"""Share of the labelled sentences of which no word may be passed over; the rest is known."""

SENTENCES = [
    label.text
    for name in SETS
    if name.endswith("sentences")
    for label in read_labels(LABELS / f"{name}.yaml")
    if label.half == "dev"
]


def test_each_word_of_the_labelled_sentences_is_in_the_plan_or_reported() -> None:
    arranger = ArrangerService(lambda: LibrarySummary(dict.fromkeys(CATEGORIES, 20)))
    over = {}
    for text in SENTENCES:
        words = passed_over(text, plan_to_dict(arranger.plan_prompt(text)))
        if words:
            over[text] = words
    assert len(over) <= (1.0 - LEAST_ACCOUNTED) * len(SENTENCES), over


@pytest.mark.parametrize(
    "prompt",
    ["techno with a blorf", "Techno mit Blorfhorn", "техно с блорфом", "Frobnitz, 120 bpm"],
)
def test_an_invented_word_is_reported_in_each_language(prompt: str) -> None:
    arranger = ArrangerService(lambda: LibrarySummary(dict.fromkeys(CATEGORIES, 20)))
    plan = arranger.plan_prompt(prompt)
    assert [one.code for one in plan.reported] == ["not_understood"]
