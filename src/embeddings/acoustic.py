"""The offline embedder: a space whose axes are attributes and categories.

Sound gets there by calibrated descriptors, text by the vocabulary; nothing is downloaded.
Nothing but the sound counts: no name, no folder.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.resources import files

import numpy as np

from src.audio.analysis.attributes import ATTRIBUTES, RECIPES, attribute_scores
from src.audio.analysis.categories import CategoryModel, category_model, category_scores
from src.audio.analysis.descriptors import describe
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.embeddings.protocol import Vectors
from src.words.mentions import mentions

SPACE_VERSION = 2
"""Raise it with every change of code that moves the vectors of sounds."""

_CATEGORY_PART = np.sqrt(0.5)
_ATTRIBUTE_PART = np.sqrt(0.5)
_ATTRIBUTE_VOICE = 0.35
"""How much one attribute asked for counts beside one category."""


class AcousticEmbedder:
    """Vectors of 20 categories, all attributes and one axis that only fills up the length.

    A sound: square roots of the category probabilities (Hellinger), then the attributes
    from -1 to 1 by their scores; the last axis makes both halves equally long, so that
    every cosine with a text rises in a straight line with each attribute asked for.

    threads: how many clips of a list are described at once
    model: tells the categories of sounds; None takes the one that ships. Another is for
        benchmarks, since ``model_id`` does not name it
    """

    def __init__(self, *, threads: int = 2, model: CategoryModel | None = None) -> None:
        self._threads = max(1, threads)
        self._model = model
        self._categories = category_model().categories
        self._axes = {name: axis for axis, name in enumerate((*self._categories, *ATTRIBUTES))}

    @cached_property
    def model_id(self) -> str:
        """Name, version and digest of the fitted data that the vectors of sounds rest on."""
        digest = hashlib.sha256(f"{SPACE_VERSION} {RECIPES}".encode())
        for name in ("calibration.json", "categories.npz", "timbre.npz"):
            digest.update(files("src.audio.analysis").joinpath("data", name).read_bytes())
        return f"acoustic-{SPACE_VERSION}-{digest.hexdigest()[:12]}"

    @property
    def dimension(self) -> int:
        """Categories, attributes and the axis that fills up."""
        return len(self._axes) + 1

    @property
    def axes(self) -> tuple[str, ...]:
        """What each axis but the last stands for."""
        return tuple(self._axes)

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        """Embed clips, one unit vector each; at 48 kHz, shape (channels, samples).

        The same clip gives the same bytes alone and in any list. Silence gets a vector too.
        """
        if self._threads == 1 or len(clips) < 2:
            rows = [self._analysed(clip) for clip in clips]
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                rows = list(pool.map(self._analysed, clips))
        return np.stack(rows) if rows else self._nothing(0)

    def embed_features(self, features: Sequence[Mapping[str, float]]) -> Vectors:
        """Embed from descriptors that are there already (``describe``'s), to the same vectors."""
        rows = [self._placed(one) for one in features]
        return np.stack(rows) if rows else self._nothing(0)

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, one unit vector each; a text without a known word gives a zero row."""
        vectors = self._nothing(len(texts))
        for row, text in zip(vectors, texts, strict=True):
            self._requested(text, row)
        return vectors

    def best_similarity(self, texts: Sequence[str]) -> Vectors:
        """Cosine of the sound that has everything asked for, shape (texts,)."""
        vectors = self.embed_text(texts)
        kinds = np.maximum(vectors[:, : len(self._categories)], 0.0)
        traits = np.abs(vectors[:, len(self._categories) :])
        best = _CATEGORY_PART * np.linalg.norm(kinds, axis=1)
        best += _ATTRIBUTE_PART * traits.sum(axis=1) / len(ATTRIBUTES) ** 0.5
        reached: Vectors = best.astype(np.float32)
        return reached

    def _nothing(self, count: int) -> Vectors:
        return np.zeros((count, self.dimension), dtype=np.float32)

    def _analysed(self, clip: Audio) -> Vectors:
        return self._placed(describe(clip, sample_rate=PROJECT_SAMPLE_RATE))

    def _placed(self, features: Mapping[str, float]) -> Vectors:
        probabilities = category_scores(features, model=self._model)
        scores = attribute_scores(features)
        kinds = np.sqrt([probabilities[name] for name in self._categories])
        traits = (2.0 * np.array([scores[name] for name in ATTRIBUTES]) - 1.0) / len(scores) ** 0.5
        rest = np.sqrt(max(0.0, 1.0 - float(traits @ traits)))
        vector = np.concatenate([
            _CATEGORY_PART * kinds / np.linalg.norm(kinds),
            _ATTRIBUTE_PART * traits,
            [_ATTRIBUTE_PART * rest],
        ])  # fmt: skip
        placed: Vectors = vector.astype(np.float32)
        return placed

    def _requested(self, text: str, row: Vectors) -> None:
        """Write the direction of a text into its row of zeros."""
        voice = _ATTRIBUTE_VOICE * len(ATTRIBUTES) ** 0.5 * _CATEGORY_PART / _ATTRIBUTE_PART
        for mention in mentions(text):
            for name, weight in mention.meaning.items():
                row[self._axes[name]] += weight if name in self._categories else voice * weight
        length = np.linalg.norm(row)
        if length > 0.0:
            row /= length
