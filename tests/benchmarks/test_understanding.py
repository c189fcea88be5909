"""The judge of plans: right plans pass, silent and turned ones are found out."""

from typing import Any

import pytest

from benchmarks.understanding import LABELS, Label, judge, passed_over, read_labels
from benchmarks.understanding_facts import failed_facts, turned_round
from src.services.arranger import ArrangerService


def _plan(**fields: Any) -> dict[str, Any]:
    query = {"category": "keys", "text": "piano", "tags": [], "gain_db": 0.0}
    section = {"section": "Verse", "bars": 16, "stem_queries": [query], "muted": []}
    requested = [{"name": "piano", "category": "keys", "text": "piano", "gain_db": 0.0}]
    usual = {"bpm": 120, "key": "Am", "genre": "pop", "moods": ["sad"], "excluded": ["vocal"],
             "swing": 0.0, "beats_per_bar": 4, "structure": [section],
             "requested": requested}  # fmt: skip
    return usual | fields


@pytest.mark.parametrize(
    ("expect", "failed"),
    [
        ({"genre": ["pop"], "bpm": [110, 130], "moods": ["sad", "blue"]}, []),
        ({"genre": ["rock"], "bpm": [121, 130], "moods": ["happy"]}, ["genre", "bpm", "moods"]),
        ({"instruments": ["piano"], "categories": ["keys"], "refused": ["vocal"]}, []),
        ({"instruments": ["flute"], "refused": ["keys"]}, ["instruments", "refused"]),
        ({"mode": "minor", "key": ["C", "Am"], "metre": "4/4", "only": ["piano"]}, []),
        ({"mode": "dorian", "metre": "3/4", "only": ["drums"]}, ["mode", "metre", "only"]),
        ({"length_s": [31, 33], "length_bars": 16, "has_sections": {"verse": 1}}, []),
        ({"has_sections": {"verse": 2}, "lacks_sections": ["verse"]},
         ["has_sections", "lacks_sections"]),
        ({"timeline": [{"when": {"first_bars": 8}, "only": ["piano"]}]}, []),
        ({"timeline": [{"when": {"bar": 9}, "enters": ["piano"]}]}, ["timeline"]),
    ],
)  # fmt: skip
def test_each_fact_is_judged_by_itself(expect: dict[str, Any], failed: list[str]) -> None:
    assert failed_facts(_plan(), expect) == failed


def test_times_are_judged_by_bars_from_one_and_sections_by_what_they_are_called() -> None:
    query = {"category": "kick", "text": "", "tags": [], "gain_db": 0.0}
    plan = _plan(
        structure=[
            {"section": name, "bars": 8, "stem_queries": queries, "muted": []}
            for name, queries in (("Intro", [query]), ("Drop", []), ("Breakdown", [query]))
        ]
    )
    middle = {"when": "middle", "section": "drop", "silent": ["kick"]}
    at = {"when": {"bar": 9}, "exits": ["kick"], "section": "drop"}
    assert not failed_facts(plan, {"timeline": [middle, at]})
    assert not failed_facts(plan, {"form": ["intro", ["chorus", "drop"], "breakdown"]})
    assert failed_facts(plan, {"form": ["intro", "build", "breakdown"]}) == ["form"]
    inside = {"when": {"section": "breakdown"}, "enters": ["kick"]}
    assert failed_facts(plan, {"timeline": [inside, {"when": {"bar": 9}, "enters": ["kick"]}]})
    assert not failed_facts(plan, {"timeline": [inside]})


def test_what_is_refused_and_requested_at_once_is_turned_round() -> None:
    assert turned_round(_plan(), {"refused": ["piano"]}) == ["requested piano"]
    assert turned_round(_plan(), {"not_refused": ["vocal"]}) == ["refused vocal"]
    assert turned_round(_plan(), {"not_moods": ["sad"]}) == ["mood sad"]
    assert not turned_round(_plan(), {"refused": ["vocal"], "instruments": ["piano"]})


def test_words_that_a_plan_neither_holds_nor_reports_are_passed_over() -> None:
    plan = _plan(
        understood=[{"words": "sad piano", "field": "requested", "value": "piano"}],
        reported=[{"code": "not_understood", "words": "blorf"}],
    )
    assert passed_over("a sad piano with blorf and zork", plan) == ("zork",)


def test_a_text_that_changes_nothing_and_is_not_reported_counts_as_swallowed() -> None:
    label = Label("anything", "en", "genre", {"genre": ["no such genre"]}, "dev")
    found = judge(ArrangerService(), label, {})
    assert found.failed == ("genre",)
    assert not found.right


def test_the_labels_that_ship_are_read_in_two_halves() -> None:
    labels = read_labels(LABELS / "sentences.yaml")
    assert {label.half for label in labels} == {"dev", "held"}
    assert len(labels) >= 200
