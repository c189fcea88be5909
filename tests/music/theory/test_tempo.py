import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.music.theory.tempo import (
    bars_from_beats,
    beats_in,
    beats_miss_s,
    fits_beats,
    loop_bars,
    stretch_cost,
    tempo_relation,
)

tempos = st.floats(40, 240)


def test_double_time_needs_no_stretch() -> None:
    relation = tempo_relation(87.0, 174.0)
    assert (relation.ratio, relation.factor) == (2.0, 1.0)


def test_half_time_needs_no_stretch() -> None:
    relation = tempo_relation(170.0, 85.0)
    assert (relation.ratio, relation.factor) == (0.5, 1.0)


def test_a_slower_target_makes_the_loop_longer() -> None:
    relation = tempo_relation(130.0, 120.0)
    assert relation.ratio == 1.0
    assert relation.factor == pytest.approx(130 / 120)


@given(tempos, tempos)
def test_the_stretch_is_never_more_than_half_an_octave(source: float, target: float) -> None:
    relation = tempo_relation(source, target)
    assert 0.0 <= relation.cost <= 1.0
    if 0.5 <= source / target <= 2.0:
        assert 0.7 < relation.factor < 1.42


@given(st.floats(0.3, 3.0))
def test_faster_and_slower_cost_the_same(factor: float) -> None:
    assert stretch_cost(factor) == pytest.approx(stretch_cost(1 / factor))


def test_cost_grows_with_the_stretch() -> None:
    costs = [stretch_cost(factor) for factor in (1.0, 1.03, 1.1, 1.25, 1.5)]
    assert costs[0] == 0.0
    assert costs == sorted(costs)
    assert costs[1] < 0.05
    assert costs[-1] > 0.95


def test_beats_and_their_miss() -> None:
    assert beats_in(2.0, 120.0) == pytest.approx(4.0)
    assert beats_miss_s(2.1, 120.0) == pytest.approx(0.1)
    assert beats_miss_s(0.1, 120.0) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("beats", "exact", "bars"),
    [
        (16.0, True, 4.0), (15.0, True, 3.75), (14.6, True, 3.75), (0.3, True, 0.25),
        (16.0, False, 4.0), (15.96, False, 4.0), (15.9, False, 3.0), (19.2, False, 4.0),
        (3.2, False, 0.75), (1.0, False, 0.25), (0.9, False, None),
    ],
)  # fmt: skip
def test_bars_are_whole_unless_the_beats_are_exact(
    beats: float, exact: bool, bars: float | None
) -> None:
    assert bars_from_beats(beats, exact=exact) == bars


def test_a_loop_that_fits_counts_from_its_start_and_another_from_its_downbeat() -> None:
    assert loop_bars(8.0, 120.0, downbeat_s=0.4) == 4.0
    assert loop_bars(7.5, 120.0, downbeat_s=0.0) == 3.75
    assert loop_bars(8.4, 120.0, downbeat_s=0.4) == 4.0
    assert loop_bars(8.4, 120.0, downbeat_s=0.6) == 3.0
    assert loop_bars(0.3, 120.0, downbeat_s=0.9) is None


def test_a_long_loop_may_miss_its_beats_by_more_than_a_short_one() -> None:
    assert fits_beats(2.004, 120.0)
    assert not fits_beats(2.006, 120.0)
    assert fits_beats(30.05, 120.0)
    assert not fits_beats(30.07, 120.0)


@pytest.mark.parametrize("bpm", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_tempo_is_refused(bpm: float) -> None:
    with pytest.raises(InvalidInputError, match="target_bpm must be a positive number"):
        tempo_relation(120.0, bpm)
