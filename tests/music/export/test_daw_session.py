import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.export.daw_session import AudioItem, Media, gain_curve, layers
from src.music.model.score import AutomationPoint

MEDIA = Media("audio/x.wav", 48_000, 2)


def item(start: float, length: float) -> AudioItem:
    return AudioItem(
        "x", MEDIA, start, length, length, ((round(start * 100), round(length * 100)),)
    )


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=24))
def test_no_item_overlaps_another_of_its_layer(spans):
    items = [item(float(start), float(length)) for start, length in spans]
    spread = layers(items)
    for layer in spread:
        for before, after in pairwise(layer):
            assert before.end_beats <= after.start_beats + 1e-6
    assert sorted(id(one) for layer in spread for one in layer) == sorted(id(one) for one in items)


def test_items_that_follow_each_other_share_one_layer():
    assert len(layers([item(0, 4), item(4, 4), item(8, 2)])) == 1


def test_as_many_layers_as_sound_at_once():
    assert len(layers([item(0, 4), item(1, 4), item(2, 1), item(4, 1)])) == 3


@given(
    st.lists(
        st.tuples(st.floats(0, 64), st.floats(-48, 6)), min_size=1, max_size=6,
        unique_by=lambda point: round(point[0], 3),
    )
)  # fmt: skip
def test_a_curve_of_factors_follows_the_decibels(points):
    line = [AutomationPoint(*point) for point in sorted(points)]
    curve = gain_curve(line)
    for before, after in pairwise(curve):
        middle = (before.value + after.value) / 2
        expected_db = (20 * math.log10(before.value) + 20 * math.log10(after.value)) / 2
        assert 20 * math.log10(middle) == pytest.approx(expected_db, abs=0.02)
    for point in line:
        assert any(
            one.beats == point.beats and one.value == pytest.approx(10 ** (point.value / 20))
            for one in curve
        )


def test_a_jump_stays_a_jump():
    curve = gain_curve([AutomationPoint(4.0, 0.0), AutomationPoint(4.0, -20.0)])
    assert [(point.beats, round(point.value, 6)) for point in curve] == [(4.0, 1.0), (4.0, 0.1)]


def test_no_points_give_no_curve():
    assert gain_curve([]) == ()
