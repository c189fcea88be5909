"""The arranger: from a sentence to a plan."""

import json

import pytest

from src.core.errors import InvalidInputError
from src.music.arranging.library_summary import KitSummary, LibrarySummary
from src.music.model.plan import plan_from_dict, plan_to_dict
from src.services.arranger import ArrangerService


def test_the_deciding_prompt_gives_the_blueprint() -> None:
    plan = ArrangerService().plan_prompt("driving industrial techno 138 bpm")
    blueprint = plan_to_dict(plan)
    assert blueprint["bpm"] == 138
    assert blueprint["genre"] == "techno"
    assert blueprint["structure"][0]["section"] == "Intro"
    requested = {q["category"] for s in blueprint["structure"] for q in s["stem_queries"]}
    assert {"kick", "bass", "hihat", "atmo", "synth"} <= requested
    kicks = [
        q for s in blueprint["structure"] for q in s["stem_queries"] if q["category"] == "kick"
    ]
    assert all("industrial" in kick["tags"] for kick in kicks)


def test_plans_are_repeatable_and_differ_by_seed() -> None:
    arranger = ArrangerService()
    first = arranger.plan_prompt("house", seed=4)
    assert first == ArrangerService().plan_prompt("house", seed=4)
    assert any(arranger.plan_prompt("house", seed=seed) != first for seed in range(4))


def test_library_draws_tempo_and_key() -> None:
    library = LibrarySummary({"synth": 20}, (KitSummary(126.0, "Ebm", 20),))
    plan = ArrangerService(lambda: library).plan_prompt("house")
    assert (plan.bpm, plan.key) == (126.0, "Ebm")


def test_longest_length_can_be_set() -> None:
    with pytest.raises(InvalidInputError, match="at most 2 minutes"):
        ArrangerService(max_length_s=120).plan_prompt("house, 3 minutes")


@pytest.mark.parametrize("longest_s", [200, 60, 5])
def test_a_genre_that_is_longer_by_habit_is_shortened_and_says_so(longest_s: float) -> None:
    plan = ArrangerService(max_length_s=longest_s).plan_prompt("ambient", seed=1)
    assert 0 < plan.duration_s <= max(longest_s, 12)  # four bars at least
    assert any("shortened" in note and "MAX_RENDER_S" in note for note in plan.notes)
    whole = ArrangerService().plan_prompt("ambient", seed=1)
    assert not any("shortened" in note for note in whole.notes)


def test_empty_prompt_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        ArrangerService().plan_prompt(" ")


def test_a_plan_has_the_blueprints_form_as_plain_values() -> None:
    arranger = ArrangerService()
    plan = arranger.generate_arrangement_plan("driving industrial techno 138 bpm", seed=3)
    assert plan_from_dict(json.loads(json.dumps(plan))) == arranger.plan_prompt(
        "driving industrial techno 138 bpm", seed=3
    )
    assert plan["bpm"] == 138
    first = plan["structure"][0]
    assert {"section", "bars", "stem_queries"} <= first.keys()
    assert {"category", "tags", "count"} <= first["stem_queries"][0].keys()
