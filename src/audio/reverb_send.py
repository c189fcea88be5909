"""The shared room and the tempo-synchronous echo that tracks send to, block by block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from src.audio.effects import Room, reverb_impulse
from src.audio.filters import RunningFilter, high_pass_sections, low_pass_sections
from src.audio.validation import Audio

HALL = Room(decay_s=1.9, bright_s=1.1, damping_hz=3000.0, gap_s=0.018, low_cut_hz=220.0)
"""The room of the reverb send."""

_HALL_SEED = 1770


class ReverbSend:
    """Convolves a running sound with a room's answer; its tail runs into later blocks."""

    def __init__(self, *, sample_rate: int, block_samples: int) -> None:
        rng = np.random.default_rng(_HALL_SEED)
        impulse = reverb_impulse(HALL, sample_rate=sample_rate, rng=rng).astype(np.float32)
        self._length = next_fast_len(block_samples + impulse.shape[1] - 1, real=True)
        self._spectrum = rfft(impulse, self._length)
        self._tail = np.zeros((2, impulse.shape[1] - 1), np.float32)
        self._ringing = False

    def process(self, block: Audio | None, samples: int) -> Audio | None:
        """What the room answers to a block, shape (2, samples); None for silence.

        block: shape (2, samples), at most the block length given, or None for silence
        """
        if block is None and not self._ringing:
            return None
        out = np.zeros((2, samples + self._tail.shape[1]), np.float32)
        out[:, : self._tail.shape[1]] = self._tail
        if block is not None:
            wet = irfft(rfft(block, self._length) * self._spectrum, self._length)
            out += wet[:, : out.shape[1]]
        self._tail = out[:, samples:].copy()
        self._ringing = float(np.abs(self._tail).max(initial=0.0)) > 1e-7
        if not self._ringing:
            self._tail[:] = 0.0
        return out[:, :samples]


@dataclass(frozen=True)
class EchoTime:
    """An echo in beats: 0.75 is the dotted eighth."""

    bpm: float
    beats: float = 0.75
    feedback: float = 0.42

    def samples(self, sample_rate: int) -> int:
        """Distance of two echoes in samples, at least 1."""
        return max(1, round(self.beats * 60 / self.bpm * sample_rate))


class DelaySend:
    """Echoes in time with the track, in turn on the left and on the right."""

    def __init__(self, echo: EchoTime, *, sample_rate: int) -> None:
        self._feedback = np.float32(echo.feedback)
        self._distance = echo.samples(sample_rate)
        self._memory: NDArray[np.float32] = np.zeros((2, self._distance), np.float32)
        self._low_cut = RunningFilter(high_pass_sections(260.0, sample_rate=sample_rate), 1)
        self._high_cut = RunningFilter(low_pass_sections(5200.0, sample_rate=sample_rate), 1)
        self._ringing = False

    def process(self, block: Audio | None, samples: int) -> Audio | None:
        """The echoes that sound during a block, shape (2, samples); None for silence."""
        if block is None and not self._ringing:
            return None
        sent = np.zeros((1, samples), np.float32)
        if block is not None:
            sent = (block[:1] + block[1:]) * np.float32(0.5)
        sent = self._high_cut.process(self._low_cut.process(sent))
        out = np.empty((2, samples), np.float32)
        for start in range(0, samples, self._distance):
            stop = min(start + self._distance, samples)
            length = stop - start
            echo = self._memory[:, :length]
            out[:, start:stop] = echo
            fed = self._feedback * echo[::-1]
            fed[0] += sent[0, start:stop]
            self._memory = np.concatenate([self._memory[:, length:], fed], axis=1)
        self._ringing = float(np.abs(self._memory).max()) > 1e-7
        return out
