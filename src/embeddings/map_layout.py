"""A library as a plane: sounds that are alike lie near each other.

A few landmarks are laid out by exact t-SNE (van der Maaten and Hinton, 2008), begun at their
principal components so that the same vectors give the same plane. Every other sound is placed
between the landmarks that it resembles most, for itself alone: what comes later moves nothing
that is there.
"""

import numpy as np
from numpy.typing import NDArray

from src.embeddings.protocol import Vectors

Points = NDArray[np.float64]
"""Shape (sounds, 2), from -1 to 1 for landmarks and for all that lie between them."""

PERPLEXITY = 25.0
"""About how many neighbours a landmark minds."""

NEIGHBOURS = 6
"""By so many landmarks a sound is placed."""

_STEPS, _EXAGGERATED = 350, 100
_EXAGGERATION = 8.0
_PLACED_AT_ONCE = 4_096


def lay_out(vectors: Vectors) -> Points:
    """Positions of landmarks. vectors: float32, unit length, shape (landmarks, dimension).

    One lies in the middle, two or three on their principal components; none gives none.
    """
    count = len(vectors)
    start = _principal(np.asarray(vectors, dtype=np.float64))
    if count < 4:
        return _fitted(start)
    near = _affinities(vectors, min(PERPLEXITY, (count - 1) / 3.0))
    return _fitted(_descended(start, near))


def place(vectors: Vectors, landmarks: Vectors, points: Points) -> Points:
    """Positions of further sounds among landmarks, shape (sounds, 2).

    landmarks, points: vectors and positions of at least one landmark
    """
    found = np.empty((len(vectors), 2))
    for start in range(0, len(vectors), _PLACED_AT_ONCE):
        part = slice(start, start + _PLACED_AT_ONCE)
        found[part] = _between(vectors[part], landmarks, points)
    return found


def _between(vectors: Vectors, landmarks: Vectors, points: Points) -> Points:
    count = min(NEIGHBOURS, len(landmarks))
    apart = np.maximum(2.0 - 2.0 * np.asarray(vectors @ landmarks.T, dtype=np.float64), 0.0)
    nearest = np.argpartition(apart, count - 1, axis=1)[:, :count]
    squares = np.take_along_axis(apart, nearest, axis=1)
    # the kernel of the nearest falls to a hundredth at the farthest of them
    first = squares.min(axis=1, keepdims=True)
    reach = np.maximum(squares.max(axis=1, keepdims=True) - first, 1e-9)
    weights = np.exp(-4.6 * (squares - first) / reach) / (squares + 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    found: Points = np.einsum("ij,ijk->ik", weights, points[nearest])
    return found


def _principal(vectors: NDArray[np.float64]) -> Points:
    """Compute the first two principal components, their signs fixed, as wide as 1e-2."""
    count = len(vectors)
    if count < 2:
        return np.zeros((count, 2))
    _, _, axes = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    axes = np.vstack([axes, np.zeros_like(axes[:1])])[:2]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.where(axes[[0, 1], largest] < 0.0, -1.0, 1.0)[:, np.newaxis]
    found = (vectors - vectors.mean(axis=0)) @ axes.T
    # vectors that are equal would stay one point for ever: the least step apart, by their order
    found[:, 0] += 1e-6 * np.arange(count)
    scaled: Points = 1e-2 * found / max(float(found.std()), 1e-12)
    return scaled


def _affinities(vectors: Vectors, perplexity: float) -> NDArray[np.float64]:
    """Compute affinities between landmarks, symmetric, summing to 1; shape (count, count)."""
    wide = np.asarray(vectors, dtype=np.float64)
    apart = np.maximum(2.0 - 2.0 * wide @ wide.T, 0.0)
    np.fill_diagonal(apart, np.inf)
    apart -= apart.min(axis=1, keepdims=True)
    low, high = np.full(len(apart), 1e-3), np.full(len(apart), 1e6)
    for _ in range(40):  # bisect each landmark's precision until it minds so many
        middle = np.sqrt(low * high)
        near = np.exp(-apart * middle[:, np.newaxis])
        near /= near.sum(axis=1, keepdims=True)
        entropy = -np.sum(near * np.log(np.maximum(near, 1e-300)), axis=1)
        wide_still = entropy > np.log(perplexity)
        low, high = np.where(wide_still, middle, low), np.where(wide_still, high, middle)
    both: NDArray[np.float64] = near + near.T
    both /= both.sum()
    return both


def _descended(start: Points, near: NDArray[np.float64]) -> Points:
    """Move landmarks down the gradient, with momentum and gains of each (Jacobs, 1988)."""
    points, speed, gains = start.copy(), np.zeros_like(start), np.ones_like(start)
    rate = max(len(start) / _EXAGGERATION, 50.0)
    minded = near.astype(np.float32)
    for step in range(_STEPS):
        wanted = minded * np.float32(_EXAGGERATION) if step < _EXAGGERATED else minded
        slope = _slope(points, wanted)
        gains = np.where(np.sign(slope) != np.sign(speed), gains + 0.2, gains * 0.8)
        gains = np.maximum(gains, 0.01)
        speed = (0.5 if step < _EXAGGERATED else 0.8) * speed - rate * gains * slope
        points = points + speed
        points -= points.mean(axis=0)
    return points


def _slope(points: Points, wanted: NDArray[np.float32]) -> Points:
    narrow = points.astype(np.float32)
    square = np.einsum("ij,ij->i", narrow, narrow)
    closeness = square[:, np.newaxis] + square - 2.0 * (narrow @ narrow.T)
    closeness += np.float32(1.0)
    np.reciprocal(closeness, out=closeness)
    np.fill_diagonal(closeness, 0.0)
    pull = wanted - closeness / closeness.sum(dtype=np.float64).astype(np.float32)
    pull *= closeness
    found: Points = 4.0 * (pull.sum(axis=1)[:, np.newaxis] * narrow - pull @ narrow).astype(
        np.float64
    )
    return found


def _fitted(points: Points) -> Points:
    """Moved and scaled into -1..1, both axes alike."""
    if not len(points):
        return points
    low, high = points.min(axis=0), points.max(axis=0)
    span = float((high - low).max())
    middle = (low + high) / 2.0
    fitted: Points = (points - middle) * (2.0 / span if span > 0.0 else 0.0)
    return fitted
