"""Grooves of made onset curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.analysis.groove import SLOTS, groove_grid
from src.audio.analysis.onsets import BANDS, OnsetStrength

RATE = 200.0


def onsets_at(times_s: list[float], *, length_s: float = 8.0) -> OnsetStrength:
    values = np.zeros(round(length_s * RATE), np.float32)
    for time_s in times_s:
        values[round(time_s * RATE)] = 1.0
    return OnsetStrength(values, values, np.zeros((BANDS, values.size), np.float32), RATE)


def test_four_to_the_floor_begins_on_every_fourth_sixteenth() -> None:
    kicks = onsets_at([0.5 * beat for beat in range(16)])
    grid = groove_grid(kicks, bpm=120.0, downbeat_s=0.0)
    assert np.flatnonzero(grid).tolist() == [0, 4, 8, 12]
    assert grid.max() == 1.0


def test_onset_goes_to_the_nearest_sixteenth() -> None:
    grid = groove_grid(onsets_at([0.5 + 0.05]), bpm=120.0, downbeat_s=0.0)
    assert np.flatnonzero(grid).tolist() == [4]
    grid = groove_grid(onsets_at([0.5 + 0.07]), bpm=120.0, downbeat_s=0.0)
    assert np.flatnonzero(grid).tolist() == [5]


def test_bars_are_laid_over_each_other() -> None:
    grid = groove_grid(onsets_at([0.0, 2.0, 4.0, 2.5]), bpm=120.0, downbeat_s=0.0)
    assert grid[0] == 1.0
    assert grid[4] == pytest.approx(1 / 3)


@given(late=st.floats(0.0, 1.9))
def test_groove_is_counted_from_the_downbeat(late: float) -> None:
    times = [0.5, 0.75, 1.5, 3.0]
    at_once = groove_grid(onsets_at(times), bpm=120.0, downbeat_s=0.0)
    moved = onsets_at([round((time + late) * RATE) / RATE for time in times])
    whole = round(late * RATE) / RATE
    np.testing.assert_allclose(groove_grid(moved, bpm=120.0, downbeat_s=whole), at_once)


def test_part_of_a_long_file_is_counted_from_the_files_start() -> None:
    part = onsets_at([0.0, 0.5])
    grid = groove_grid(part, bpm=120.0, downbeat_s=0.0, first_s=10.25)
    assert np.flatnonzero(grid).tolist() == [2, 6]


@pytest.mark.parametrize("samples", [0, 100])
def test_nothing_begins_in_silence(samples: int) -> None:
    silent = onsets_at([], length_s=samples / RATE)
    grid = groove_grid(silent, bpm=120.0, downbeat_s=0.0)
    assert grid.tolist() == [0.0] * SLOTS
