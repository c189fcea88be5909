"""Training of a small network in plain NumPy (float32): one hidden layer, Adam, label smoothing."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TrainingSet:
    """rows: standardised, shape (items, features); labels and weights: shape (items,)."""

    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    classes: int


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. blur: noise on its inputs, in standard deviations."""

    hidden: int = 96
    epochs: int = 15
    batch: int = 96
    rate: float = 2e-3
    decay: float = 2e-3
    blur: float = 0.15
    forget: float = 0.3
    smoothing: float = 0.08


class Network:
    """Weights of two layers, and their training."""

    def __init__(self, features: int, classes: int, hidden: int, rng: np.random.Generator) -> None:
        self.parts = [
            rng.standard_normal((features, hidden), dtype=np.float32) * (2.0 / features) ** 0.5,
            np.zeros(hidden, dtype=np.float32),
            rng.standard_normal((hidden, classes), dtype=np.float32) * (1.0 / hidden) ** 0.5,
            np.zeros(classes, dtype=np.float32),
        ]

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """Shares of the classes, shape (items, classes)."""
        first, first_offset, second, second_offset = self.parts
        return softmax(np.maximum(rows @ first + first_offset, 0.0) @ second + second_offset)

    def gradients(
        self, rows: np.ndarray, errors_of: np.ndarray, recipe: Recipe, rng: np.random.Generator
    ) -> list[np.ndarray]:
        """Gradients for one batch with dropout. errors_of: wanted shares and item weights,
        shape (items, classes + 1)."""
        first, first_offset, second, second_offset = self.parts
        requested, weights = errors_of[:, :-1], errors_of[:, -1:]
        noisy = rows + rng.standard_normal(rows.shape, dtype=np.float32) * recipe.blur
        noisy *= (rng.random(noisy.shape, dtype=np.float32) > 0.1) / np.float32(0.9)
        kept = rng.random((len(rows), first.shape[1]), dtype=np.float32) > recipe.forget
        kept = kept / np.float32(1.0 - recipe.forget)
        inner = np.maximum(noisy @ first + first_offset, 0.0) * kept
        errors = (softmax(inner @ second + second_offset) - requested) * weights / len(rows)
        back = (errors @ second.T) * kept * (inner > 0.0)
        return [
            noisy.T @ back + recipe.decay * first,
            back.sum(axis=0),
            inner.T @ errors + recipe.decay * second,
            errors.sum(axis=0),
        ]


class Adam:
    """Moments of the gradients (Kingma and Ba, 2015)."""

    def __init__(self, parts: list[np.ndarray]) -> None:
        self.means = [np.zeros_like(part) for part in parts]
        self.squares = [np.zeros_like(part) for part in parts]
        self.steps = 0

    def step(self, parts: list[np.ndarray], gradients: list[np.ndarray], rate: float) -> None:
        """Move the parts against their gradients, in place."""
        self.steps += 1
        for i, gradient in enumerate(gradients):
            self.means[i] += 0.1 * (gradient - self.means[i])
            self.squares[i] += 0.001 * (gradient**2 - self.squares[i])
            scale = np.sqrt(self.squares[i] / (1.0 - 0.999**self.steps)) + 1e-8
            step = rate * (self.means[i] / (1.0 - 0.9**self.steps)) / scale
            parts[i] -= step.astype(parts[i].dtype)


def train(data: TrainingSet, recipe: Recipe, *, seed: int) -> Network:
    """Fit one network. The same data, recipe and seed give the same weights.

    Adam with a cosine fall of the step size.
    """
    rng = np.random.default_rng(seed)
    network = Network(data.rows.shape[1], data.classes, recipe.hidden, rng)
    requested = np.eye(data.classes)[data.labels]
    requested = (1.0 - recipe.smoothing) * requested + recipe.smoothing / data.classes
    targets = np.concatenate([requested, data.weights[:, None]], axis=1).astype(np.float32)
    rows = data.rows.astype(np.float32)
    adam = Adam(network.parts)
    batches = max(1, len(data.rows) // recipe.batch)
    total = batches * recipe.epochs
    for step in range(1, total + 1):
        if (step - 1) % batches == 0:
            order = np.array_split(rng.permutation(len(data.rows)), batches)
        chosen = order[(step - 1) % batches]
        rate = recipe.rate * 0.5 * (1.0 + np.cos(np.pi * step / total))
        gradients = network.gradients(rows[chosen], targets[chosen], recipe, rng)
        adam.step(network.parts, gradients, rate)
    return network


def softmax(scores: np.ndarray) -> np.ndarray:
    """Shares per row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
