"""Kits that move as one, and keys that can't be reached."""

import pytest

from src.music.casting.casting import cast_plan
from src.music.casting.kit_shifts import key_within_reach, kit_shifts_of, told_of_key
from src.music.casting.requests import library_queries
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.theory.keys import KEYS
from tests.music.cards import loop, pool_of, shot

BASS_HEARD_A_TONE_LOW = tuple(0.6 if key == "Gm" else 0.4 / 23 for key in KEYS)
KIT = [
    loop("Bass", "bass", key="Am", kit_id="k", keys=BASS_HEARD_A_TONE_LOW,
         confidence={"key": 0.3}),
    loop("Lead", "lead", key="Am", kit_id="k", confidence={"key": 0.9}),
    loop("Keys", "keys", key="Am", kit_id="k", confidence={"key": 0.9}),
    shot("Kick", "kick", kit_id="k"),
]  # fmt: skip


def plan(key):
    queries = tuple(StemQuery(category) for category in ("kick", "bass", "lead", "keys"))
    return ArrangementPlan(138.0, key, (SectionPlan("Groove", 8, queries),), genre="techno")


def cast(key, cards=KIT):
    return cast_plan(plan(key), pool_of(cards, library_queries(plan(key))), seed=0)


@pytest.mark.parametrize("key", ["Am", "Bm", "Gm", "C"])
def test_loops_of_a_kit_move_by_one_shift(key):
    result = cast(key)

    assert len(result.parts) == 4
    assert len({part.fit.semitones for part in result.parts if part.fit.way == "loop"}) == 1
    assert result.key == key
    assert not result.warnings


def test_a_doubtful_stem_does_not_outvote_its_kit():
    assert kit_shifts_of(KIT, "Bm", {"k": "Am"}) == {"k": 2}


def test_a_key_out_of_reach_is_left_for_that_of_the_loops_and_told():
    result = cast("Ebm")

    assert result.key == "Am"
    assert {part.fit.semitones for part in result.parts if part.fit.way == "loop"} == {0.0}
    assert any("the track is in Am" in warning for warning in result.warnings)


def test_the_kept_key_has_the_mode_that_was_asked_for():
    assert key_within_reach("F#", cast("F#").parts, {"k": "Am"}) in ("C", "F#")
    assert cast("F#").key == "C"


def test_another_kit_that_can_be_brought_there_is_taken_instead():
    other = [
        loop(f"Other {name}", name, key="Ebm", kit_id="o", confidence={"key": 0.9})
        for name in ("bass", "lead", "keys")
    ]
    result = cast("Ebm", [*KIT, *other])

    assert result.key == "Ebm"
    assert {part.card.kit_id for part in result.parts if part.fit.way == "loop"} == {"o"}


def test_a_plan_tells_of_its_key_once_and_only_while_it_is_another():
    moved = told_of_key(told_of_key(plan("Am"), "Ebm"), "Ebm")

    assert [report.code for report in moved.reported] == ["key_kept"]
    assert told_of_key(moved, "Am").reported == ()
