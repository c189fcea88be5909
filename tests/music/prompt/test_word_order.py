"""What stands behind the thing that it is said of."""

import pytest

from src.music.prompt.understanding import understand_prompt


@pytest.mark.parametrize(
    "prompt", ["piano, turn the strings up", "Klavier, dreh die Streicher hoch"]
)
def test_what_is_turned_up_is_louder(prompt: str) -> None:
    levels = {one.name: one.gain_db for one in understand_prompt(prompt).requested}

    assert levels == {"piano": 0.0, "strings": 2.0}


@pytest.mark.parametrize("prompt", ["bring the strings down", "dreh die Streicher runter"])
def test_what_is_turned_down_is_softer(prompt: str) -> None:
    assert understand_prompt(prompt).softer == (("strings", -4.0),)


@pytest.mark.parametrize(
    "prompt", ["no drums, piano is fine", "ohne Schlagzeug, Klavier geht klar",
               "без барабанов, пианино можно"],
)  # fmt: skip
def test_what_is_allowed_is_not_refused_with_what_stands_before(prompt: str) -> None:
    intent = understand_prompt(prompt)

    assert [one.name for one in intent.requested] == ["piano"]
    assert "kick" in intent.excluded


def test_only_in_a_section_still_leaves_what_else_plays_there() -> None:
    intent = understand_prompt("drums only in the chorus, house with piano")

    assert not intent.only_requested
    assert [one.name for one in intent.requested] == ["piano"]
    assert [(one.kind, one.only) for one in intent.sections] == [("drop", False)]


@pytest.mark.parametrize(
    "prompt", ["vocals in the chorus only, techno", "Gesang im Refrain nur, Techno"]
)
def test_only_may_stand_behind_its_place(prompt: str) -> None:
    intent = understand_prompt(prompt)

    assert intent.excluded == ("vocal",)
    assert [[one.category for one in section.requested] for section in intent.sections] == [
        ["vocal"]
    ]


def test_a_second_level_may_leave_out_the_verb() -> None:
    intent = understand_prompt("turn the drums down and the bass up")

    assert [(one.name, one.gain_db) for one in intent.requested] == [("bass", 2.0)]
    assert ("drums", -4.0) in intent.softer


@pytest.mark.parametrize(
    "prompt", ["piano is fine, drums are not allowed", "Klavier ist ok, Schlagzeug verboten",
               "пианино можно, барабаны нельзя"],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(prompt: str) -> None:
    intent = understand_prompt(prompt)

    assert [one.name for one in intent.requested] == ["piano"]
    assert "kick" in intent.excluded


@pytest.mark.parametrize(
    "prompt",
    [
        "the bass drops out in the breakdown",
        "take the bass out in the breakdown",
        "bass out in the breakdown",
        "der Bass setzt im Breakdown aus",
        "im Breakdown setzt der Bass aus",
        "бас пропадает в брейкдауне",
    ],
)
def test_who_drops_out_in_a_section_is_refused_there_and_nowhere_else(prompt: str) -> None:
    intent = understand_prompt(prompt)

    assert intent.section("break").excluded == ("bass",)
    assert (intent.excluded, intent.requested) == ((), ())


def test_who_drops_out_every_eight_bars_is_reported_and_plays() -> None:
    intent = understand_prompt("kick drops out every 8 bars, techno")

    assert [one.name for one in intent.requested] == ["kick"]
    assert [one.code for one in intent.reported] == ["position"]
