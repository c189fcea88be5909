"""Training of a small network that judges all twelve roots by the same weights, in NumPy.

What it sees are views of pitch classes above each root; what it tells are kinds on that root:
keys in two modes, chords of three qualities.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

Parts = list[np.ndarray]
"""Weights and offsets of the hidden layer, then of the outputs."""


@dataclass(frozen=True)
class RootRecipe:
    """How it is trained. dropped: share of hidden units left out at each step."""

    kinds: int
    hidden: int = 32
    epochs: int = 40
    rate: float = 1e-2
    decay: float = 3e-3
    dropped: float = 0.3
    batch: int = 128


def fitted(
    views: np.ndarray, labels: np.ndarray, recipe: RootRecipe, rng: np.random.Generator
) -> Parts:
    """Weights by Adam (Kingma and Ba, 2015) with dropout and decay; all roots share them.

    views: shape (items, 12, width); labels: shape (items,), root + 12 * kind
    """
    width, hidden = views.shape[2], recipe.hidden
    parts = [rng.normal(0, np.sqrt(2 / width), (width, hidden)), np.zeros(hidden)]
    parts += [rng.normal(0, 0.1, (hidden, recipe.kinds)), np.zeros(recipe.kinds)]
    means, squares = [np.zeros_like(p) for p in parts], [np.zeros_like(p) for p in parts]
    step = 0
    for epoch in range(recipe.epochs):
        order = rng.permutation(labels.size)
        for first in range(0, order.size, recipe.batch):
            chosen, step = order[first : first + recipe.batch], step + 1
            slopes = _slopes(parts, (views[chosen], labels[chosen]), recipe, rng)
            for i, slope in enumerate(slopes):
                means[i] = 0.9 * means[i] + 0.1 * slope
                squares[i] = 0.999 * squares[i] + 0.001 * slope**2
                size = np.sqrt(squares[i] / (1 - 0.999**step)) + 1e-8
                rate = recipe.rate * (1 - epoch / recipe.epochs) + 1e-5
                parts[i] = parts[i] - rate * means[i] / (1 - 0.9**step) / size
    return parts


def outputs(parts: Parts, views: np.ndarray) -> np.ndarray:
    """What the network says of each item, shape (items, 12 * kinds), before the temperature."""
    inward, offset, outward, last = parts
    rows = views.reshape(-1, views.shape[2]).astype(np.float64)
    return _by_kind(np.maximum(rows @ inward + offset, 0.0) @ outward + last)


def log_probabilities(odds: np.ndarray) -> np.ndarray:
    """Logarithms of shares, row by row."""
    odds = odds - odds.max(axis=1, keepdims=True)
    return odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))


def fitted_temperature(odds: np.ndarray, labels: np.ndarray) -> float:
    """The divisor that makes the right answers likeliest (Guo et al., 2017)."""

    def surprise(logarithm: float) -> float:
        believed = log_probabilities(odds / np.exp(logarithm))
        return float(-believed[np.arange(labels.size), labels].mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 2.0), method="bounded").x))


def _slopes(
    parts: Parts,
    taught: tuple[np.ndarray, np.ndarray],
    recipe: RootRecipe,
    rng: np.random.Generator,
) -> Parts:
    """Gradient of the mean cross-entropy and of the decay."""
    (views, labels), (inward, offset, outward, last) = taught, parts
    rows = views.reshape(-1, views.shape[2]).astype(np.float64)
    kept = (rng.random((len(rows), recipe.hidden)) > recipe.dropped) / (1 - recipe.dropped)
    before = rows @ inward + offset
    hidden = np.maximum(before, 0.0) * kept
    error = np.exp(log_probabilities(_by_kind(hidden @ outward + last)))
    error[np.arange(len(labels)), labels] -= 1.0
    kinds = recipe.kinds
    error = error.reshape(-1, kinds, 12).transpose(0, 2, 1).reshape(-1, kinds) / len(labels)
    back = error @ outward.T * kept * (before > 0.0)
    decay = recipe.decay
    weights = (rows.T @ back + decay * inward, hidden.T @ error + decay * outward)
    return [weights[0], back.sum(axis=0), weights[1], error.sum(axis=0)]


def _by_kind(rows: np.ndarray) -> np.ndarray:
    kinds = rows.shape[1]
    return rows.reshape(-1, 12, kinds).transpose(0, 2, 1).reshape(-1, 12 * kinds)
