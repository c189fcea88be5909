"""Drums from oscillators and noise. Each sound is stereo, shape (2, samples), peak near 1.

A drum is described by a frozen dataclass; ``velocity`` and placing belong to the loop.
"""

from dataclasses import dataclass

import numpy as np

from src.audio.basics.envelopes import decay, glide, with_faded_ends
from src.audio.basics.filters import band_pass, high_pass, low_pass
from src.audio.basics.oscillators import (
    SampleSpan,
    damped_partials,
    modulated_sine,
    phase_cycles,
    pulse,
    sine,
    sine_of,
    white_noise,
)
from src.audio.basics.validation import Audio
from src.audio.processing.effects import Room, at_peak, reverb_impulse, reverberate, saturate

METAL_HZ = np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0])
"""Six rectangles without a common root: the cymbal of analogue drum machines."""


def _stereo(mono: Audio) -> Audio:
    return np.repeat(mono, 2, axis=0)


def _finished(audio: Audio, sample_rate: int, *, out_s: float = 0.01) -> Audio:
    clean = high_pass(audio, sample_rate=sample_rate, cutoff_hz=18.0)
    return at_peak(
        with_faded_ends(clean, sample_rate=sample_rate, in_s=0.0003, out_s=out_s), peak_dbfs=0.0
    )


@dataclass(frozen=True)
class Kick:
    """A swept sine with a click on top, driven.

    floor_hz: the pitch it settles on; punch_hz: how far above that it starts
    """

    floor_hz: float = 48.0
    punch_hz: float = 260.0
    sweep_s: float = 0.028
    hold_s: float = 0.05
    decay_s: float = 0.45
    click: float = 0.4
    drive_db: float = 8.0
    bias: float = 0.1


