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


def test_a_military_band_blows() -> None:
    requested = understand_prompt("военный оркестр").requested

    assert [one.category for one in requested] == ["brass"]
