"""Two layers, the user's above the machine's, and what follows from both."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.music.evidence.corrections import (
    FASTEST_BPM,
    MOST_TAGS,
    SLOWEST_BPM,
    Change,
    RuleError,
    changed_tempo,
    columns_of,
    said_after,
)

LOOP: dict[str, Any] = {
    "bpm": 120.0, "key": "Am", "category": "bass", "is_loop": True, "tags": {"dark": 0.8},
    "name": "bass", "licence": None, "user_rating": None, "bars": 2.0,
    "chords": {"bpm": 120.0, "spans": [["Am", 4.0, 0.8], ["F", 4.0, 0.7]]}, "progression": "Am F ",
}  # fmt: skip
ONE_SHOT = LOOP | {
    "bpm": None, "is_loop": False, "bars": None, "category": "kick", "key": None, "chords": None,
    "progression": None,
}  # fmt: skip


def after(change: Change, found: dict[str, Any] = LOOP, said: Any = None) -> dict[str, Any]:
    return said_after(change, found, said or {}, duration_s=4.0)


def columns(said: dict[str, Any], found: dict[str, Any] = LOOP, length: float = 4.0) -> Any:
    return columns_of(found, said, duration_s=length)


def test_without_a_word_of_the_user_the_machine_speaks() -> None:
    assert columns({}) == LOOP
    assert columns({}, ONE_SHOT) == ONE_SHOT


def test_the_users_tempo_makes_a_loop_of_what_the_machine_takes_for_a_one_shot() -> None:
    reported = columns({"bpm": 60.0}, ONE_SHOT)
    assert (reported["is_loop"], reported["bpm"], reported["bars"]) == (True, 60.0, 1.0)
    reported = columns({"bpm": 60.0, "is_loop": False})
    assert (reported["is_loop"], reported["bpm"], reported["bars"]) == (False, None, None)


def test_the_users_key_hides_behind_the_users_drum_but_not_behind_the_machines() -> None:
    assert columns({"key": "C", "category": "tom"})["key"] is None
    assert columns({"key": "C"}, LOOP | {"category": "tom", "key": None})["key"] == "C"


def test_bars_leave_out_the_tail_at_twice_and_half_the_tempo() -> None:
    with_tail = 5.2
    assert columns({"bpm": 240.0}, length=with_tail)["bars"] == 4.0
    assert columns({"bpm": 60.0}, length=with_tail)["bars"] == 1.0
    assert columns({"bpm": 60.0, "is_loop": True}, ONE_SHOT)["bars"] == 1.0


def test_double_and_half_start_from_what_holds_now() -> None:
    assert after(Change(tempo="double")) == {"bpm": 240.0}
    assert after(Change(tempo="halve"), said={"bpm": 100.0}) == {"bpm": 50.0}
    assert after(Change(tempo="double", taken_back=("bpm",)), said={"bpm": 50.0}) == {"bpm": 240.0}


@given(st.floats(SLOWEST_BPM, FASTEST_BPM / 2))
def test_half_of_double_is_the_same_tempo(bpm: float) -> None:
    assert changed_tempo(changed_tempo(bpm, "double"), "halve") == bpm


@pytest.mark.parametrize(("bpm", "change"), [(600.0, "double"), (39.9, "halve")])
def test_a_tempo_out_of_range_is_named(bpm: float, change: Any) -> None:
    with pytest.raises(InvalidInputError, match="from 20 to 999 BPM, got") as refused:
        changed_tempo(bpm, change)
    assert refused.value.code == "tempo_out_of_range"


def test_a_one_shot_takes_no_tempo() -> None:
    with pytest.raises(RuleError, match="one-shot has no tempo, got bpm 120"):
        after(Change({"bpm": 120.0}), ONE_SHOT)
    with pytest.raises(RuleError, match="one-shot has no tempo"):
        after(Change({"bpm": 120.0, "is_loop": False}))
    with pytest.raises(RuleError, match="no tempo to change"):
        after(Change(tempo="double"), ONE_SHOT)
    assert after(Change({"bpm": 120.0, "is_loop": True}), ONE_SHOT)["bpm"] == 120.0
    assert after(Change({"bpm": None}), ONE_SHOT) == {"bpm": None}


def test_a_drum_takes_no_key() -> None:
    with pytest.raises(RuleError, match="kick has no key, got key 'C'"):
        after(Change({"key": "C"}), ONE_SHOT)
    with pytest.raises(RuleError, match="tom has no key"):
        after(Change({"key": "C", "category": "tom"}))
    assert after(Change({"key": "C", "category": "bass"}), ONE_SHOT)["key"] == "C"
    assert after(Change({"key": None}), ONE_SHOT) == {"key": None}


def test_a_tempo_that_was_given_can_be_mended_whatever_the_machine_hears_now() -> None:
    assert after(Change({"bpm": 61.0}), ONE_SHOT, {"bpm": 60.0}) == {"bpm": 61.0}
    drum = LOOP | {"category": "kick", "key": None}
    assert after(Change({"key": "D"}), drum, {"key": "C"}) == {"key": "D"}


def test_tags_come_and_go_one_by_one() -> None:
    said = after(Change(add_tags=("mine", "dark"), remove_tags=("absent",)))
    assert said == {"add_tags": ["mine", "dark"]}
    assert columns(said)["tags"] == {"dark": 1.0, "mine": 1.0}
    said = after(Change(remove_tags=("mine", "dark")), said=said)
    assert said == {"remove_tags": ["mine", "dark"]}
    assert columns(said)["tags"] == {}
    assert after(Change(add_tags=("dark",)), said=said)["add_tags"] == ["dark"]
    assert after(Change(taken_back=("tags",)), said=said) == {}


def test_tags_of_the_user_take_additions_in() -> None:
    said = after(Change(add_tags=("b",), remove_tags=("a",)), said={"tags": {"a": 1.0}})
    assert said == {"tags": {"b": 1.0}}
    assert after(Change({"tags": {"c": 1.0}}), said={"add_tags": ["x"]}) == {"tags": {"c": 1.0}}


def test_a_stem_has_only_so_many_tags() -> None:
    with pytest.raises(InvalidInputError, match=f"at most {MOST_TAGS} tags, got {MOST_TAGS + 1}"):
        after(Change(add_tags=tuple(f"t{n}" for n in range(MOST_TAGS))))
