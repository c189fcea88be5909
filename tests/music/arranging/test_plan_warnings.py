"""Unknown names in a plan are told, not swallowed."""

from dataclasses import replace

from src.music.arranging.plan_warnings import warnings_of
from src.music.model.plan import StemQuery
from tests.music.casting.test_casting import KIT, plan, section
from tests.music.scoring.test_score_building import score_of


def test_an_unknown_genre_is_told_with_what_is_known() -> None:
    (reported,) = warnings_of(replace(plan(section("kick")), genre="skiffle"))
    assert "no genre 'skiffle'" in reported
    assert "techno" in reported


def test_an_unknown_pattern_is_told_with_what_is_known() -> None:
    requested = plan(section(StemQuery("kick", pattern="waltz")), section("kick"))
    (reported,) = warnings_of(requested)
    assert "no pattern 'waltz' for kick in techno" in reported
    assert "four on the floor" in reported


def test_known_names_and_marks_are_not_told() -> None:
    requested = plan(
        section(StemQuery("kick", pattern="half time"), StemQuery("fx", pattern="section end"))
    )
    assert warnings_of(requested) == ()


def test_the_score_carries_the_warnings() -> None:
    requested = replace(plan(section(StemQuery("kick", pattern="waltz"))), genre="skiffle")
    reported = " ".join(score_of(requested, KIT).warnings)
    assert "polka" in reported
    assert "waltz" in reported
