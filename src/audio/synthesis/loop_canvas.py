"""A loop as a circle of samples, on which sounds are placed by beat."""

from dataclasses import dataclass

import numpy as np

from src.audio.basics.oscillators import SampleSpan
from src.audio.basics.validation import Audio

BEATS_PER_BAR = 4


@dataclass(frozen=True)
class Grid:
    """The beats of a loop of whole bars in four-four time."""

    bpm: float
    bars: int
    sample_rate: int

    @property
    def samples(self) -> int:
        """Length of the loop, from the absolute beat so that nothing drifts."""
        return self.sample_of(self.bars * BEATS_PER_BAR)

    @property
    def span(self) -> SampleSpan:
        """The whole loop."""
        return SampleSpan(self.samples, self.sample_rate)

    def sample_of(self, beat: float) -> int:
        """Convert a beat to its sample; beat 0 is the loop's start."""
        return round(beat * 60.0 / self.bpm * self.sample_rate)

    def seconds(self, beats: float) -> float:
        """Convert beats to seconds."""
        return beats * 60.0 / self.bpm


class LoopCanvas:
    """Collects sounds at their beats; what runs over the end goes on at the start."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._sum = np.zeros((2, grid.samples), np.float32)

    def place(self, clip: Audio, *, beat: float, gain: float = 1.0) -> None:
        """Add a clip of one or two channels, starting exactly on a beat."""
        start = self.grid.sample_of(beat) % self.grid.samples
        done = 0
        while done < clip.shape[-1]:
            count = min(self.grid.samples - start, clip.shape[-1] - done)
            self._sum[:, start : start + count] += clip[:, done : done + count] * np.float32(gain)
            done, start = done + count, 0

    @property
    def audio(self) -> Audio:
        """What has been placed so far, shape (2, samples)."""
        return self._sum.copy()
