"""Oscillators: where a synthesised sound begins.

Everything returns float32, shape (channels, samples). Frequencies are either one
number or a curve with one value per sample, both in Hz.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len

from src.audio.basics.validation import Audio

Curve = NDArray[np.float64]
"""One control value per sample, shape (samples,)."""

Hz = float | Curve
"""A frequency that stands still, or one that moves."""


@dataclass(frozen=True)
class SampleSpan:
    """How long a sound is: ``samples`` at ``sample_rate`` Hz."""

    samples: int
    sample_rate: int

    @classmethod
    def of_seconds(cls, seconds: float, sample_rate: int) -> "SampleSpan":
        """Make a span of so many seconds, at least one sample."""
        return cls(max(1, round(seconds * sample_rate)), sample_rate)

    @property
    def times_s(self) -> Curve:
        """The time of each sample in seconds."""
        return np.arange(self.samples, dtype=np.float64) * (1.0 / self.sample_rate)


def phase_cycles(frequency_hz: Hz, span: SampleSpan, *, start_cycles: float = 0.0) -> Curve:
    """Return unwrapped phase in cycles of an oscillator at the given frequency."""
    if isinstance(frequency_hz, np.ndarray):
        steps = np.concatenate([[0.0], frequency_hz[: span.samples - 1]]) / span.sample_rate
        moving: Curve = start_cycles + np.cumsum(steps)
        return moving
    step = float(frequency_hz) / span.sample_rate
    return start_cycles + np.arange(span.samples, dtype=np.float64) * step


def sine_of(phase: Curve) -> Audio:
    """Return sine of a phase in cycles, shape (1, samples)."""
    turns = (phase - np.floor(phase)).astype(np.float32)
    wave: Audio = np.sin(np.float32(2 * np.pi) * turns)[None]
    return wave


def sine(frequency_hz: Hz, span: SampleSpan, *, start_cycles: float = 0.0) -> Audio:
    """Make a sine, shape (1, samples)."""
    return sine_of(phase_cycles(frequency_hz, span, start_cycles=start_cycles))


def saw(frequency_hz: Hz, span: SampleSpan, *, start_cycles: float = 0.0) -> Audio:
    """Return rising sawtooth, shape (1, samples), its edges rounded so that it hardly aliases.

    Each jump is replaced by a two-sample polynomial (PolyBLEP; Välimäki and
    Huovilainen, 2007). Only the samples beside a jump are touched.
    """
    phase = phase_cycles(frequency_hz, span, start_cycles=start_cycles)
    position = (phase - np.floor(phase)).astype(np.float32)
    step = np.broadcast_to(np.asarray(frequency_hz, np.float32), phase.shape) / span.sample_rate
    wave = 2 * position - 1
    after = np.flatnonzero(position < step)
    x = position[after] / step[after]
    wave[after] -= 2 * x - x * x - 1
    before = np.flatnonzero(position > 1 - step)
    x = (position[before] - 1) / step[before]
    wave[before] -= x * x + 2 * x + 1
    return wave[None]


def pulse(
    frequency_hz: Hz, span: SampleSpan, *, width: float = 0.5, start_cycles: float = 0.0
) -> Audio:
    """Return rectangle without an offset: two saws ``width`` of a cycle apart, shape (1,
    samples).
    """
    first = saw(frequency_hz, span, start_cycles=start_cycles)
    return first - saw(frequency_hz, span, start_cycles=start_cycles + width)


def supersaw(
    frequency_hz: Hz,
    span: SampleSpan,
    *,
    voices: int,
    detune_cents: float,
    rng: np.random.Generator,
) -> Audio:
    """Return saws side by side and slightly out of tune, spread over the stereo field.

    voices: at least 1; they lie evenly within +-detune_cents, alternating left and right

    Returns shape (2, samples), about as loud as a single saw.
    """
    offsets = np.linspace(-1.0, 1.0, voices) if voices > 1 else np.zeros(1)
    positions = np.where(np.arange(voices) % 2 == 0, offsets, -offsets) * 0.8
    stereo = np.zeros((2, span.samples), np.float32)
    for offset, place in zip(offsets, positions, strict=True):
        detuned = frequency_hz * 2 ** (offset * detune_cents / 1200)
        wave = saw(detuned, span, start_cycles=rng.random())
        angle = (place + 1) * np.pi / 4
        gains = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32)
        stereo += wave * gains
    return stereo / np.float32(np.sqrt(voices / 2))


def modulated_sine(
    frequency_hz: Hz, span: SampleSpan, *, ratio: float, index: float | Curve
) -> Audio:
    """Make one sine bent by another (frequency modulation; Chowning, 1973), shape (1, samples).

    ratio: the modulator's frequency over the carrier's
    index: depth in radians, one number or a curve
    """
    phase = phase_cycles(frequency_hz, span)
    bend = sine_of(phase * ratio)[0] * index / (2 * np.pi)
    return sine_of(phase + bend)


def damped_partials(
    frequencies_hz: Curve, levels: Curve, decays_s: Curve, span: SampleSpan
) -> Audio:
    """Return sines that ring and die away, summed: bells, bars, skins, shape (1, samples).

    decays_s: time to fall by 60 dB, one per partial. Partials beyond 0.45 of the
    sample rate are left out.
    """
    times = span.times_s
    total = np.zeros(span.samples, np.float32)
    for frequency, level, decay_s in zip(frequencies_hz, levels, decays_s, strict=True):
        if frequency >= 0.45 * span.sample_rate:
            continue
        audible = min(span.samples, int(1.5 * decay_s * span.sample_rate) + 1)
        fall = np.exp((-6.908 / decay_s) * times[:audible]).astype(np.float32)
        total[:audible] += (
            np.float32(level) * fall * sine(frequency, SampleSpan(audible, span.sample_rate))[0]
        )
    return total[None]


def white_noise(span: SampleSpan, *, channels: int, rng: np.random.Generator) -> Audio:
    """Return independent Gaussian noise per channel, RMS 0.33."""
    noise: Audio = rng.standard_normal((channels, span.samples), dtype=np.float32)
    return noise * np.float32(0.33)


def coloured_noise(
    span: SampleSpan, *, channels: int, slope_db_per_octave: float, rng: np.random.Generator
) -> Audio:
    """Return Gaussian noise with a tilted spectrum, RMS 0.33; -3 dB per octave is pink.

    Made from a random spectrum, silent below 20 Hz.
    """
    length = next_fast_len(span.samples, real=True)
    freqs_hz = np.arange(length // 2 + 1) * (span.sample_rate / length)
    weight = np.zeros(freqs_hz.size, np.float32)
    audible = freqs_hz >= 20.0
    weight[audible] = (freqs_hz[audible] / 1000.0) ** (slope_db_per_octave / 6.0206)
    parts = rng.standard_normal((2, channels, freqs_hz.size), dtype=np.float32) * weight
    noise = irfft(parts[0] + 1j * parts[1], length)[:, : span.samples]
    tilted: Audio = (noise * (0.33 / np.sqrt(np.mean(noise**2)))).astype(np.float32)
    return tilted


def plucked_string(
    frequency_hz: float,
    span: SampleSpan,
    *,
    brightness: float,
    ring: float,
    rng: np.random.Generator,
) -> Audio:
    """Pluck a string and let it ring out, shape (1, samples).

    A burst of noise runs round a delay line and is smoothed at each turn (Karplus
    and Strong, 1983); a cubic read between samples keeps it in tune.

    brightness: 0..1, how little each turn smooths, and how bright the burst is
    ring: what is left after one turn, just under 1
    """
    period = span.sample_rate / frequency_hz
    whole = int(period)
    taps = np.convolve(_cubic_read(period - whole), _smoothing(brightness)) * ring
    lead = whole + 3
    line = np.zeros(lead + span.samples + whole, np.float64)
    line[lead : lead + whole] = _burst(whole, brightness, rng)
    turn = whole - 3
    for start in range(lead + whole, lead + span.samples, turn):
        audible = line[start - whole - 3 : start - whole + 2 + turn]
        line[start : start + turn] = np.convolve(audible, taps, "valid")
    return line[lead : lead + span.samples].astype(np.float32)[None]


def _burst(samples: int, brightness: float, rng: np.random.Generator) -> Curve:
    """Make one period of a string just plucked: harmonics that fall off, no offset, peak 1."""
    harmonics = np.fft.rfft(rng.uniform(-1, 1, samples))
    order = np.arange(harmonics.size)
    harmonics *= np.maximum(order, 1) ** (brightness - 1.4)
    harmonics[0] = 0
    turn = np.fft.irfft(harmonics, samples)
    return np.asarray(turn / np.abs(turn).max(), np.float64)


def _smoothing(brightness: float) -> Curve:
    side = 0.25 * (1 - brightness)
    return np.array([side, 1 - 2 * side, side])


def _cubic_read(fraction: float) -> Curve:
    """Return Lagrange weights for a delay of 1 + fraction samples over four taps."""
    d = 1 + fraction
    return np.array(
        [
            -(d - 1) * (d - 2) * (d - 3) / 6,
            d * (d - 2) * (d - 3) / 2,
            -d * (d - 1) * (d - 3) / 2,
            d * (d - 1) * (d - 2) / 6,
        ]
    )
