"""Envelopes: how a sound's level, pitch or colour moves in time.

Each returns a control curve: float64, shape (samples,).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from src.audio.basics.oscillators import Curve, SampleSpan
from src.audio.basics.validation import Audio


@dataclass(frozen=True)
class Adsr:
    """Attack, decay and release times in seconds, and the sustain level in 0..1."""

    attack_s: float
    decay_s: float
    sustain: float
    release_s: float

    def length_s(self, gate_s: float) -> float:
        """Compute how long a note sounds whose key is held for ``gate_s``."""
        return gate_s + self.release_s

    def curve(self, span: SampleSpan, *, gate_s: float) -> Curve:
        """Level over time: attack in a straight line, decay and release exponential.

        A key let go before the attack has ended releases from where it is.
        Reaches exactly 0 at ``gate_s + release_s``.
        """
        held = self._held(span.times_s)
        at_release = float(self._held(np.array([gate_s]))[0])
        since = np.clip((span.times_s - gate_s) / max(self.release_s, 1e-6), 0.0, 1.0)
        fall = (np.exp(-5.0 * since) - np.exp(-5.0)) / (1 - np.exp(-5.0))
        return np.where(span.times_s < gate_s, held, at_release * fall)

    def _held(self, times_s: Curve) -> Curve:
        rise = times_s / max(self.attack_s, 1e-6)
        fall = np.exp(-np.maximum(times_s - self.attack_s, 0.0) * (3.0 / max(self.decay_s, 1e-6)))
        return np.minimum(rise, self.sustain + (1 - self.sustain) * fall)


def decay(span: SampleSpan, *, time_s: float, hold_s: float = 0.0) -> Curve:
    """Return full level for ``hold_s``, then an exponential fall of 60 dB within ``time_s``."""
    late = np.maximum(span.times_s - hold_s, 0.0)
    fall: Curve = np.exp(-6.908 / time_s * late)
    return fall


def glide(span: SampleSpan, *, start: float, end: float, time_s: float) -> Curve:
    """Move from one value to another: two thirds of the way after ``time_s``."""
    return end + (start - end) * np.exp(-span.times_s / time_s)


def wave_curve(
    span: SampleSpan, *, cycles: float, low: float, high: float, start_cycles: float = 0.0
) -> Curve:
    """Make a sine between two values, ``cycles`` times over the span.

    A whole number of cycles makes it fit a loop. Starts at the middle, rising.
    """
    turns = np.arange(span.samples) * (cycles / span.samples) + start_cycles
    swing: Curve = low + (high - low) * (0.5 + 0.5 * np.sin(2 * np.pi * turns))
    return swing


def ducking(span: SampleSpan, *, starts: Sequence[int], depth: float, recover_s: float) -> Curve:
    """Make a loop's gain that drops at each kick and comes back, as a side-chain does.

    starts: samples of the kicks; the loop wraps, so the last kick reaches into the start
    depth: 0 leaves the level alone, 1 drops to silence. The drop takes the 4 ms before
    the kick, so that a sounding note does not click.
    """
    if not len(starts):
        return np.ones(span.samples)
    positions = np.arange(span.samples)
    ordered = np.sort(np.asarray(starts) % span.samples)
    after = np.searchsorted(ordered, positions, side="right")
    since = (positions - ordered[after - 1]) % span.samples / span.sample_rate
    until = (ordered[after % ordered.size] - positions) % span.samples / span.sample_rate
    up = 0.5 - 0.5 * np.cos(np.pi * np.minimum(since / recover_s, 1.0))
    down = 0.5 - 0.5 * np.cos(np.pi * np.minimum(until / 0.004, 1.0))
    gain: Curve = 1 - depth * (1 - np.minimum(up, down))
    return gain


def with_faded_ends(audio: Audio, *, sample_rate: int, in_s: float, out_s: float) -> Audio:
    """Ramp both ends of a one-shot to silence with raised cosines.

    Ramps longer than the clip are shortened to it. An empty clip stays empty.
    """
    samples = audio.shape[-1]
    gain = np.ones(samples, np.float32)
    rise = min(samples, round(in_s * sample_rate))
    fall = min(samples, round(out_s * sample_rate))
    if rise:
        gain[:rise] = 0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)
    if fall:
        gain[samples - fall :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)
    return audio * gain
