from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.score import Automation, AutomationPoint, Channel
from src.music.model.timeline import timeline
from src.music.scoring.section_levels import (
    MOST_SHIFT_DB,
    RISE_DB,
    section_gains_db,
    with_section_gains,
)

ENERGIES = st.lists(st.sampled_from([0.2, 0.4, 0.6, 0.8, 1.0]), min_size=1, max_size=8)


def times(*energies, bars=8):
    sections = tuple(SectionPlan("Part", bars, energy=energy) for energy in energies)
    return timeline(ArrangementPlan(120.0, "C", sections))


def test_sections_that_are_in_order_stay_as_they_are():
    assert section_gains_db((-24.0, -18.0, -12.0), times(0.2, 0.6, 1.0)) == (0.0, 0.0, 0.0)


def test_a_build_that_lost_its_kick_is_lifted_above_the_groove_before_it():
    levels = (-14.0, -16.5, -10.0)
    gains = section_gains_db(levels, times(0.6, 0.7, 1.0))

    assert levels[0] + gains[0] < levels[1] + gains[1] < levels[2] + gains[2]
    assert gains[0] < 0 < gains[1]
    assert gains[2] == 0.0


def test_the_fullest_section_keeps_its_level_where_all_are_alike():
    assert section_gains_db((-14.0, -14.0), times(0.5, 1.0)) == (-0.5 * RISE_DB, 0.0)
    assert section_gains_db((-14.0, -14.0), times(0.1, 1.0)) == (-MOST_SHIFT_DB, 0.0)


def test_sections_of_one_energy_may_differ():
    assert section_gains_db((-14.0, -16.0), times(0.5, 0.5)) == (0.0, 0.0)


@given(energies=ENERGIES, data=st.data())
def test_shifts_have_a_limit_and_small_disorder_is_put_right(energies, data):
    levels = [data.draw(st.floats(-16.0, -15.0)) for _ in energies]
    close = times(*(0.5 + energy / 10 for energy in energies))

    gains = section_gains_db(levels, close)

    assert all(abs(gain) <= MOST_SHIFT_DB for gain in gains)
    heard = sorted(
        (time.energy, level + gain) for time, level, gain in zip(close, levels, gains, strict=True)
    )
    assert all(quiet[1] < loud[1] for quiet, loud in pairwise(heard) if quiet[0] < loud[0])


def test_a_tracks_level_line_moves_with_its_sections_and_its_filters_do_not():
    filters = Automation("low_pass_hz", (AutomationPoint(0.0, 900.0),))
    line = Automation(
        "gain_db",
        (AutomationPoint(0.0, -3.0), AutomationPoint(31.9, -2.0), AutomationPoint(32.0, 0.0)),
    )
    track = Channel("bass", "bass", automation=(line, filters))

    moved = with_section_gains(track, times(0.5, 1.0), (2.0, -1.0))

    assert [point.value for point in moved.automation[0].points] == [-1.0, 0.0, -1.0]
    assert moved.automation[1] == filters
