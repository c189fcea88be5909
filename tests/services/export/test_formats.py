"""What a track's files say of it."""

from pathlib import Path

import pytest

from src.audio.basics.validation import Audio
from src.music.model.score import Choice, Score
from src.services.export.formats import Material
from tests.music.made_scores import made_score


def no_sound(stem_id: str) -> Audio:
    raise AssertionError(f"{stem_id} is not read for tags")


def material(score: Score) -> Material:
    return Material("t", "T", "techno", score, Path("t.wav"), no_sound, {}, artist="Ada")


def plays(category: str) -> Choice:
    return Choice("s", "S", category, category, ("Intro",), 1.0)


def test_tags_tell_tempo_key_and_who_made_it() -> None:
    tags = material(made_score(bpm=127.5)).tags
    assert (tags.bpm, tags.key, tags.artist, tags.genre) == ("127.5", "F#m", "Ada", "techno")
    assert tags.comment == "127.5 BPM, F#m, made with Traum-Engine"


@pytest.mark.parametrize(
    ("categories", "key"),
    [
        (("kick", "hihat", "fx"), ""), (("drums",), ""), (("kick", "bass"), "F#m"),
        (("drums", "vocal"), "F#m"),
    ],
)  # fmt: skip
def test_where_only_drums_play_no_key_is_claimed(categories: tuple[str, ...], key: str) -> None:
    score = made_score(choices=tuple(plays(category) for category in categories))
    tags = material(score).tags
    assert tags.key == key
    assert ("F#m" in tags.comment) == bool(key)
