"""Every section gets its chords: the prompt's, else the genre's."""

import pytest

from src.music.arranging.arrangement import arrange
from src.music.harmony.progressions import function_of, is_moving
from src.music.model.plan import ArrangementPlan
from src.music.model.planned_chords import laid_out
from src.music.model.timeline import timeline
from src.music.prompt.understanding import understand_prompt

MOVING = (
    "pop song", "deep house", "uplifting trance", "jazz", "soul", "rock song",
    "liquid drum and bass", "lofi hip hop", "synthwave",
)  # fmt: skip


def planned(prompt: str, seed: int = 1) -> ArrangementPlan:
    return arrange(understand_prompt(prompt), seed=seed)


def names(plan: ArrangementPlan, number: int) -> str:
    return " ".join(str(one.chord) for one in plan.structure[number].chords)


@pytest.mark.parametrize(
    ("prompt", "chords"),
    [
        ("pop song with chords Am F C G", "Am F C G"),
        ("pop in C major, I-V-vi-IV", "C G Am F"),
        ("Lied mit den Akkorden H E F#", "B E F#"),
        ("house in A minor that stays on one chord", "Am7"),
    ],
)
def test_asked_chords_play_in_every_section(prompt: str, chords: str) -> None:
    plan = planned(prompt)
    assert {names(plan, number) for number in range(len(plan.structure))} == {chords}


def test_a_row_of_three_chords_fills_four_bars() -> None:
    chords = planned("Dm7 G7 Cmaj7 soul").structure[0].chords
    assert [(str(one.chord), one.beats) for one in chords] == [
        ("Dm7", 4.0), ("G7", 4.0), ("Cmaj7", 8.0),
    ]  # fmt: skip


@pytest.mark.parametrize("prompt", MOVING)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_genres_that_move_have_three_chords_in_a_section(prompt: str, seed: int) -> None:
    plan = planned(prompt, seed)
    for section in plan.structure:
        row = laid_out(section.chords, 0.0, section.bars * plan.beats_per_bar)
        if section.bars < 8:
            continue
        triads = {one.chord.triad for one in row}
        shares = [sum(one.length for one in row if one.chord.triad == triad) for triad in triads]
        assert len(triads) >= 3
        assert max(shares) <= 0.45 * sum(shares)


@pytest.mark.parametrize("prompt", MOVING)
def test_verse_and_chorus_have_different_chords(prompt: str) -> None:
    plan = planned(prompt)
    rows = {
        (function_of(time.kind), tuple(one.chord for one in section.chords[:4]))
        for time, section in zip(timeline(plan), plan.structure, strict=True)
    }
    verse = {row for function, row in rows if function == "verse"}
    chorus = {row for function, row in rows if function == "chorus"}
    assert not verse & chorus


@pytest.mark.parametrize("prompt", ["driving techno in A minor", "psytrance", "dark drone ambient"])
def test_genres_that_stay_have_at_least_half_of_their_time_on_the_tonic(prompt: str) -> None:
    plan = planned(prompt)
    for section in plan.structure:
        row = laid_out(section.chords, 0.0, section.bars * plan.beats_per_bar)
        on_tonic = sum(one.length for one in row if one.chord.root == row[0].chord.root)
        assert on_tonic >= 0.5 * section.bars * plan.beats_per_bar


def test_the_track_closes_on_its_tonic() -> None:
    plan = planned("uplifting trance in A minor with an outro")
    assert str(plan.structure[-1].chords[-1].chord) == "Am"


def test_the_same_seed_gives_the_same_chords_and_another_one_others() -> None:
    assert planned("house", 3) == planned("house", 3)
    rows = {tuple(section.chords for section in planned("house", n).structure) for n in range(6)}
    assert len(rows) > 1


def test_a_vamp_on_one_chord_does_not_move() -> None:
    assert not is_moving(planned("house that stays on one chord").structure[0].chords)
    assert is_moving(planned("chords Am F C G").structure[0].chords)
