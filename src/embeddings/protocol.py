"""What every embedder is: two methods and a name."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.validation import Audio

Vectors = NDArray[np.float32]
"""Unit-length rows: float32, shape (items, dimension)."""


class Embedder(Protocol):
    """Turns sounds and texts into vectors of one space, comparable by cosine.

    model_id: names model, weights' digest, front-end and pooling. Vectors of two
        models are never compared.
    dimension: length of a vector
    """

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        """Embed clips, one unit vector each; at 48 kHz, shape (channels, samples)."""
        ...

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, one unit vector each; a text without a known word gives a zero row."""
        ...


@runtime_checkable
class Graded(Protocol):
    """An embedder that knows how near any sound can come to a text."""

    def best_similarity(self, texts: Sequence[str]) -> Vectors:
        """Highest cosine that a sound could have with each text, shape (texts,); 0 for a
        text that says nothing known."""
        ...
