import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.basics.gain import curve, db_to_gain, gain_to_db, pan_curves, pan_gains


@given(level_db=st.floats(-100, 40))
def test_decibels_and_factors_are_inverse(level_db: float) -> None:
    assert gain_to_db(db_to_gain(level_db)) == pytest.approx(level_db)


def test_nothing_is_infinitely_soft() -> None:
    assert gain_to_db(0.0) == -math.inf
    assert db_to_gain(-math.inf) == 0.0


@given(pan=st.floats(-1, 1))
def test_panning_keeps_the_power(pan: float) -> None:
    left, right = pan_gains(pan)
    assert left**2 + right**2 == pytest.approx(2.0)
    assert (left > right) == (pan < 0) or pan == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(pan_curves(np.full(3, pan, "f4"))[:, 1], [left, right], atol=1e-6)


def test_middle_leaves_both_channels_as_they_are() -> None:
    assert pan_gains(0.0) == pytest.approx((1.0, 1.0))


def test_curve_runs_straight_between_points_and_is_level_outside() -> None:
    line = curve([(100.0, 0.0), (200.0, 10.0)], 90, 220)
    assert isinstance(line, np.ndarray)
    assert line[0] == line[9] == 0.0
    assert line[60] == pytest.approx(5.0)
    assert line[110] == line[-1] == 10.0


@pytest.mark.parametrize(("start", "stop"), [(0, 50), (300, 400)])
def test_level_parts_of_a_curve_are_one_number(start: int, stop: int) -> None:
    value = curve([(100.0, 1.0), (200.0, 2.0)], start, stop)
    assert value == (1.0 if start == 0 else 2.0)


def test_bump_between_equal_ends_is_seen() -> None:
    line = curve([(0.0, 1.0), (50.0, 3.0), (100.0, 1.0)], 0, 101)
    assert isinstance(line, np.ndarray)
    assert line[50] == 3.0


def test_two_points_at_one_place_jump() -> None:
    line = curve([(0.0, 1.0), (50.0, 1.0), (50.0, 4.0), (100.0, 4.0)], 0, 100)
    assert isinstance(line, np.ndarray)
    assert (line[:50] == 1.0).all()
    assert (line[51:] == 4.0).all()
