"""Sounds lie exactly on their beats, and a loop is a circle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.synthesis.loop_canvas import Grid, LoopCanvas


@given(st.floats(40, 240), st.integers(1, 16), st.sampled_from([44_100, 48_000]))
def test_beats_never_drift(bpm: float, bars: int, rate: int) -> None:
    grid = Grid(bpm, bars, rate)
    for beat in range(bars * 4):
        assert abs(grid.sample_of(beat) - beat * 60 / bpm * rate) <= 0.5
    assert abs(grid.samples - bars * 240 / bpm * rate) <= 0.5


def test_what_runs_over_the_end_goes_on_at_the_start() -> None:
    grid = Grid(120.0, 1, 1000)
    canvas = LoopCanvas(grid)
    canvas.place(np.arange(1.0, 701.0, dtype=np.float32)[None], beat=3, gain=2.0)
    audio = canvas.audio
    assert audio[0, 1500] == 2.0
    assert audio[1, 1999] == 1000.0
    assert audio[0, 0] == 1002.0
    assert audio[0, 199] == 1400.0
    assert audio[0, 200] == 0.0


def test_a_clip_longer_than_the_loop_is_laid_round_it() -> None:
    canvas = LoopCanvas(Grid(120.0, 1, 100))
    canvas.place(np.ones((2, 500), np.float32), beat=0)
    assert canvas.audio[0, 0] == 3.0
    assert canvas.audio[0, 100] == 2.0


def test_beats_beyond_the_loop_wrap() -> None:
    canvas = LoopCanvas(Grid(120.0, 1, 100))
    canvas.place(np.ones((1, 1), np.float32), beat=5)
    assert np.flatnonzero(canvas.audio[0]).tolist() == [50]


def test_length_in_seconds_follows_the_tempo() -> None:
    assert Grid(80.0, 8, 48_000).seconds(4) == pytest.approx(3.0)
