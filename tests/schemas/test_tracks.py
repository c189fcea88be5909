"""A plan as the API takes it is the plan that the engine reads, range by range."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from src.core.errors import InvalidInputError
from src.music.arranging.plan_edits import SetEnding, SetEntry, SetSectionRoles
from src.music.model import plan as model
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery, plan_from_dict
from src.schemas.revisions import EditIn
from src.schemas.tracks import Plan, SectionIn, StemQueryIn

QUERY = {"category": "kick"}
SECTION = {"bars": 8, "stem_queries": [QUERY]}
PLAN = {"bpm": 120, "key": "Am", "structure": [SECTION]}


def with_query(**changes: Any) -> dict[str, Any]:
    return with_section(stem_queries=[{**QUERY, **changes}])


def with_section(**changes: Any) -> dict[str, Any]:
    return {**PLAN, "structure": [{**SECTION, **changes}]}


def with_plan(**changes: Any) -> dict[str, Any]:
    return {**PLAN, **changes}


FIELDS = [
    (with_plan, "bpm", model.BPM),
    (with_plan, "swing", model.SWING),
    (with_plan, "beats_per_bar", model.BEATS_PER_BAR),
    (with_plan, "target_lufs", model.TARGET_LUFS),
    (with_section, "bars", model.SECTION_BARS),
    (with_section, "energy", model.ENERGY),
    (with_section, "variation", model.VARIATION),
    (with_query, "count", model.STEMS),
    (with_query, "gain_db", model.GAIN_DB),
    (with_query, "answer_bars", model.ANSWER_BARS),
]


@pytest.mark.parametrize(("made", "name", "allowed"), FIELDS, ids=[name for _, name, _ in FIELDS])
def test_the_ends_of_a_range_are_allowed_and_what_lies_beyond_is_not(made, name, allowed) -> None:
    for value in (allowed.low, allowed.high):
        plan_from_dict(made(**{name: value}))
        Plan.model_validate(made(**{name: value}))
    for value in (allowed.low - 1, allowed.high + 1):
        with pytest.raises(InvalidInputError, match=rf"{name} must be a number from {allowed}"):
            plan_from_dict(made(**{name: value}))
        with pytest.raises(ValidationError, match=name):
            Plan.model_validate(made(**{name: value}))


def test_both_take_as_many_sections_and_no_more() -> None:
    fits, too_many = model.SECTIONS.high, model.SECTIONS.high + 1
    assert len(Plan.model_validate(with_plan(structure=[SECTION] * fits)).structure) == fits
    assert len(plan_from_dict(with_plan(structure=[SECTION] * fits)).structure) == fits
    with pytest.raises(ValidationError, match="structure"):
        Plan.model_validate(with_plan(structure=[SECTION] * too_many))
    with pytest.raises(InvalidInputError, match=rf"structure must have .*{too_many}"):
        plan_from_dict(with_plan(structure=[SECTION] * too_many))


def test_both_know_the_same_fields() -> None:
    pairs = ((Plan, ArrangementPlan), (SectionIn, SectionPlan), (StemQueryIn, StemQuery))
    follows = {"beats_per_bar"}
    for schema, record in pairs:
        assert set(schema.model_fields) - follows == {field.name for field in fields(record)}


def test_entries_and_endings_of_the_api_are_those_of_the_engine() -> None:
    query = {**QUERY, "enters_bar": 3, "exits_bar": 7}
    section = {
        "section": "A",
        "bars": 8,
        "stem_queries": [query],
        "only": ["kick"],
        "silent": False,
    }
    for ending in ({"kind": "fade", "fade_s": 10.0}, {"kind": "cold"}, None):
        data = with_plan(structure=[section], ending=ending)
        taken = Plan.model_validate(data).model_dump(mode="json")
        assert plan_from_dict(taken) == plan_from_dict(data)


def test_edits_of_entries_roles_and_endings_are_those_of_the_engine() -> None:
    edits = TypeAdapter(list[EditIn]).validate_python(
        [
            {"op": "entry", "voice": "bass", "section": "Drop", "enters_bar": 9},
            {"op": "roles", "section": "Drop", "only": ["kick"]},
            {"op": "ending", "kind": "fade", "fade_s": 8.0},
        ]
    )
    assert [one.edit() for one in edits] == [
        SetEntry("bass", "Drop", enters_bar=9),
        SetSectionRoles("Drop", only=("kick",)),
        SetEnding("fade", 8.0),
    ]
