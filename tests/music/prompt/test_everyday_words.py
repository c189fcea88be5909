"""Words of everyday life in three languages, and what each of them does to a plan."""

import pytest

from src.music.prompt.understanding import understand_prompt


@pytest.mark.parametrize(
    ("words", "field"),
    [
        # house, garden, free time
        ("doing the dishes", "occasion"),
        ("zum Putzen", "occasion"),
        ("для уборки", "occasion"),
        ("garden party", "occasion"),
        ("Grillabend", "occasion"),
        ("под шашлыки", "occasion"),
        ("Spaziergang", "occasion"),
        ("на выпускной", "occasion"),
        ("für die Vernissage", "occasion"),
        ("рыбалка", "occasion"),
        # how a sound feels
        ("woolly", "moods"),
        ("heiser", "moods"),
        ("матовый", "moods"),
        # parts of a piece
        ("pre-chorus", "structure"),
        ("Zwischenspiel", "structure"),
        ("эпилог", "structure"),
        ("джингл", "structure"),
        # instruments
        ("Westerngitarre", "requested"),
        ("Handtrommel", "requested"),
        ("палка дождя", "requested"),
        # genres
        ("постпанк", "genre"),
        ("Kurkonzert", "genre"),
        ("гопак", "genre"),
        # scales
        ("phrygian dominant", "scale"),
        ("хиджаз", "scale"),
    ],
)
def test_everyday_words_take_effect(words: str, field: str) -> None:
    intent = understand_prompt(words)

    assert {one.field for one in intent.understood} == {field}
    assert not [one for one in intent.reported if one.code == "not_understood"]


@pytest.mark.parametrize(
    "words", ["calm, nothing heavy", "ruhig, bloß nichts Schweres", "спокойно, ничего тяжёлого"]
)
def test_nothing_refuses_the_mood_behind_it(words: str) -> None:
    intent = understand_prompt(words)

    assert "heavy" in intent.avoided_moods
    assert "heavy" not in intent.moods


def test_a_military_band_blows_a_march() -> None:
    intent = understand_prompt("военный оркестр")

    assert ("occasion", "military band") in {(u.field, u.value) for u in intent.understood}
    assert [one.category for one in intent.requested] == ["brass"]


@pytest.mark.parametrize("words", ["seventh chords", "Septakkorde", "септаккорды"])
def test_chords_that_nothing_plays_are_told(words: str) -> None:
    assert [one.code for one in understand_prompt(words).reported] == ["not_granted"]


def test_a_picture_sign_is_told_and_a_flat_is_none() -> None:
    (told,) = understand_prompt("techno 🔥").reported

    assert (told.code, told.words) == ("not_understood", "🔥")
    assert understand_prompt("techno in B♭").reported == ()
