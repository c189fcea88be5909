"""The plan's JSON is the blueprint, and every wrong value is named."""

import json
from typing import Any

import pytest

from src.core.errors import InvalidInputError
from src.music.model.plan import plan_from_dict, plan_to_dict

BLUEPRINT: dict[str, Any] = {
    "bpm": 135,
    "key": "Am",
    "structure": [
        {
            "section": "Intro",
            "bars": 16,
            "stem_queries": [{"category": "atmo", "tags": ["dark"], "count": 1}],
        },
        {
            "section": "Groove",
            "bars": 64,
            "stem_queries": [
                {"category": "kick", "tags": ["aggressive", "punchy"], "count": 1},
                {"category": "bass", "tags": ["dark", "driving"], "count": 1},
            ],
        },
    ],
}


def test_the_seeds_blueprint_is_a_plan() -> None:
    plan = plan_from_dict(BLUEPRINT)
    assert (plan.bpm, plan.key, plan.bars) == (135, "Am", 80)
    assert plan.duration_s == pytest.approx(80 * 4 * 60 / 135)
    assert plan.structure[1].stem_queries[0].tags == ("aggressive", "punchy")


def test_a_plan_survives_json_unchanged() -> None:
    plan = plan_from_dict(BLUEPRINT)
    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan


def broken(**changes: Any) -> dict[str, Any]:
    return {**BLUEPRINT, **changes}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (broken(bpm=1000), r"plan\.bpm must be a number from 30 to 300, got 1000"),
        (broken(bpm=float("nan")), r"plan\.bpm must be a number"),
        (broken(bpm=True), r"plan\.bpm must be a number"),
        (broken(beats_per_bar=3.5), r"plan\.beats_per_bar must be a whole number, got 3\.5"),
        (broken(key="H#"), r"plan\.key must look like"),
        (broken(structure=[]), r"plan\.structure must have 1 to 64 sections, got 0"),
        (broken(structure="Intro"), r"plan\.structure must be a list"),
        (broken(structure=[3]), r"plan\.structure\[0\] must be an object"),
        (broken(structure=[{"bars": 2.5}]), r"structure\[0\]\.bars must be a whole number"),
        (
            broken(structure=[{"bars": 4, "stem_queries": [{"category": "flute"}]}]),
            r"stem_queries\[0\]\.category must be one of .*got 'flute'",
        ),
        (broken(prompt="x" * 2001), r"plan\.prompt must be a text of at most 2000 .*, got 2001"),
        (broken(genre=3), r"plan\.genre must be a text of at most 2000 characters, got 3"),
        (
            broken(structure=[{"bars": 4, "stem_queries": [{"category": "kick"}] * 33}]),
            r"stem_queries must be a list of at most 32, got 33",
        ),
        (broken(moods="dark"), r"plan\.moods must be a list of texts"),
    ],
)
def test_wrong_values_are_named_with_their_rule(data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        plan_from_dict(data)


def test_only_roles_survive_the_json_form_and_must_be_categories() -> None:
    data = {"bpm": 120, "key": "C", "structure": [{"bars": 4}], "only_roles": ["kick"]}
    plan = plan_from_dict(data)
    assert plan.only_roles == ("kick",)
    assert plan_from_dict(plan_to_dict(plan)) == plan
    with pytest.raises(InvalidInputError, match=r"only_roles must be of .*, got 'banana'"):
        plan_from_dict({**data, "only_roles": ["banana"]})


def with_query(**fields: Any) -> dict[str, Any]:
    query = {"category": "bass", **fields}
    return broken(structure=[{"section": "Groove", "bars": 16, "stem_queries": [query]}])


def test_entries_exits_and_endings_survive_json() -> None:
    data = with_query(enters_bar=5, exits_bar=13)
    data["structure"][0] |= {"only": ["bass"], "without": ["kick"], "genre": "ambient"}
    data["structure"].append({"section": "Rest", "bars": 2, "silent": True})
    data["ending"] = {"kind": "fade", "fade_s": 8.0}
    plan = plan_from_dict(data)
    assert plan.structure[0].stem_queries[0].enters_bar == 5
    assert plan.structure[1].silent
    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan


def test_a_plan_without_entries_and_exits_is_written_as_before() -> None:
    written = plan_to_dict(plan_from_dict(BLUEPRINT))
    assert "ending" not in written
    assert not {"only", "without", "genre", "silent"} & set(written["structure"][0])
    assert not {"enters_bar", "exits_bar"} & set(written["structure"][0]["stem_queries"][0])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (with_query(enters_bar=0), r"enters_bar must be a number from 1 to 16, got 0"),
        (with_query(enters_bar=17), r"enters_bar must be a number from 1 to 16, got 17"),
        (with_query(enters_bar=9, exits_bar=9), r"exits_bar must be a number from 10 to 16"),
        (with_query(exits_bar=1), r"exits_bar must be a number from 2 to 16, got 1"),
        (with_query(enters_bar=16, exits_bar=16), r"exits_bar needs a bar behind 16"),
        (
            broken(structure=[{"bars": 8, "only": ["drumz"]}]),
            r"structure\[0\]\.only must be of .*, got 'drumz'",
        ),
        (broken(structure=[{"bars": 8, "without": [1]}]), r"without must be a list of texts"),
    ],
)
def test_an_entry_lies_in_its_section_and_an_exit_behind_it(
    data: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        plan_from_dict(data)
