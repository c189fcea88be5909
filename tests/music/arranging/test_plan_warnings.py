"""Unknown names in a plan are told, not swallowed."""

from dataclasses import replace

from src.music.arranging.plan_warnings import warnings_of
from src.music.model.plan import StemQuery
from tests.music.casting.test_casting import KIT, plan, section
from tests.music.scoring.test_score_building import score_of


def test_an_unknown_genre_is_told_with_what_is_known() -> None:
    (told,) = warnings_of(replace(plan(section("kick")), genre="polka"))
    assert "no genre 'polka'" in told
    assert "techno" in told


def test_an_unknown_pattern_is_told_with_what_is_known() -> None:
    asked = plan(section(StemQuery("kick", pattern="waltz")), section("kick"))
    (told,) = warnings_of(asked)
    assert "no pattern 'waltz' for kick in techno" in told
    assert "four on the floor" in told


def test_known_names_and_marks_are_not_told() -> None:
    asked = plan(
        section(StemQuery("kick", pattern="half time"), StemQuery("fx", pattern="section end"))
    )
    assert warnings_of(asked) == ()


def test_the_score_carries_the_warnings() -> None:
    asked = replace(plan(section(StemQuery("kick", pattern="waltz"))), genre="polka")
    told = " ".join(score_of(asked, KIT).warnings)
    assert "polka" in told
    assert "waltz" in told
