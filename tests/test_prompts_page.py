"""Each example of docs/prompts.md is planned, and what the page says of it holds."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from src.music.model.accounts import REPORT_TEXTS
from src.music.model.plan import plan_to_dict
from src.services.arranger import ArrangerService

PAGE = Path(__file__).parents[1] / "docs" / "prompts.md"
ROWS = re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def said_of(plan: dict[str, Any], field: str) -> list[str]:
    """What a plan says of a field of the page's table."""
    if field in REPORT_TEXTS:
        return [one["words"] for one in plan.get("reported", []) if one["code"] == field]
    if field in ("chords", "progression", "only"):
        return [" ".join(plan.get({"only": "only_roles"}.get(field, field), []))]
    if field in ("requested", "less"):
        sounds = plan.get("requested", [])
        return [one["name"] for one in sounds if (one["gain_db"] < 0) == (field == "less")]
    if field == "pattern":
        return [str(q["pattern"]) for part in plan["structure"] for q in part["stem_queries"]]
    if field == "form":
        return [" ".join(section["section"] for section in plan["structure"])]
    if field == "ending":
        return [" ".join(str(value) for value in plan["ending"].values())]
    if field == "enters":
        return list(entries_of(plan))
    if field == "alone":
        return [f"{one['section']} {' '.join(one.get('only', []))}" for one in plan["structure"]]
    if field in ("mood", "excluded"):
        return list(plan[{"mood": "moods"}.get(field, field)])
    value = plan.get({"metre": "time_signature"}.get(field, field), "")
    return [f"{value:g}" if isinstance(value, float) else str(value)]


def entries_of(plan: dict[str, Any]) -> Iterator[str]:
    """Name each part that comes in at a bar, with the bar of the track."""
    start = 0
    for section in plan["structure"]:
        for query in section["stem_queries"]:
            if "enters_bar" in query:
                yield f"{query['category']} {start + query['enters_bar']}"
        start += section["bars"]


def test_the_page_has_examples_in_three_languages() -> None:
    text = " ".join(prompt for prompt, _ in ROWS)
    assert len(ROWS) >= 70
    assert re.search("[а-я]{4}", text)
    assert "Klavier" in text


@pytest.mark.parametrize(("prompt", "facts"), ROWS, ids=[prompt for prompt, _ in ROWS])
def test_an_example_of_the_page_holds(prompt: str, facts: str) -> None:
    plan = plan_to_dict(ArrangerService().plan_prompt(prompt))
    for fact in facts.split("; "):
        field, _, value = fact.partition(" ")
        assert value in said_of(plan, field), (fact, plan.get("understood"), plan.get("reported"))
