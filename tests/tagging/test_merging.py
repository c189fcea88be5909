from typing import Any

import pytest

from src.tagging.merging import MergedTags, merge, proposals_of
from src.tagging.policy import SongTags
from src.tagging.records import SongMeasures
from src.tagging.song_names import SongName
from src.tagging.whitelist import read_whitelist

WHITELIST = read_whitelist()


def merged(**given: Any) -> MergedTags:
    values = {
        "persons": [], "name": SongName("a"), "genre": "", "measures": None, "model": None,
        "instrumental": False, "whitelist": WHITELIST,
    }  # fmt: skip
    return merge(proposals_of(**{**values, **given}))


def measures(bpm: float, confidence: float = 0.9, **more: Any) -> SongMeasures:
    return SongMeasures(60.0, bpm=bpm, bpm_confidence=confidence, **more)


def test_nobody_knows_and_nobody_guesses() -> None:
    assert merged() == MergedTags(SongTags(), {})


def test_a_person_beats_everybody_and_the_others_are_noted() -> None:
    found = merged(persons=[SongTags(bpm=100)], measures=measures(93.2))
    assert found.tags.bpm == 100
    assert found.sources["bpm"].source == "person"
    assert found.sources["bpm"].others == (("measured", "93"),)


def test_what_was_measured_beats_a_models_words() -> None:
    model = SongTags(("techno",), bpm=120, key="major key", vocal="duet")
    found = merged(measures=measures(138.1, key="Am", key_confidence=0.9), model=model)
    assert (found.tags.bpm, found.tags.key, found.tags.vocal) == (138, "minor key", "duet")
    assert found.sources["bpm"].others == (("model", "120"),)
    assert found.sources["vocal"].source == "model"


@pytest.mark.parametrize(
    ("stated", "measured", "confidence", "kept", "source"),
    [
        (93.0, 93.4, 0.9, 93, "file"), (93.0, 186.5, 0.9, 93, "file"),
        (120.0, 93.0, 0.9, 93, "measured"), (120.0, 93.0, 0.4, 120, "file"),
        (None, 93.0, 0.9, 93, "measured"),
    ],
)  # fmt: skip
def test_a_stated_tempo_holds_unless_the_sound_clearly_contradicts(
    stated: float | None, measured: float, confidence: float, kept: int, source: str
) -> None:
    found = merged(name=SongName("a", bpm=stated), measures=measures(measured, confidence))
    assert (found.tags.bpm, found.sources["bpm"].source) == (kept, source)


def test_an_unsure_measurement_stays_empty() -> None:
    assert merged(measures=measures(93.0, 0.1, key="Am", key_confidence=0.2)).tags == SongTags()


def test_genres_of_the_file_and_lyrics_that_say_instrumental_are_taken() -> None:
    found = merged(genre="Techno/House", instrumental=True)
    assert (found.tags.genres, found.tags.vocal) == (("techno", "house"), "instrumental")
    assert merged(genre="Hip-Hop").tags.genres == ("hip hop",)
