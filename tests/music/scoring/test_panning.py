"""Panning that moves."""

from itertools import pairwise

import pytest

from src.music.genre.movement import Sway
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.timeline import timeline
from src.music.scoring.panning import pan_of
from tests.music.cards import loop
from tests.music.casting.test_casting import plan, section
from tests.music.scoring.test_score_building import score_of, track

TIMES = timeline(ArrangementPlan(120.0, "C", (SectionPlan("A", 8), SectionPlan("B", 8))))


def test_a_sway_goes_once_to_either_side_in_its_bars() -> None:
    (line,) = pan_of(Sway(0.4, 4), 0.1, TIMES[:1], 4, turn=0.0)
    first = [point for point in line.points if point.beats < 16.0]
    values = [point.value for point in first]

    assert (max(values), min(values)) == (pytest.approx(0.5), pytest.approx(-0.3))
    assert first[values.index(max(values))].beats == 4.0
    assert line.points[16].value == pytest.approx(line.points[0].value)


def test_it_goes_on_where_a_section_ends() -> None:
    (line,) = pan_of(Sway(0.4, 8), 0.0, TIMES, 4, turn=0.3)
    steps = [abs(b.value - a.value) for a, b in pairwise(line.points)]
    assert max(steps) < 0.4 * 2 * 3.15 / 16


def test_it_never_leaves_the_room() -> None:
    (line,) = pan_of(Sway(1.0, 4), 0.5, TIMES, 4, turn=0.0)
    assert max(point.value for point in line.points) == 1.0


def test_who_does_not_sway_has_no_line() -> None:
    assert pan_of(None, 0.2, TIMES, 4, turn=0.0) == ()
    assert pan_of(Sway(0.0, 4), 0.2, TIMES, 4, turn=0.0) == ()


def test_techno_lets_percussion_drift_but_not_the_kick() -> None:
    cards = [loop("P", "percussion"), loop("B", "bass", key="Am")]
    score = score_of(plan(section("percussion", "bass")), cards)
    moving = {t.name for t in score.channels for line in t.automation if line.parameter == "pan"}
    assert moving == {"percussion"}
    assert track(score, "percussion").notes == ()
