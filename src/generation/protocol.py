"""What every engine is that makes music from words, and what it gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from src.audio.basics.validation import Audio
from src.core.progress import Progress
from src.generation.request import MusicRequest, Task

Family = Literal["turbo", "sft", "base"]
"""How a checkpoint was trained: its steps, its guidance and its tasks depend on it."""


@dataclass(frozen=True)
class ModelCard:
    """Which model makes music here; it goes with everything that the model made.

    revision: a digest of what was loaded, so that two checkpoints of one name are told apart
    licence: as its authors say
    """

    name: str
    revision: str
    family: Family
    licence: str
    device: str

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What it can be asked for: what needs base is not there on turbo and sft."""
        anywhere: tuple[Task, ...] = ("text2music", "cover", "repaint")
        return (*anywhere, "lego", "extract", "complete") if self.family == "base" else anywhere


@dataclass(frozen=True)
class SourceAudio:
    """What the model hears: float32, shape (channels, samples), at 48 kHz; None: nothing.

    source: what is covered, repainted, extracted from, or gets another part
    reference: whose timbre the result takes
    """

    source: Audio | None = None
    reference: Audio | None = None


@dataclass(frozen=True)
class GeneratedMusic:
    """One variant as the model made it, at the level that the model gave.

    audio: float32, shape (2, samples); may hold what is not finite, or nothing: see ``judge``
    """

    audio: Audio
    sample_rate: int
    seed: int


class MusicGenerator(Protocol):
    """Makes music of words and of other music. Loads its weights at the first use, and once."""

    def card(self) -> ModelCard:
        """Tell which model this is. Raises BackendUnavailableError where it can't be used."""
        ...

    def generate(
        self, request: MusicRequest, heard: SourceAudio, *, progress: Progress
    ) -> Iterator[GeneratedMusic]:
        """Make the variants one after the other; the same request and seed give the same sound.

        Raises InvalidInputError for what this model can't do, BackendUnavailableError where it
        can't be loaded, GenerationFailedError where it breaks, and what progress raises.
        """
        ...

    def unload(self) -> None:
        """Give the model's memory back; the next request loads it again."""
        ...
