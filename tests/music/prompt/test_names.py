"""Names of artists are taken out of a prompt whole, and words that only look like one stay."""

import pytest

from src.music.prompt.understanding import understand_prompt


def _names(prompt: str) -> list[str]:
    reports = understand_prompt(prompt).reported
    return [report.words for report in reports if report.code == "unknown_name"]


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a track like Daft Punk", "like Daft Punk"),
        ("sounds like Boards of Canada", "sounds like Boards of Canada"),
        ("in the style of Rage Against the Machine", "in the style of Rage Against the Machine"),
        ("in the style of zorbak blim, fast", "in the style of zorbak blim"),
        ("Zorbak Punk vibes", "Zorbak Punk vibes"),
        ("klingt wie Kraftwerk", "klingt wie Kraftwerk"),
        ("im Stil von Die Ärzte", "im Stil von Die Ärzte"),
        ("в стиле Кино", "в стиле Кино"),
        ("как у Цоя", "как у Цоя"),
    ],
)  # fmt: skip
def test_a_name_is_reported_and_nothing_in_it_is_music(prompt: str, name: str) -> None:
    assert _names(prompt) == [name]
    intent = understand_prompt(prompt)
    assert (intent.genre, intent.requested, intent.moods) == (None, (), ())


@pytest.mark.parametrize(
    "prompt",
    [
        "like Techno", "in the style of old movies", "like a broken robot", "like rain on a window",
        "wie Nebel", "wie Regen am Fenster", "в стиле техно", "sounds like techno",
        "klingt wie ein Klavier", "music by night", "как дождь", "zorbak punk vibes",
    ],
)  # fmt: skip
def test_what_music_is_like_is_no_name(prompt: str) -> None:
    assert _names(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "quote"),
    [
        ('house, vocals say "no drums at all"', '"no drums at all"'),
        ("Techno „ohne Bass“", "„ohne Bass“"),
        ("хаус «без барабанов»", "«без барабанов»"),
    ],
)  # fmt: skip
def test_what_stands_in_quotation_marks_refuses_nothing(prompt: str, quote: str) -> None:
    intent = understand_prompt(prompt)
    assert intent.excluded == ()
    assert [(r.code, r.words) for r in intent.reported] == [("lyrics", quote)]


def test_an_apostrophe_begins_no_quotation() -> None:
    intent = understand_prompt("don't make it sad, I'd like strings")
    assert intent.avoided_moods == ("sad",)
    assert intent.reported == ()


def test_a_name_that_only_begins_like_a_word_of_music_is_a_name() -> None:
    intent = understand_prompt("sounds like Metallica, but on ukuleles")
    assert [one.code for one in intent.reported] == ["unknown_name"]
    assert (intent.genre, [one.name for one in intent.requested]) == (None, ["ukulele"])
