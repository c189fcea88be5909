"""Words that describe the whole track: what they set, and what their refusal does."""

import pytest

from src.music.arranging.arrangement import arrange
from src.music.prompt.understanding import understand_prompt


def test_an_occasion_suggests_what_the_prompt_leaves_open() -> None:
    study = understand_prompt("something to study to")
    assert study.occasions == ("study",)
    assert (study.suggested_bpm, study.suggested_genre) == (80, "hip hop/lofi")
    assert "vocal" in study.excluded
    plan = arrange(study)
    assert (plan.genre, plan.style) == ("hip hop", "lofi")


def test_what_the_prompt_names_goes_before_what_an_occasion_suggests() -> None:
    plan = arrange(understand_prompt("techno to study to, with vocals, 140 bpm"))
    assert (plan.genre, plan.bpm) == ("techno", 140.0)
    assert "vocal" not in plan.excluded


def test_a_tempo_that_suits_an_occasion_is_moved_by_fast_and_slow() -> None:
    usual, fast, slow = (
        arrange(understand_prompt(f"{w}wedding")).bpm for w in ("", "fast ", "slow ")
    )
    assert slow < usual < fast


def test_of_several_occasions_the_first_decides() -> None:
    assert understand_prompt("for a wedding party").suggested_bpm == 84


@pytest.mark.parametrize(
    ("prompt", "mood"), [("not for kids", "playful"), ("nothing like horror", "scary")]
)
def test_a_refused_occasion_is_a_mood_to_avoid(prompt: str, mood: str) -> None:
    intent = understand_prompt(prompt)
    assert mood in intent.avoided_moods
    assert mood not in intent.moods


def test_a_picture_asks_for_its_sound() -> None:
    intent = understand_prompt("like rain on a window")
    assert [asked.name for asked in intent.requested] == ["rain"]


@pytest.mark.parametrize(
    ("prompt", "swing"),
    [
        ("shuffle", 0.33),
        ("no swing", 0.0),
        ("straight eighths", 0.0),
        ("triplets", 0.33),
        ("house", None),
    ],
)
def test_swing_is_set_or_taken_out(prompt: str, swing: float | None) -> None:
    assert understand_prompt(prompt).swing == swing


def test_a_way_to_play_that_nothing_plays_is_reported_unless_it_is_refused() -> None:
    (report,) = understand_prompt("polyrhythm").reported
    assert (report.code, report.words, report.values["what"]) == (
        "not_granted",
        "polyrhythm",
        "polyrhythm",
    )
    assert understand_prompt("no polyrhythms").reported == ()


def test_a_rhythm_is_played_by_what_it_is_said_of() -> None:
    assert understand_prompt("off-beat hi-hats").patterns == {"hihat": "off-beats"}
    assert understand_prompt("four on the floor").patterns == {"kick": "four on the floor"}
    plan = arrange(understand_prompt("house with off-beat hi-hats"))
    patterns = {
        q.pattern for part in plan.structure for q in part.stem_queries if q.category == "hihat"
    }
    assert patterns == {"off-beats"}


def test_a_rhythm_that_a_genre_has_no_pattern_for_is_reported() -> None:
    plan = arrange(understand_prompt("techno with a walking bass line"))
    assert [(report.code, report.words) for report in plan.reported] == [
        ("not_granted", "walking bass")
    ]


def test_an_allegro_that_is_refused_is_slow() -> None:
    assert understand_prompt("not presto").tempo_feel == -1.0
    assert understand_prompt("not largo").tempo_feel == 1.0
    assert understand_prompt("allegro").bpm == 134
