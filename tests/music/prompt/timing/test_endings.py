"""Endings: fades, cold ends and last hits, in three languages."""

import pytest

from src.music.model.ending import COLD, FADE
from src.music.prompt.length import Length
from src.music.prompt.text import Sentence
from src.music.prompt.timing.endings import take_ending


@pytest.mark.parametrize(
    ("prompt", "fade"),
    [
        ("house 3 minutes with a fade out", None),
        ("House, am Ende ausblenden", None),
        ("house, затухание в конце", None),
        ("fade out over 10 seconds", Length(seconds=10.0)),
        ("techno, 10 second fade out at the end", Length(seconds=10.0)),
        ("fade out during the last 8 bars", Length(bars=8.0)),
        ("ambient, langsam ausblenden über 20 Sekunden", Length(seconds=20.0)),
        ("house, затухание 10 секунд", Length(seconds=10.0)),
        ("house, fade out 15s", Length(seconds=15.0)),
        ("fade out over half a minute", Length(seconds=30.0)),
    ],
)
def test_a_fade_is_taken_with_its_length(prompt: str, fade: Length | None) -> None:
    ending = take_ending(Sentence(prompt))
    assert ending is not None
    assert (ending.style, ending.fade, ending.last_hit) == (FADE, fade, False)


@pytest.mark.parametrize(
    "prompt",
    ["techno ends abruptly", "Techno, endet abrupt", "техно, резко заканчивается",
     "pop, no fade out", "rock, cold ending", "Rock ohne Ausblenden", "stop dead at the end",
     "am Schluss abrupt aufhören", "в конце резко оборвать"],
)  # fmt: skip
def test_a_cold_end_is_no_fade(prompt: str) -> None:
    ending = take_ending(Sentence(prompt))
    assert ending is not None
    assert (ending.style, ending.last_hit) == (COLD, False)


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("end abruptly with a crash", COLD),
        ("techno that ends with a crash", ""),
        ("Techno, mit einem Crash am Ende", ""),
        ("техно, заканчивается ударом тарелки", ""),
    ],
)
def test_a_last_hit_is_heard_behind_the_end(prompt: str, style: str) -> None:
    ending = take_ending(Sentence(prompt))
    assert ending is not None
    assert (ending.style, ending.last_hit) == (style, True)


@pytest.mark.parametrize("prompt", ["deep house with crash cymbals", "fade in", "ends with piano"])
def test_what_is_no_ending_stays_in_the_sentence(prompt: str) -> None:
    sentence = Sentence(prompt)
    assert take_ending(sentence) is None
    assert sentence.free == prompt


def test_the_words_of_an_ending_are_taken() -> None:
    sentence = Sentence("house, fade out over 10 seconds")
    take_ending(sentence)
    assert [word.text for word in sentence.words() if not word.is_sign] == ["house"]
