import numpy as np
import pytest

from src.embeddings.map_layout import lay_out, place


def kinds(count: int, *, groups: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors of some groups that differ clearly, and which is of which."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(100).standard_normal((groups, 40))
    group = rng.integers(groups, size=count)
    rows = centres[group] + 0.5 * rng.standard_normal((count, 40))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), group


def purity(points: np.ndarray, group: np.ndarray) -> float:
    """How many of the five nearest on the plane are of the same group."""
    apart = ((points[:, np.newaxis] - points) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = np.argsort(apart, axis=1)[:, :5]
    return float((group[nearest] == group[:, np.newaxis]).mean())


def test_sounds_that_are_alike_lie_together() -> None:
    vectors, group = kinds(200)
    points = lay_out(vectors)
    assert purity(points, group) > 0.95
    assert np.abs(points).max() == pytest.approx(1.0)
    assert np.array_equal(points, lay_out(vectors))


def test_others_are_placed_among_their_like_each_for_itself() -> None:
    vectors, group = kinds(200)
    later, later_group = kinds(100, seed=1)
    points = lay_out(vectors)
    placed = place(later, vectors, points)
    both = purity(np.concatenate([points, placed]), np.concatenate([group, later_group]))
    assert both > 0.95
    assert np.allclose(place(later[30:31], vectors, points), placed[30:31], atol=1e-6)
    assert np.abs(placed).max() <= 1.0


def test_a_sound_that_a_landmark_equals_lies_on_it() -> None:
    vectors, _ = kinds(60)
    points = lay_out(vectors)
    assert np.allclose(place(vectors, vectors, points), points, atol=0.02)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
def test_few_sounds_have_places_too(count: int) -> None:
    vectors, _ = kinds(count)
    points = lay_out(vectors)
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    if count == 1:
        assert points.tolist() == [[0.0, 0.0]]
    if count:
        assert place(vectors, vectors, points).shape == (count, 2)


def test_equal_sounds_break_nothing() -> None:
    same = np.repeat(kinds(1)[0], 9, axis=0)
    points = lay_out(same)
    assert np.isfinite(points).all()
    assert np.isfinite(place(same[:2], same, points)).all()
