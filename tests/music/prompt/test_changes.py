"""Wishes for other tempos and keys later in the track are refused, with the reason."""

import pytest

from src.core.errors import InvalidInputError
from src.music.arranging.arrangement import arrange
from src.music.model.accounts import report_text
from src.music.prompt.understanding import understand_prompt


def refusals(prompt: str) -> list[str]:
    return [report_text(report) for report in understand_prompt(prompt).reported]


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [
        ("138 then 170 bpm", 138.0),
        ("techno 138 bpm then 170 bpm", 138.0),
        ("techno 138 bpm, then 170", 138.0),
        ("Techno 138 BPM, dann 170 BPM", 138.0),
        ("техно 138 bpm, потом 170 bpm", 138.0),
        ("techno 120 bpm -> 150 bpm", 120.0),
        ("techno that accelerates from 120 to 150 bpm", 120.0),
        ("speeds up to 150 bpm", None),
        ("Techno, wird schneller bis 150 BPM", None),
        ("техно, ускоряется до 150 bpm", None),
        ("tempo change to 100", None),
        ("Techno mit Tempowechsel", None),
    ],
)
def test_a_tempo_that_changes_is_refused_and_the_first_one_is_kept(
    prompt: str, bpm: float | None
) -> None:
    (note,) = refusals(prompt)
    assert "one tempo from start to end" in note
    assert understand_prompt(prompt).bpm == bpm


@pytest.mark.parametrize(
    ("prompt", "key"),
    [
        ("house in A minor, modulate to C", "Am"),
        ("House in a-Moll, moduliert nach C", "Am"),
        ("хаус в ля минор, модуляция в до мажор", "Am"),
        ("house in F minor, then changes key to G minor", "Fm"),
        ("modulates from A minor to C minor, house", "Am"),
        ("key change to E minor", None),
        ("Tonartwechsel nach e-Moll", None),
        ("смена тональности на ми минор", None),
    ],
)
def test_a_key_that_changes_is_refused_and_the_first_one_is_kept(
    prompt: str, key: str | None
) -> None:
    (note,) = refusals(prompt)
    assert "one key from start to end" in note
    assert understand_prompt(prompt).key == key


def test_two_keys_without_a_word_of_change_are_refused_by_name() -> None:
    (note,) = refusals("house in A minor, C major")
    assert "'C major'" in note
    assert "A minor" in note


@pytest.mark.parametrize(
    "prompt",
    [
        "techno with vocals, no key changes, with pads",
        "Techno mit Vocals, ohne Tonartwechsel, mit Flächen",
        "техно с вокалом без смены темпа, с пэдами",
    ],
)
def test_refusing_changes_is_granted_without_a_word(prompt: str) -> None:
    intent = understand_prompt(prompt)
    assert intent.reported == ()
    assert [requested.category for requested in intent.requested] == ["vocal", "pad"]
    assert intent.excluded == ()


@pytest.mark.parametrize(
    "prompt", ["techno 128 bpm then a long breakdown", "dnb 174 bpm, then vocals", "130 bpm house"]
)
def test_then_with_something_else_after_it_is_no_change(prompt: str) -> None:
    assert refusals(prompt) == []


def test_a_first_tempo_that_can_not_be_is_an_error() -> None:
    with pytest.raises(InvalidInputError, match="30 to 300 BPM, got 10"):
        understand_prompt("10 then 170 bpm")


def test_the_refusal_stands_in_the_plan() -> None:
    plan = arrange(understand_prompt("techno 138 then 170 bpm"), seed=1)
    assert plan.bpm == 138.0
    assert [(report.code, report.words) for report in plan.reported] == [
        ("tempo_change", "138 then 170 bpm")
    ]
    assert "'138 then 170 bpm'" in report_text(plan.reported[0])
