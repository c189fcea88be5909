import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.analysis.attributes import (
    ATTRIBUTES,
    RECIPES,
    SEED_TAGS,
    attribute_scores,
    best_tags,
    tags_of,
)
from src.audio.analysis.calibration import calibration, fit_scale
from src.audio.analysis.descriptors import describe

RATE = 48_000


def kick() -> np.ndarray:
    times = np.arange(RATE // 2) / RATE
    sweep = np.sin(2 * np.pi * (50 * times - 12 * np.exp(-times / 0.03)))
    return (0.9 * sweep * np.exp(-times / 0.1))[None].astype(np.float32)


def hiss(seconds: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(0)
    samples = round(seconds * RATE)
    steps = np.diff(rng.standard_normal(samples + 1)) * np.exp(-np.arange(samples) / 1500)
    return (0.2 * steps)[None].astype(np.float32)


def drone() -> np.ndarray:
    times = np.arange(8 * RATE) / RATE
    swell = np.sin(np.pi * times / 8) ** 2
    rng = np.random.default_rng(1)
    sides = [
        sum(np.sin(2 * np.pi * f * times + rng.uniform(0, 6)) for f in (110.0, 164.8, 220.3, 329.5))
        for _ in range(2)
    ]
    return (0.1 * np.stack(sides) * swell).astype(np.float32)


MIDDLE = {
    name: float(scale.values[scale.values.size // 2])
    for name, scale in calibration().descriptors.items()
}


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    clips = {"kick": kick(), "hiss": hiss(), "drone": drone()}
    return {
        name: attribute_scores(describe(clip, sample_rate=RATE)) for name, clip in clips.items()
    }


def test_scores_lie_between_nought_and_one_in_a_fixed_order(
    scores: dict[str, dict[str, float]],
) -> None:
    for found in scores.values():
        assert tuple(found) == ATTRIBUTES
        assert all(0.0 <= value <= 1.0 for value in found.values())


@pytest.mark.parametrize(
    ("attribute", "more", "less"),
    [
        ("dark", "kick", "hiss"),
        ("bright", "hiss", "drone"),
        ("deep", "kick", "hiss"),
        ("punchy", "kick", "drone"),
        ("percussive", "kick", "drone"),
        ("noisy", "hiss", "drone"),
        ("sustained", "drone", "kick"),
        ("atmospheric", "drone", "hiss"),
        ("wide", "drone", "kick"),
        ("soft", "drone", "hiss"),
        ("clean", "drone", "hiss"),
        ("dry", "hiss", "drone"),
    ],
)
def test_sounds_have_the_attributes_that_a_listener_would_name(
    scores: dict[str, dict[str, float]], attribute: str, more: str, less: str
) -> None:
    assert scores[more][attribute] > scores[less][attribute] + 0.3


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_attribute_rises_and_falls_steadily_with_its_descriptors(attribute: str) -> None:
    plain = dict(MIDDLE)
    for name, weight in RECIPES[attribute].items():
        knots = calibration().descriptors[name].values[::6]
        path = [attribute_scores(plain | {name: float(knot)})[attribute] for knot in knots]
        steps = np.diff(path) * np.sign(weight)
        assert steps.min() >= -1e-9, name


def test_every_recipe_reads_descriptors_that_exist() -> None:
    known = set(describe(hiss(), sample_rate=RATE))
    assert {name for recipe in RECIPES.values() for name in recipe} <= known
    assert set(SEED_TAGS) <= set(ATTRIBUTES)
    assert set(calibration().attributes) == set(ATTRIBUTES)


def test_a_kick_is_tagged_as_one_would_expect() -> None:
    tags = tags_of(describe(kick(), sample_rate=RATE))
    assert 3 <= len(tags) <= 5
    assert {"punchy", "dark"} & set(tags)
    assert not {"bright", "noisy", "atmospheric"} & set(tags)


@given(st.lists(st.floats(0, 1), min_size=len(ATTRIBUTES), max_size=len(ATTRIBUTES)))
def test_three_to_five_tags_are_given_for_any_scores(values: list[float]) -> None:
    scores = dict(zip(ATTRIBUTES, values, strict=True))
    tags = best_tags(scores)
    assert 3 <= len(tags) <= 5
    assert all(scores[name] == score for name, score in tags.items())


def test_alike_words_give_way_to_others() -> None:
    scores = dict.fromkeys(ATTRIBUTES, 0.2) | {"fast": 0.95, "rhythmic": 0.9, "wide": 0.9}
    assert list(best_tags(scores))[:2] == ["fast", "wide"]


def test_a_scale_puts_ties_at_their_middle_and_its_ends_at_nought_and_one() -> None:
    scale = fit_scale(np.array([0.0, 1.0, 1.0, 1.0, 2.0]), knots=5)
    assert [scale.position(value) for value in (-5.0, 0.0, 1.0, 2.0, 9.0)] == [0, 0, 0.5, 1, 1]


def test_a_scale_of_one_value_says_nothing() -> None:
    assert fit_scale(np.array([3.0, 3.0])).position(3.0) == 0.5
