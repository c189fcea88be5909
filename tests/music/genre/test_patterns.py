"""Patterns: what each genre plays."""

import pytest

from src.core.errors import InvalidInputError
from src.music.genre.grammar_files import GENRES
from src.music.genre.patterns import fill_for, pattern_for, patterns_for
from src.music.theory.library import CATEGORIES


def beats(genre: str, category: str, energy: float, name: str | None = None) -> list[float]:
    pattern = pattern_for(genre, category, energy, name=name)
    return [step.beat for step in pattern.steps if step.beat < 4 and step.velocity > 0.5]


@pytest.mark.parametrize("genre", ["techno", "house", "trance", "synthwave"])
def test_dance_floor_kick_is_four_to_the_floor(genre: str) -> None:
    assert beats(genre, "kick", 0.7) == [0, 1, 2, 3]


@pytest.mark.parametrize("genre", ["dubstep", "trap"])
def test_half_time_snare_is_on_three(genre: str) -> None:
    assert beats(genre, "snare", 0.7) == [2]


@pytest.mark.parametrize("genre", ["drum and bass", "hip hop", "synthwave"])
def test_backbeat_snare_is_on_two_and_four(genre: str) -> None:
    assert beats(genre, "snare", 0.5) == [1, 3]


def test_two_step_kick_is_on_one_and_after_three() -> None:
    assert beats("drum and bass", "kick", 0.5) == [0, 2.5]


def test_house_hats_are_on_the_off_beats() -> None:
    assert beats("house", "hihat", 0.5) == [0.5, 1.5, 2.5, 3.5]


def test_trap_hats_roll_when_energy_is_high() -> None:
    calm, busy = (pattern_for("trap", "hihat", energy) for energy in (0.2, 1.0))
    assert len(busy.steps) / busy.bars > 1.4 * len(calm.steps) / calm.bars
    gaps = [b.beat - a.beat for a, b in zip(busy.steps, busy.steps[1:], strict=False)]
    assert min(gaps) < 0.13


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_plays_at_every_energy(genre: str, category: str) -> None:
    for energy in (0.0, 0.5, 1.0):
        options = patterns_for(genre, category, energy)
        assert options[0] == pattern_for(genre, category, energy)
        assert options[0].steps


def test_more_energy_never_means_a_calmer_pattern() -> None:
    for genre in GENRES:
        for category in CATEGORIES:
            thresholds = [pattern_for(genre, category, e / 10).energy for e in range(11)]
            assert thresholds == sorted(thresholds)


def test_pattern_is_found_by_name_also_in_styles_and_default() -> None:
    assert beats("techno", "kick", 0.0, "half time")[0] == 0
    assert pattern_for("techno", "kick", 0.0, name="stomping").bars == 2
    assert beats("drum and bass", "snare", 1.0, "half time") == [2]


def test_unknown_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidInputError, match=r"four on the floor.*got 'polka'"):
        pattern_for("house", "kick", 0.5, name="polka")
    with pytest.raises(InvalidInputError, match="kazoo"):
        pattern_for("house", "kazoo", 0.5)


def test_fills_go_round_and_are_absent_where_nothing_changes() -> None:
    first, second = fill_for("techno", "kick"), fill_for("techno", "kick", variant=1)
    assert first is not None
    assert first != second
    assert fill_for("techno", "kick", variant=3) == first
    assert fill_for("techno", "pad") is None
