"""What CLAP says a sound is, by comparing it with sentences: categories and tags.

Nothing was fitted for it. How often it is right on a library can't be told without real weights,
so that it is modest evidence beside the sound's own analysis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from src.audio.analysis.attributes import ATTRIBUTES
from src.embeddings.protocol import Vectors
from src.music.theory.library import CATEGORIES
from src.words.vocabulary import vocabulary

CATEGORY_TEMPLATES = (
    "{}", "the sound of {}", "this is a recording of {}", "{}, a music production sample",
)  # fmt: skip
TAG_TEMPLATES = (
    "a {} sound", "{} music", "this sounds {}", "a {} music production sample",
)  # fmt: skip

HIGHEST_SCALE = 20.0
"""By which cosines are multiplied at most before a softmax. LAION trains to 14 to 100 for telling
single captions apart; softer answers suit evidence that was never checked on stems."""


@dataclass(frozen=True)
class Labels:
    """What a sound could be. categories: probabilities that sum to 1; tags: 0..1 each"""

    categories: Mapping[str, float]
    tags: Mapping[str, float]


@runtime_checkable
class SaysWhatItIs(Protocol):
    """An embedder whose texts can name what a sound is."""

    def labels(self, vectors: Vectors) -> list[Labels]:
        """What each sound could be, by its vector."""
        ...


class EmbedsPrompts(Protocol):
    """Vectors of texts, averaged over templates."""

    def embed_prompts(self, texts: Sequence[str], templates: Sequence[str]) -> Vectors: ...


class ZeroShot:
    """Compares vectors of sounds with vectors of sentences, which are made once.

    logit_scale: of the model, by which its cosines are multiplied
    """

    def __init__(self, embedder: EmbedsPrompts, *, logit_scale: float) -> None:
        self._embedder = embedder
        self._scale = min(logit_scale, HIGHEST_SCALE)

    def labels(self, vectors: Vectors) -> list[Labels]:
        """What each sound could be; vectors: unit rows, shape (sounds, dimension)."""
        kinds = self._chances(vectors @ self._categories.T)
        traits = self._chances(vectors @ self._tags.T)
        best = np.maximum(traits.max(axis=1, keepdims=True, initial=0.0), 1e-9)
        return [
            Labels(
                dict.fromkeys(CATEGORIES, 0.0)
                | dict(zip(vocabulary().captions, map(float, kind), strict=True)),
                dict(zip(ATTRIBUTES, map(float, trait), strict=True)),
            )
            for kind, trait in zip(kinds, traits / best, strict=True)
        ]

    @cached_property
    def _categories(self) -> Vectors:
        """One unit row per category that has captions; "other" has no sound of its own."""
        captions = vocabulary().captions
        words = [word for some in captions.values() for word in some]
        vectors = self._embedder.embed_prompts(words, CATEGORY_TEMPLATES)
        rows, start = [], 0
        for some in captions.values():
            mean = vectors[start : start + len(some)].mean(axis=0)
            rows.append(mean / np.linalg.norm(mean))
            start += len(some)
        return np.stack(rows)

    @cached_property
    def _tags(self) -> Vectors:
        return self._embedder.embed_prompts(list(ATTRIBUTES), TAG_TEMPLATES)

    def _chances(self, cosines: np.ndarray) -> np.ndarray:
        """Softmax over each row."""
        logits = self._scale * cosines.astype(np.float64)
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: np.ndarray = likely / likely.sum(axis=1, keepdims=True)
        return shares
