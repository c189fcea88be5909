"""Forms that are named are the form, whatever the genre's own would be."""

import re

import pytest

from src.music.arranging.arrangement import arrange
from src.music.arranging.named_form import bars_of, section_store
from src.music.model.plan import ArrangementPlan
from src.music.prompt.length import Length
from src.music.prompt.understanding import understand_prompt


def plan_of(prompt: str, seed: int = 0) -> ArrangementPlan:
    return arrange(understand_prompt(prompt), seed=seed)


def titles(plan: ArrangementPlan) -> list[str]:
    return [section.section for section in plan.structure]


@pytest.mark.parametrize("genre", ["pop", "techno", "ambient", "trap"])
def test_a_row_is_kept_section_by_section(genre: str) -> None:
    plan = plan_of(f"{genre}, verse chorus verse chorus bridge chorus")
    assert titles(plan) == ["Verse", "Chorus", "Verse 2", "Chorus 2", "Bridge", "Chorus 3"]
    energies = {one.section: one.energy for one in plan.structure}
    assert energies["Chorus"] > energies["Bridge"]


def test_letters_repeat_the_same_section() -> None:
    plan = plan_of("AABA, house")
    assert titles(plan) == ["A", "A 2", "B", "A 3"]
    first, second, other, third = plan.structure
    assert first.stem_queries == second.stem_queries == third.stem_queries != other.stem_queries


def test_lengths_that_are_named_are_kept_to_the_bar() -> None:
    plan = plan_of("intro 6 bars, verse 16 bars, chorus (12 bars), outro 8 bars, techno")
    assert [one.bars for one in plan.structure] == [6, 16, 12, 8]


def test_lengths_that_contradict_the_tracks_are_told() -> None:
    plan = plan_of("intro 8 bars, verse 16 bars, chorus 16 bars, outro 8 bars, 3 minutes")
    assert abs(plan.duration_s - 180.0) <= 9.0
    told = [(one.code, one.values["section"], one.values["asked"]) for one in plan.reported]
    assert ("other_bars", "Intro", "8") in told


@pytest.mark.parametrize(
    ("prompt", "name", "count"),
    [
        ("3 drops, dubstep", "Drop", 3), ("only one drop, 3 minutes, techno", "Drop", 1),
        ("5 drops, techno, 3 minutes", "Drop", 5), ("two breakdowns, trance", "Breakdown", 2),
        ("genau ein Drop, House", "Drop", 1), ("техно, три дропа", "Drop", 3),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", [0, 1])
def test_there_are_as_many_sections_as_are_counted(
    prompt: str, name: str, count: int, seed: int
) -> None:
    named = [title for title in titles(plan_of(prompt, seed)) if title.startswith(name)]
    assert len(named) == count


def test_a_track_may_begin_with_the_drop() -> None:
    assert titles(plan_of("techno, straight into the drop"))[0] == "Drop"
    assert titles(plan_of("техно, сразу в дроп"))[0] == "Drop"


def test_a_genre_without_a_kind_borrows_its_section() -> None:
    store = section_store("ambient")
    assert not store.has("build")
    build = store.section("build")
    assert build.kind == "build"
    assert set(build.roles) <= set(store.grammar.roles)


@pytest.mark.parametrize(
    ("length", "bars"),
    [(Length(bars=8.0), 8), (Length(seconds=60.0), 30), (Length(seconds=0.1), 1)],
)
def test_a_length_is_counted_in_whole_bars(length: Length, bars: int) -> None:
    assert bars_of(length, 2.0) == bars


def sections_of(prompt: str) -> list[str]:
    """Names of the sections of a plan, without their numbers."""
    return [re.sub(r" \d+$", "", title) for title in titles(plan_of(prompt))]


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("piano, prechorus", "Pre-Chorus"),
        ("Pop mit einem Vorrefrain", "Pre-Chorus"),
        ("house with a big chorus", "Chorus"),
        ("eurodance, male rap in the verses", "Verse"),
        ("piano with a breakdown", "Breakdown"),
    ],
)
def test_a_section_that_is_spoken_of_is_there_by_its_name(prompt: str, title: str) -> None:
    assert title in sections_of(prompt)


def test_what_is_there_by_its_name_stays_as_it_is() -> None:
    assert sections_of("psytrance, didgeridoo in the breakdown") == sections_of("psytrance")


def test_a_section_that_is_refused_or_a_row_that_is_named_gets_none() -> None:
    assert "Breakdown" not in sections_of("techno without a breakdown")
    assert sections_of("verse chorus verse chorus") == ["Verse", "Chorus", "Verse", "Chorus"]


@pytest.mark.parametrize(
    ("prompt", "title", "count"),
    [
        ("two drops", "Drop", 2),
        ("Hardstyle, danach sofort der Drop", "Drop", 2),
        ("double chorus", "Chorus", 2),
        ("pop, ends with a double chorus", "Chorus", 4),
    ],
)
def test_sections_are_called_what_the_prompt_calls_them(
    prompt: str, title: str, count: int
) -> None:
    assert sum(name.startswith(title) for name in sections_of(prompt)) == count


def test_sections_with_a_colon_head_what_plays_in_them() -> None:
    assert sections_of("verse: guitar. chorus: full band. bridge: only strings") == [
        "Verse", "Chorus", "Bridge",
    ]  # fmt: skip
    assert len(sections_of("pop, tempo: fast, chorus: loud")) > 3
