"""Transitions and textures: risers, falls, impacts, airs. Stereo, shape (2, samples)."""

from dataclasses import dataclass

import numpy as np

from src.audio.basics.envelopes import decay, glide, wave_curve, with_faded_ends
from src.audio.basics.filters import high_pass, low_pass
from src.audio.basics.oscillators import SampleSpan, coloured_noise, supersaw, white_noise
from src.audio.basics.validation import Audio
from src.audio.processing.effects import (
    Room,
    at_peak,
    looped_by_crossfade,
    reverb_impulse,
    reverberate,
    saturate,
)
from src.audio.processing.sweep_filter import Sweep, sweep


@dataclass(frozen=True)
class Rise:
    """A riser: noise whose band climbs, and saws that climb ``octaves`` from a pitch."""

    start_hz: float = 110.0
    octaves: float = 2.0
    noise: float = 1.0
    tone: float = 0.5
    pulse_cycles: float = 0.0


def riser(shape: Rise, span: SampleSpan, *, rng: np.random.Generator) -> Audio:
    """Return tension that grows over the whole span and is cut off at its end."""
    position = np.arange(span.samples) / span.samples
    noise = white_noise(span, channels=2, rng=rng)
    band = Sweep(250.0 * 2 ** (5.3 * position**1.3), 1.6, "bandpass")
    air = sweep(noise, band, sample_rate=span.sample_rate)
    pitch = shape.start_hz * 2 ** (shape.octaves * position**1.5)
    saws = supersaw(pitch, span, voices=5, detune_cents=18, rng=rng)
    opening = Sweep(300.0 * 2 ** (5 * position**1.5), 1.2, "lowpass")
    saws = sweep(saws, opening, sample_rate=span.sample_rate)
    mixed = (shape.noise * 1.6 * air + shape.tone * saws) * (0.03 + 0.97 * position**1.8)
    if shape.pulse_cycles:
        gate = 0.5 - 0.5 * np.cos(2 * np.pi * shape.pulse_cycles * position**1.6)
        mixed = mixed * (1 - 0.6 * position * gate)
    driven = saturate(mixed.astype(np.float32), drive_db=5.0)
    clean = high_pass(driven, sample_rate=span.sample_rate, cutoff_hz=80.0)
    faded = with_faded_ends(clean, sample_rate=span.sample_rate, in_s=0.05, out_s=0.02)
    return at_peak(faded, peak_dbfs=0.0)


def downlifter(span: SampleSpan, *, rng: np.random.Generator) -> Audio:
    """Synthesise the fall after a peak: a band of noise and a saw that sink and fade."""
    position = np.arange(span.samples) / span.samples
    noise = white_noise(span, channels=2, rng=rng)
    band = Sweep(9000.0 * 2 ** (-6 * position**0.7), 1.2, "bandpass")
    air = sweep(noise, band, sample_rate=span.sample_rate)
    saws = supersaw(880.0 * 2 ** (-4 * position**0.6), span, voices=3, detune_cents=15, rng=rng)
    saws = low_pass(saws, sample_rate=span.sample_rate, cutoff_hz=1800.0)
    mixed = (1.8 * air + 0.25 * saws) * (1 - position) ** 1.6
    clean = high_pass(mixed.astype(np.float32), sample_rate=span.sample_rate, cutoff_hz=40.0)
    faded = with_faded_ends(clean, sample_rate=span.sample_rate, in_s=0.002, out_s=0.1)
    return at_peak(faded, peak_dbfs=0.0)


@dataclass(frozen=True)
class Impact:
    """A hit that fills the room: low boom, crack, long tail."""

    boom_hz: float = 42.0
    crack: float = 0.7
    tail_s: float = 3.0
    drive_db: float = 8.0


def impact(shape: Impact, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a cinematic hit with its reverb."""
    span = SampleSpan.of_seconds(1.2, sample_rate)
    pitch = glide(span, start=shape.boom_hz * 4, end=shape.boom_hz, time_s=0.06)
    turns = np.cumsum(pitch) / sample_rate
    boom = np.sin(2 * np.pi * turns) * decay(span, time_s=1.6)
    noise = white_noise(span, channels=2, rng=rng)
    crack = low_pass(noise, sample_rate=sample_rate, cutoff_hz=5000.0) * decay(span, time_s=0.25)
    hit = saturate((boom + 2 * shape.crack * crack).astype(np.float32), drive_db=shape.drive_db)
    hit = with_faded_ends(hit, sample_rate=sample_rate, in_s=0.0005, out_s=0.4)
    room = Room(shape.tail_s, shape.tail_s * 0.5, damping_hz=1800.0, low_cut_hz=60.0)
    wet = reverberate(hit, reverb_impulse(room, sample_rate=sample_rate, rng=rng), mix=0.7)
    clean = high_pass(wet, sample_rate=sample_rate, cutoff_hz=24.0)
    faded = with_faded_ends(
        clean, sample_rate=sample_rate, in_s=0.0, out_s=0.3 * clean.shape[-1] / sample_rate
    )
    return at_peak(faded, peak_dbfs=0.0)


@dataclass(frozen=True)
class Air:
    """An endless texture: tilted noise through two slow bands.

    bands_hz: the two centres; they swing by ``swing_octaves`` ``cycles`` times per loop
    """

    slope_db_per_octave: float = -3.0
    bands_hz: tuple[float, float] = (400.0, 1800.0)
    resonance: float = 2.0
    swing_octaves: float = 0.7
    cycles: int = 2
    floor: float = 0.15


def air(shape: Air, span: SampleSpan, *, rng: np.random.Generator) -> Audio:
    """Wind, machine room or sea, as a loop without a seam."""
    extra = SampleSpan(span.samples + span.sample_rate, span.sample_rate)
    endless = coloured_noise(
        extra, channels=2, slope_db_per_octave=shape.slope_db_per_octave, rng=rng
    )
    noise = looped_by_crossfade(endless, span.samples)
    out = noise * np.float32(shape.floor)
    for index, centre in enumerate(shape.bands_hz):
        swing = wave_curve(
            span,
            cycles=shape.cycles + index,
            low=-shape.swing_octaves,
            high=shape.swing_octaves,
            start_cycles=float(rng.random()),
        )
        band = Sweep(centre * 2**swing, shape.resonance, "bandpass")
        swell = wave_curve(span, cycles=shape.cycles + 1 - index, low=0.4, high=1.0)
        out = out + sweep(noise, band, sample_rate=span.sample_rate, loop=True) * swell
    return out.astype(np.float32)


def crackle(span: SampleSpan, *, per_second: float, rng: np.random.Generator) -> Audio:
    """Dust on vinyl: rare clicks of all sizes on either side."""
    count = max(1, round(per_second * span.samples / span.sample_rate))
    dust = np.zeros((2, span.samples), np.float32)
    positions = rng.integers(0, span.samples, count)
    sides = rng.integers(0, 2, count)
    dust[sides, positions] += rng.exponential(0.25, count).astype(np.float32) * rng.choice(
        [-1, 1], count
    )
    bright = low_pass(dust, sample_rate=span.sample_rate, cutoff_hz=5200.0)
    return high_pass(bright, sample_rate=span.sample_rate, cutoff_hz=900.0)


def reversed_swell(audio: Audio, *, sample_rate: int) -> Audio:
    """Play a decaying sound backwards, its start and end faded."""
    backwards = np.ascontiguousarray(audio[:, ::-1])
    return with_faded_ends(backwards, sample_rate=sample_rate, in_s=0.1, out_s=0.01)
