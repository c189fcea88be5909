"""A stand-in for a model that makes music: quick, and as bad as a test wants it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from src.audio.basics.validation import Audio
from src.core.progress import Progress
from src.generation.protocol import GeneratedMusic, ModelCard, SourceAudio
from src.generation.request import MusicRequest

RATE = 48_000
CARD = ModelCard("plain-base", "0123456789abcdef", "base", "MIT", "cpu")

Sound = Callable[[int, float], Audio]
"""From a seed and a length in seconds to sound, shape (2, samples)."""


def noisy(seed: int, seconds: float) -> Audio:
    drawn = np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))
    return (0.1 * drawn).astype(np.float32)


@dataclass
class PlainGenerator:
    """Makes the sound that it is told to make, in four steps."""

    sound: Sound = noisy
    model: ModelCard = CARD
    unloaded: int = 0
    heard: list[SourceAudio] = field(default_factory=list)

    def card(self) -> ModelCard:
        return self.model

    def generate(
        self, request: MusicRequest, heard: SourceAudio, *, progress: Progress
    ) -> Iterator[GeneratedMusic]:
        self.heard.append(heard)
        source = heard.source
        seconds = request.duration_s if source is None else source.shape[1] / RATE
        for number in range(request.variants):
            for step in range(4):
                progress("generating", 4 * number + step + 1, 4 * request.variants)
            seed = request.seed + number
            yield GeneratedMusic(self.sound(seed, seconds), RATE, seed)

    def unload(self) -> None:
        self.unloaded += 1
