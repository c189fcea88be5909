"""Moves of parts become the bars in which they play."""

import pytest

from src.music.arranging.presence import PartTiming, presences_of
from src.music.arranging.timed_form import PartMove
from src.music.model.part_request import PartRequest
from src.music.theory.library import DRUM_CATEGORIES

BASS, KICK, DRUMS = (PartRequest(name, name) for name in ("bass", "kick", "drums"))


def test_a_part_that_comes_in_is_silent_before_and_one_that_leaves_has_played() -> None:
    bass, kick = presences_of([PartMove(BASS, 16), PartMove(KICK, 24, leaves=True)], 64)
    assert bass.spans == ((16, 64),)
    assert kick.spans == ((0, 24),)


def test_a_part_may_come_back() -> None:
    (bass,) = presences_of([PartMove(BASS, 16, leaves=True), PartMove(BASS, 32)], 64)
    assert bass.spans == ((0, 16), (32, 64))


@pytest.mark.parametrize(
    ("section", "timing"),
    [
        ((0, 16), None),
        ((16, 32), PartTiming(enters_bar=1, turns=True)),
        ((8, 24), PartTiming(enters_bar=9, turns=True)),
        ((32, 40), PartTiming()),
        ((40, 56), PartTiming(exits_bar=9, turns=True)),
        ((8, 64), PartTiming(enters_bar=9, exits_bar=41, turns=True)),
        ((48, 64), None),
    ],
)
def test_a_section_is_told_when_the_part_plays_in_it(
    section: tuple[int, int], timing: PartTiming | None
) -> None:
    (bass,) = presences_of([PartMove(BASS, 16), PartMove(BASS, 48, leaves=True)], 64)
    assert bass.within(*section) == timing


def test_drums_stand_for_all_of_theirs_and_a_kick_keeps_loops_out() -> None:
    kick, drums = presences_of([PartMove(KICK, 8), PartMove(DRUMS, 16)], 64)
    assert kick.categories == {"kick"}
    assert kick.blocked == {"kick", "drums"}
    assert drums.categories == set(DRUM_CATEGORIES)