def kick(shape: Kick, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a bass drum: body, second sweep for the knock, filtered click, saturation."""
    span = SampleSpan.of_seconds(shape.hold_s + shape.decay_s, sample_rate)
    pitch = glide(
        span, start=shape.floor_hz + shape.punch_hz, end=shape.floor_hz, time_s=shape.sweep_s
    )
    pitch += glide(span, start=shape.punch_hz * 4, end=0.0, time_s=0.0035)
    body = sine_of(phase_cycles(pitch, span))
    level = decay(span, time_s=shape.decay_s * 1.5, hold_s=shape.hold_s)
    click = high_pass(
        white_noise(span, channels=1, rng=rng), sample_rate=sample_rate, cutoff_hz=1800.0
    )
    knock = sine(1900.0, span) * decay(span, time_s=0.012)
    burst = shape.click * (click * decay(span, time_s=0.018) + 0.5 * knock)
    driven = saturate(
        (body * level + burst).astype(np.float32), drive_db=shape.drive_db, bias=shape.bias
    )
    rounded = low_pass(driven, sample_rate=sample_rate, cutoff_hz=11000.0)
    return _finished(_stereo(rounded), sample_rate, out_s=0.12)


@dataclass(frozen=True)
class Snare:
    """Two skin tones and two bands of noise, driven, in a small room."""

    tone_hz: float = 185.0
    tone_s: float = 0.16
    noise_s: float = 0.22
    noise_low_hz: float = 1400.0
    crack: float = 0.6
    tone: float = 0.9
    drive_db: float = 9.0
    room: float = 0.25


def snare(shape: Snare, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a snare drum: falling skin modes, wires, a crack at the front, reverb."""
    span = SampleSpan.of_seconds(max(shape.tone_s, shape.noise_s) * 1.1, sample_rate)
    bend = glide(span, start=1.6, end=1.0, time_s=0.012)
    tone = sine_of(phase_cycles(shape.tone_hz * bend, span)) * decay(span, time_s=shape.tone_s)
    tone += (
        0.6
        * sine_of(phase_cycles(shape.tone_hz * 1.78 * bend, span))
        * decay(span, time_s=shape.tone_s * 0.6)
    )
    noise = white_noise(span, channels=2, rng=rng)
    wires = high_pass(noise, sample_rate=sample_rate, cutoff_hz=shape.noise_low_hz)
    wires = low_pass(wires, sample_rate=sample_rate, cutoff_hz=13000.0)
    wire_level = 0.65 * decay(span, time_s=shape.noise_s) + 0.5 * decay(span, time_s=0.06)
    crack = band_pass(noise, sample_rate=sample_rate, low_hz=2500.0, high_hz=7500.0)
    hit = shape.tone * tone + 1.6 * wires * wire_level
    hit = hit + 2.5 * shape.crack * crack * decay(span, time_s=0.03)
    driven = saturate(hit.astype(np.float32) * 0.7, drive_db=shape.drive_db)
    return _in_small_room(driven, shape.room, sample_rate=sample_rate, rng=rng)


def _in_small_room(
    audio: Audio, mix: float, *, sample_rate: int, rng: np.random.Generator
) -> Audio:
    room = Room(decay_s=0.35, bright_s=0.22, damping_hz=4000.0, gap_s=0.004, low_cut_hz=300.0)
    impulse = reverb_impulse(room, sample_rate=sample_rate, rng=rng)
    return _finished(reverberate(audio, impulse, mix=mix), sample_rate, out_s=0.12)


@dataclass(frozen=True)
class Clap:
    """Several hands: short bursts of band noise, then a tail."""

    centre_hz: float = 1250.0
    hands: int = 4
    gap_s: float = 0.0105
    tail_s: float = 0.22
    room: float = 0.3


def clap(shape: Clap, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a hand clap; left and right hear different hands."""
    starts_s = np.arange(shape.hands) * shape.gap_s * rng.uniform(0.9, 1.1, shape.hands)
    span = SampleSpan.of_seconds(starts_s[-1] + shape.tail_s, sample_rate)
    level = np.zeros(span.samples)
    for index, start_s in enumerate(starts_s):
        start = round(start_s * sample_rate)
        rest = SampleSpan(span.samples - start, sample_rate)
        last = index == shape.hands - 1
        level[start:] = np.maximum(
            level[start:], decay(rest, time_s=shape.tail_s if last else 0.035)
        )
    noise = white_noise(span, channels=2, rng=rng)
    noise[1] = 0.55 * noise[0] + 0.84 * noise[1]
    body = band_pass(
        noise,
        sample_rate=sample_rate,
        low_hz=shape.centre_hz * 0.7,
        high_hz=shape.centre_hz * 1.6,
        order=1,
    )
    air = high_pass(noise, sample_rate=sample_rate, cutoff_hz=4500.0) * 0.25
    driven = saturate(((body * 2.2 + air) * level).astype(np.float32), drive_db=7.0)
    return _in_small_room(driven, shape.room, sample_rate=sample_rate, rng=rng)


@dataclass(frozen=True)
class Hat:
    """Inharmonic rectangles and noise through a high band.

    tune: factor on the pitch of the metal; air: share of noise against metal
    """

    decay_s: float = 0.07
    tune: float = 1.0
    low_hz: float = 7000.0
    air: float = 0.5
    drive_db: float = 4.0


def hat(shape: Hat, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a hi-hat: closed when its decay is short, open when it is long."""
    span = SampleSpan.of_seconds(shape.decay_s * 1.15 + 0.02, sample_rate)
    metal = _metal(shape.tune, span, rng)
    noise = white_noise(span, channels=2, rng=rng)
    mixed = (1 - shape.air) * metal + shape.air * 1.4 * noise
    bright = high_pass(mixed, sample_rate=sample_rate, cutoff_hz=shape.low_hz, order=3)
    bright = low_pass(bright, sample_rate=sample_rate, cutoff_hz=16500.0)
    level = decay(span, time_s=shape.decay_s, hold_s=shape.decay_s * 0.08)
    level += 0.6 * decay(span, time_s=0.012)
    driven = saturate((bright * level).astype(np.float32), drive_db=shape.drive_db)
    return _finished(driven, sample_rate, out_s=0.015)


def _metal(tune: float, span: SampleSpan, rng: np.random.Generator) -> Audio:
    """Return six rectangles far above their roots, the two channels slightly out of step."""
    metal = np.zeros((2, span.samples), np.float32)
    for channel in range(2):
        for frequency in METAL_HZ * tune:
            wave = pulse(float(frequency) * 4.0, span, start_cycles=rng.random())
            metal[channel] += wave[0] / 5
    return metal


@dataclass(frozen=True)
class Cymbal:
    """A plate: dozens of partials that die at their own pace, and noise.

    bell: level of a few long, low partials, as in a ride
    """

    decay_s: float = 2.2
    low_hz: float = 380.0
    air: float = 0.7
    bell: float = 0.0
    attack_s: float = 0.001


def cymbal(shape: Cymbal, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a crash, with a bell a ride, with a slow attack a swell."""
    span = SampleSpan.of_seconds(shape.decay_s, sample_rate)
    partials = np.sort(np.exp(rng.uniform(np.log(shape.low_hz), np.log(15000.0), 36)))
    levels = (partials / 4000.0) ** -0.15 * rng.uniform(0.3, 1.0, 36)
    decays = shape.decay_s * (1000.0 / partials) ** 0.35 * rng.uniform(0.6, 1.0, 36)
    plate = np.concatenate(
        [damped_partials(partials * (1 + 0.003 * side), levels, decays, span) for side in (0, 1)]
    )
    if shape.bell:
        bells = shape.low_hz * np.array([1.0, 1.51, 2.32, 3.17])
        ring = damped_partials(bells, np.array([1, 0.8, 0.6, 0.5]), np.full(4, shape.decay_s), span)
        plate = plate + 6 * shape.bell * ring
    noise = high_pass(
        white_noise(span, channels=2, rng=rng), sample_rate=sample_rate, cutoff_hz=1500.0
    )
    noise = low_pass(noise, sample_rate=sample_rate, cutoff_hz=6500.0, order=1)
    wash = noise * (decay(span, time_s=shape.decay_s) + 0.7 * decay(span, time_s=0.25))
    swell = np.minimum(span.times_s / shape.attack_s, 1.0) ** 2
    mixed = (0.16 * plate + 3 * shape.air * wash) * swell
    bright = high_pass(mixed.astype(np.float32), sample_rate=sample_rate, cutoff_hz=shape.low_hz)
    driven = saturate(at_peak(bright, peak_dbfs=-3.0), drive_db=5.0)
    return _finished(driven, sample_rate, out_s=0.3 * shape.decay_s)


@dataclass(frozen=True)
class Skin:
    """A struck skin or block: a few modes, a falling pitch and a tap.

    modes: frequencies over the lowest; bend: how much higher it starts
    """

    pitch_hz: float = 110.0
    decay_s: float = 0.35
    bend: float = 1.5
    bend_s: float = 0.03
    modes: tuple[float, ...] = (1.0, 1.59, 2.14, 2.65)
    tap: float = 0.3
    drive_db: float = 5.0


def skin(shape: Skin, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise a tom, conga, bongo, rim or wood block, by its modes and decay."""
    span = SampleSpan.of_seconds(shape.decay_s * 1.1, sample_rate)
    bend = glide(span, start=shape.bend, end=1.0, time_s=shape.bend_s)
    total = np.zeros((1, span.samples))
    for index, mode in enumerate(shape.modes):
        fall = decay(span, time_s=shape.decay_s / (1 + 0.9 * index))
        tone = sine_of(phase_cycles(shape.pitch_hz * mode * bend, span))
        total += tone * fall * 0.7**index
    tap = band_pass(
        white_noise(span, channels=2, rng=rng),
        sample_rate=sample_rate,
        low_hz=min(1200.0, shape.pitch_hz * 4),
        high_hz=6000.0,
    )
    hit = total + 3 * shape.tap * tap * decay(span, time_s=0.02)
    driven = saturate(hit.astype(np.float32) * 0.6, drive_db=shape.drive_db)
    return _in_small_room(driven, 0.12, sample_rate=sample_rate, rng=rng)


@dataclass(frozen=True)
class Pipe:
    """Struck metal by frequency modulation: index and ratio make the clang."""

    pitch_hz: float = 420.0
    ratio: float = 1.414
    index: float = 4.0
    decay_s: float = 0.3
    drive_db: float = 8.0


def pipe(shape: Pipe, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise an industrial percussion hit, wide through a small reverb."""
    span = SampleSpan.of_seconds(shape.decay_s * 1.1, sample_rate)
    index = shape.index * decay(span, time_s=shape.decay_s * 0.6)
    clang = modulated_sine(shape.pitch_hz, span, ratio=shape.ratio, index=index)
    clang = clang + 0.5 * modulated_sine(shape.pitch_hz * 2.71, span, ratio=0.73, index=index * 0.7)
    hit = _stereo((clang * decay(span, time_s=shape.decay_s)).astype(np.float32)) * 0.6
    noise = white_noise(span, channels=2, rng=rng) * decay(span, time_s=0.015)
    driven = saturate((hit + noise).astype(np.float32), drive_db=shape.drive_db)
    thin = high_pass(driven, sample_rate=sample_rate, cutoff_hz=shape.pitch_hz * 0.6)
    return _in_small_room(thin, 0.3, sample_rate=sample_rate, rng=rng)


def shaker(*, length_s: float, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Synthesise one stroke of a shaker: grains that swell and stop."""
    span = SampleSpan.of_seconds(length_s, sample_rate)
    grains = band_pass(
        white_noise(span, channels=2, rng=rng),
        sample_rate=sample_rate,
        low_hz=4500.0,
        high_hz=12000.0,
    )
    position = span.times_s / length_s
    swell = np.minimum(position / 0.12, 1.0) * np.exp(-4.5 * np.maximum(position - 0.12, 0.0))
    return _finished((grains * swell).astype(np.float32), sample_rate)
