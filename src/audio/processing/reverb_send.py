"""The shared room and the tempo-synchronous echo that tracks send to, block by block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from src.audio.basics.filters import RunningFilter, high_pass_sections, low_pass_sections
from src.audio.basics.validation import Audio
from src.audio.processing.effects import Room, reverb_impulse

HALL = Room(decay_s=1.9, bright_s=1.1, damping_hz=3000.0, gap_s=0.018, low_cut_hz=220.0)
"""The room of the reverb send."""

_HALL_SEED = 1770
_HOP = 32_768
_INAUDIBLE = 1e-7

Spectrum = NDArray[np.complex64]


class ReverbSend:
    """Convolves a running sound with a room's answer; its tail runs into later blocks.

    The room's answer is cut into parts, so that short transforms do: overlap-save with a
    spectral delay line (uniformly partitioned convolution; T. G. Stockham, 1966). What comes
    out depends on nothing but the last ``memory`` samples of what went in.
    """

    def __init__(self, *, sample_rate: int) -> None:
        rng = np.random.default_rng(_HALL_SEED)
        impulse = reverb_impulse(HALL, sample_rate=sample_rate, rng=rng).astype(np.float32)
        parts = -(-impulse.shape[1] // _HOP)
        padded = np.pad(impulse, ((0, 0), (0, parts * _HOP - impulse.shape[1])))
        self._answers = [
            rfft(padded[:, part * _HOP : (part + 1) * _HOP], 2 * _HOP) for part in range(parts)
        ]
        self.memory = parts * _HOP
        self._before = np.zeros((2, self.memory), np.float32)
        self._silent = True

    def process(self, block: Audio | None, samples: int) -> Audio | None:
        """Return the reverb of a block, shape (2, samples); None for silence.

        block: shape (2, samples), or None for silence
        """
        if block is None and self._silent:
            return None
        sound = np.zeros((2, samples), np.float32) if block is None else block
        led = np.concatenate([self._before, sound], axis=1)
        spectra: dict[int, Spectrum | None] = {}
        out = np.empty((2, samples), np.float32)
        for start in range(0, samples, _HOP):
            length = min(_HOP, samples - start)
            out[:, start : start + length] = self._answer(led, start, spectra)[:, :length]
        self._remember(led[:, samples:])
        return out

    def resume(self, block: Audio | None) -> None:
        """Go on as if ``block`` had just been processed; it holds ``memory`` samples or more.

        A shorter one is taken as the very beginning.
        """
        sound = np.zeros_like(self._before)
        if block is not None:
            known = block[:, -self.memory :]
            sound[:, self.memory - known.shape[1] :] = known
        self._remember(sound)

    def turn_up(self, gain: float) -> None:
        """Go on as if all that was sent so far had been louder by a factor."""
        if gain != 1.0:
            self._before *= np.float32(gain)

    def _remember(self, before: Audio) -> None:
        self._before = before.copy()
        self._silent = not self._before.any()

    def _answer(self, led: Audio, start: int, spectra: dict[int, "Spectrum | None"]) -> Audio:
        """Convolve what lies from ``start`` on, one hop long."""
        total: Spectrum | None = None
        for part, answer in enumerate(self._answers):
            position = start - part * _HOP
            if position not in spectra:
                spectra[position] = self._spectrum(led, position)
            spectrum = spectra[position]
            if spectrum is not None:
                total = spectrum * answer if total is None else total + spectrum * answer
        if total is None:
            return np.zeros((2, _HOP), np.float32)
        answered: Audio = irfft(total, 2 * _HOP)[:, _HOP:]
        return answered

    def _spectrum(self, led: Audio, position: int) -> "Spectrum | None":
        """Return spectrum of the hop at ``place`` and the one before it; None for silence."""
        first = position + self.memory - _HOP
        frame = led[:, first : first + 2 * _HOP]
        if not frame.any():
            return None
        spectrum: Spectrum = rfft(frame, 2 * _HOP)
        return spectrum


@dataclass(frozen=True)
class EchoTime:
    """An echo in beats: 0.75 is the dotted eighth."""

    bpm: float
    beats: float = 0.75
    feedback: float = 0.42

    def samples(self, sample_rate: int) -> int:
        """Return distance of two echoes in samples, at least 1."""
        return max(1, round(self.beats * 60 / self.bpm * sample_rate))


class DelaySend:
    """Echoes in time with the track, in turn on the left and on the right."""

    def __init__(self, echo: EchoTime, *, sample_rate: int) -> None:
        self._feedback = np.float32(echo.feedback)
        self._distance = echo.samples(sample_rate)
        self._memory: NDArray[np.float32] = np.zeros((2, self._distance), np.float32)
        self._sections = np.concatenate(
            [
                high_pass_sections(260.0, sample_rate=sample_rate),
                low_pass_sections(5200.0, sample_rate=sample_rate),
            ]
        )
        self._tone = RunningFilter(self._sections, 1)
        self._ringing = False

    def process(self, block: Audio | None, samples: int) -> Audio | None:
        """Return the echoes that sound during a block, shape (2, samples); None for silence.

        block: shape (1, samples), both sides of what is sent as one, or None for silence
        """
        if block is None and not self._ringing:
            return None
        sent = np.zeros((1, samples), np.float32) if block is None else block
        sent = self._tone.process(sent)
        line = np.empty((2, self._distance + samples), np.float32)
        line[:, : self._distance] = self._memory
        for start in range(0, samples, self._distance):
            stop = min(start + self._distance, samples)
            fed = line[:, self._distance + start : self._distance + stop]
            np.multiply(line[::-1, start:stop], self._feedback, out=fed)
            fed[0] += sent[0, start:stop]
        self._memory = line[:, samples:].copy()
        self._ringing = float(np.abs(self._memory).max()) > _INAUDIBLE
        if not self._ringing:
            self._memory[:] = 0.0
            self._tone = RunningFilter(self._sections, 1)
        return line[:, :samples]
