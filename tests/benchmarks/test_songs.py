import numpy as np
import pytest

from benchmarks.songs import f_measure, tempo_right

BEATS = np.arange(64) * 0.5


def test_beats_within_70_ms_are_right() -> None:
    assert f_measure(BEATS + 0.069, BEATS) == 1.0
    assert f_measure(BEATS + 0.08, BEATS) == 0.0


def test_twice_as_many_beats_and_half_of_them_are_two_thirds_right() -> None:
    twice = np.arange(128) * 0.25
    assert f_measure(twice, BEATS) == pytest.approx(2 / 3, abs=0.01)
    assert f_measure(BEATS[::2], BEATS) == pytest.approx(2 / 3, abs=0.01)


def test_no_beats_are_wrong() -> None:
    assert f_measure(np.zeros(0), BEATS) == 0.0
    assert not tempo_right(np.zeros(0), 120.0)


def test_a_tempo_is_right_within_one_percent() -> None:
    assert tempo_right(BEATS * 1.009, 120.0)
    assert not tempo_right(BEATS * 1.02, 120.0)
    assert not tempo_right(BEATS[::2], 120.0)
