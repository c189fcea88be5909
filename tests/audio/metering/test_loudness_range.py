"""The range of loudness, from the levels of its windows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.metering.loudness_range import range_of_short_term

LEVELS = st.lists(st.floats(-69.0, 0.0), min_size=1, max_size=60)


def test_range_runs_from_the_soft_tenth_to_the_loud_twentieth() -> None:
    levels = np.linspace(-30.0, -20.0, 101)
    assert range_of_short_term(levels) == pytest.approx(8.5)


def test_what_is_twenty_units_below_the_mean_does_not_count() -> None:
    loud, room = np.full(80, -20.0), np.full(40, -45.0)
    assert range_of_short_term(np.append(loud, room)) == pytest.approx(0.0)
    assert range_of_short_term(np.append(loud, room + 10.0)) == pytest.approx(15.0)


def test_silence_has_no_range() -> None:
    assert range_of_short_term(np.full(20, -math.inf)) == 0.0
    assert range_of_short_term(np.zeros(0)) == 0.0


def test_silence_around_music_is_left_out() -> None:
    music = np.repeat([-30.0, -20.0], 50)
    silent = np.append(music, np.full(500, -math.inf))
    assert range_of_short_term(silent) == range_of_short_term(music)


@given(levels=LEVELS, gain_db=st.floats(0.0, 30.0))
def test_gain_does_not_change_the_range(levels: list[float], gain_db: float) -> None:
    measured = np.array(levels)
    louder = range_of_short_term(measured + gain_db)
    assert louder == pytest.approx(range_of_short_term(measured), abs=1e-6)
