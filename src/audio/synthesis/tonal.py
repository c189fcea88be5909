"""Tonal voices: basses, leads, chords, pads, keys, strings, voices.

A voice is a frozen dataclass; its note function returns one note or chord as stereo,
shape (2, samples), release included, about as loud at every pitch.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len

from src.audio.basics.envelopes import Adsr, decay, glide
from src.audio.basics.filters import band_pass, high_pass, low_pass
from src.audio.basics.oscillators import (
    Hz,
    SampleSpan,
    damped_partials,
    modulated_sine,
    phase_cycles,
    plucked_string,
    pulse,
    sine,
    sine_of,
    supersaw,
    white_noise,
)
from src.audio.basics.validation import Audio
from src.audio.processing.effects import saturate
from src.audio.processing.sweep_filter import Sweep, sweep


@dataclass(frozen=True)
class Press:
    """A key that is pressed: one or several pitches, how long, how hard.

    from_hz: slides into the first pitch from here; 0 starts on it
    """

    pitches_hz: tuple[float, ...]
    gate_s: float
    velocity: float = 1.0
    from_hz: float = 0.0


@dataclass(frozen=True)
class SynthVoice:
    """A subtractive synthesiser: oscillators, swept filter, drive, amplifier.

    sub: level of a sine an octave below; sweep_octaves: how far the filter opens at
    the attack, scaled by velocity; sweep_s: how fast it falls back
    """

    wave: Literal["saw", "pulse"] = "saw"
    unison: int = 1
    detune_cents: float = 10.0
    sub: float = 0.0
    noise: float = 0.0
    amp: Adsr = field(default_factory=lambda: Adsr(0.002, 0.3, 0.7, 0.05))
    cutoff_hz: float = 600.0
    sweep_octaves: float = 3.0
    sweep_s: float = 0.08
    resonance: float = 1.5
    poles: Literal[2, 4] = 4
    drive_db: float = 4.0
    vibrato_cents: float = 0.0


def synth_note(
    voice: SynthVoice, press: Press, *, sample_rate: int, rng: np.random.Generator
) -> Audio:
    """Play a note or a chord on a subtractive synthesiser, all pitches through one filter."""
    span = SampleSpan.of_seconds(voice.amp.length_s(press.gate_s), sample_rate)
    sound = np.zeros((2, span.samples), np.float32)
    for pitch in press.pitches_hz:
        sound += _oscillators(voice, _moving_pitch(voice, press, pitch, span), span, rng)
    sound /= np.float32(np.sqrt(len(press.pitches_hz)) * 1.4)
    if voice.noise:
        sound += np.float32(voice.noise) * white_noise(span, channels=2, rng=rng)
    opening = voice.sweep_octaves * press.velocity * np.exp(-span.times_s / voice.sweep_s)
    shape = Sweep(voice.cutoff_hz * 2**opening, voice.resonance, "lowpass", voice.poles)
    filtered = sweep(sound, shape, sample_rate=sample_rate)
    driven = saturate(filtered, drive_db=voice.drive_db)
    level = voice.amp.curve(span, gate_s=press.gate_s) * (0.35 + 0.65 * press.velocity)
    return (driven * level).astype(np.float32)


def _moving_pitch(voice: SynthVoice, press: Press, pitch: float, span: SampleSpan) -> Hz:
    if press.from_hz:
        return glide(span, start=press.from_hz, end=pitch, time_s=0.012)
    if voice.vibrato_cents:
        late = np.clip((span.times_s - 0.15) / 0.3, 0, 1)
        bend = voice.vibrato_cents * late * np.sin(2 * np.pi * 5.3 * span.times_s)
        return pitch * 2 ** (bend / 1200)
    return pitch


def _oscillators(voice: SynthVoice, pitch: Hz, span: SampleSpan, rng: np.random.Generator) -> Audio:
    if voice.wave == "saw":
        sound = supersaw(pitch, span, voices=voice.unison, detune_cents=voice.detune_cents, rng=rng)
    else:
        spread = 2 ** (voice.detune_cents / 2400)
        left = pulse(pitch * spread, span, width=0.42, start_cycles=rng.random())
        right = pulse(pitch / spread, span, width=0.46, start_cycles=rng.random())
        middle = pulse(pitch, span, width=0.5)
        sound = np.concatenate([middle + 0.7 * left, middle + 0.7 * right]) * np.float32(0.6)
    if voice.sub:
        sound = sound + np.float32(voice.sub) * sine(pitch * 0.5, span)
    return sound


@dataclass(frozen=True)
class DeepBass:
    """A sine with some harmonics: FM for the growl, saturation for small speakers."""

    amp: Adsr = field(default_factory=lambda: Adsr(0.004, 0.5, 0.8, 0.06))
    index: float = 1.2
    index_s: float = 0.12
    ratio: float = 2.0
    drive_db: float = 5.0
    cutoff_hz: float = 900.0


def deep_bass_note(voice: DeepBass, press: Press, *, sample_rate: int) -> Audio:
    """Play a round bass note, the same on both sides."""
    span = SampleSpan.of_seconds(voice.amp.length_s(press.gate_s), sample_rate)
    pitch: Hz = press.pitches_hz[0]
    if press.from_hz:
        pitch = glide(span, start=press.from_hz, end=press.pitches_hz[0], time_s=0.03)
    index = voice.index * press.velocity * decay(span, time_s=voice.index_s * 4)
    tone = modulated_sine(pitch, span, ratio=voice.ratio, index=index)
    driven = saturate(tone * np.float32(0.7), drive_db=voice.drive_db, bias=0.15)
    rounded = low_pass(driven, sample_rate=sample_rate, cutoff_hz=voice.cutoff_hz)
    level = voice.amp.curve(span, gate_s=press.gate_s) * (0.4 + 0.6 * press.velocity)
    return np.repeat((rounded * level).astype(np.float32), 2, axis=0)


@dataclass(frozen=True)
class PadVoice:
    """An endless ensemble, made from its spectrum.

    rolloff: fall of the harmonics' level, 1 is a saw; width_cents: how far each harmonic
    is smeared; odd: level of even harmonics (0 hollow); formants_hz: bands that sing
    """

    amp: Adsr = field(default_factory=lambda: Adsr(0.8, 1.0, 0.9, 1.5))
    rolloff: float = 1.2
    width_cents: float = 28.0
    even: float = 1.0
    bright_hz: float = 3500.0
    formants_hz: tuple[tuple[float, float], ...] = ()


def pad_chord(
    voice: PadVoice, press: Press, *, sample_rate: int, rng: np.random.Generator
) -> Audio:
    """Play a chord whose harmonics are narrow bands of noise: lush, still, wide.

    The spectrum is written down and turned into sound at once (PADsynth; Nasca,
    2005). Below 150 Hz both sides share their phases, so that the low end stays mono.
    """
    span = SampleSpan.of_seconds(voice.amp.length_s(press.gate_s), sample_rate)
    length = next_fast_len(span.samples, real=True)
    weights = _pad_spectrum(voice, press.pitches_hz, length, sample_rate)
    phases = rng.random((2, weights.size), dtype=np.float32) * np.float32(2 * np.pi)
    shared = round(150.0 / sample_rate * length)
    phases[1, :shared] = phases[0, :shared]
    lines = np.empty(phases.shape, np.complex64)
    lines.real, lines.imag = weights * np.cos(phases), weights * np.sin(phases)
    sound = irfft(lines, length)[:, : span.samples]
    sound *= 0.2 / max(float(np.sqrt(np.mean(sound**2))), 1e-9)
    level = voice.amp.curve(span, gate_s=press.gate_s) * (0.4 + 0.6 * press.velocity)
    return (sound * level).astype(np.float32)


def _pad_spectrum(
    voice: PadVoice, pitches_hz: tuple[float, ...], length: int, sample_rate: int
) -> NDArray[np.float32]:
    weights = np.zeros(length // 2 + 1)
    bin_hz = sample_rate / length
    for pitch in pitches_hz:
        for harmonic in range(1, int(min(14000.0, voice.bright_hz * 5) / pitch) + 1):
            centre_hz = pitch * harmonic
            level = harmonic**-voice.rolloff * (1.0 if harmonic % 2 else voice.even)
            level *= _singing(voice.formants_hz, centre_hz)
            level /= np.sqrt(1 + (centre_hz / voice.bright_hz) ** 4)
            width = max(1.0, (2 ** (voice.width_cents / 1200) - 1) * centre_hz / bin_hz / 2)
            low = max(1, int(centre_hz / bin_hz - 3 * width))
            high = min(weights.size, int(centre_hz / bin_hz + 3 * width) + 2)
            position = (np.arange(low, high) - centre_hz / bin_hz) / width
            weights[low:high] += level / np.sqrt(width) * np.exp(-0.5 * position**2)
    return weights.astype(np.float32)


def _singing(formants_hz: tuple[tuple[float, float], ...], frequency_hz: float) -> float:
    if not formants_hz:
        return 1.0
    bands = (
        level / (1 + ((frequency_hz - centre) / (0.11 * centre + 35)) ** 2)
        for centre, level in formants_hz
    )
    return 0.03 + sum(bands)


VOWELS: dict[str, tuple[tuple[float, float], ...]] = {
    "ah": ((750.0, 1.0), (1180.0, 0.6), (2600.0, 0.25), (3400.0, 0.12)),
    "oh": ((480.0, 1.0), (860.0, 0.5), (2500.0, 0.12), (3300.0, 0.07)),
    "oo": ((330.0, 1.0), (760.0, 0.25), (2350.0, 0.06), (3250.0, 0.03)),
    "eh": ((560.0, 1.0), (1750.0, 0.5), (2500.0, 0.35), (3500.0, 0.15)),
}
"""Formants of a voice: centre in Hz and level (after Peterson and Barney, 1952)."""


@dataclass(frozen=True)
class Singer:
    """A synthetic voice that goes from one vowel to another."""

    first: str = "oh"
    then: str = "ah"
    amp: Adsr = field(default_factory=lambda: Adsr(0.03, 0.4, 0.75, 0.18))
    breath: float = 0.06


def sung_note(singer: Singer, press: Press, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Sing a syllable: glottal pulse and breath through moving formants, two singers."""
    span = SampleSpan.of_seconds(singer.amp.length_s(press.gate_s), sample_rate)
    late = np.clip((span.times_s - 0.12) / 0.25, 0, 1)
    total = np.zeros((2, span.samples), np.float32)
    for side in range(2):
        speed = 5.2 + 0.5 * side
        cents = 22 * late * np.sin(2 * np.pi * speed * span.times_s + side) + 5 * (side - 0.5)
        cents -= 90 * np.exp(-span.times_s / 0.035)
        pitch = press.pitches_hz[0] * 2 ** (cents / 1200)
        folds = supersaw(pitch, span, voices=1, detune_cents=0, rng=rng)[:1]
        folds = low_pass(folds, sample_rate=sample_rate, cutoff_hz=2200.0, order=1)
        air = white_noise(span, channels=1, rng=rng) * np.float32(singer.breath)
        move = np.clip(span.times_s / max(0.6 * press.gate_s, 0.05), 0, 1)
        first = _through_formants(folds + air, singer.first, sample_rate)
        then = _through_formants(folds + air, singer.then, sample_rate)
        total[side] = (first * (1 - move) + then * move)[0]
    level = singer.amp.curve(span, gate_s=press.gate_s) * (0.4 + 0.6 * press.velocity)
    warm = saturate((total * level * 2.0).astype(np.float32), drive_db=4.0)
    return high_pass(warm, sample_rate=sample_rate, cutoff_hz=press.pitches_hz[0] * 0.7)


def _through_formants(sound: Audio, vowel: str, sample_rate: int) -> Audio:
    total = np.zeros_like(sound)
    for centre, level in VOWELS[vowel]:
        half = 0.06 * centre + 25
        total += np.float32(level) * band_pass(
            sound, sample_rate=sample_rate, low_hz=centre - half, high_hz=centre + half, order=1
        )
    return total


def electric_piano_note(
    press: Press, *, sample_rate: int, rng: np.random.Generator, warmth: float = 0.5
) -> Audio:
    """Play a tine piano: a sine bent by itself and a bell at the attack (FM pairs).

    warmth: 0..1, how fast the bark gives way to a plain tone
    """
    amp = Adsr(0.003, 1.6, 0.12, 0.25)
    span = SampleSpan.of_seconds(amp.length_s(press.gate_s), sample_rate)
    total = np.zeros((2, span.samples))
    for pitch in press.pitches_hz:
        bark = 1.6 * press.velocity * decay(span, time_s=2.2 - 1.4 * warmth)
        body = modulated_sine(pitch, span, ratio=1.0, index=bark + 0.15)
        tine = modulated_sine(pitch * 2, span, ratio=7.0, index=0.7 * press.velocity)
        wobble = pitch * 2 ** (rng.uniform(2, 5) / 1200)
        beat = modulated_sine(wobble, span, ratio=1.0, index=0.3 * bark)
        voice = body + 0.10 * tine * decay(span, time_s=0.35)
        total[0] += (voice + 0.35 * beat)[0]
        total[1] += (voice - 0.35 * beat)[0]
    level = amp.curve(span, gate_s=press.gate_s) * (0.4 + 0.6 * press.velocity)
    quiet = 0.45 / np.sqrt(len(press.pitches_hz))
    return saturate((total * level * quiet).astype(np.float32), drive_db=3.0, bias=0.1)


def felt_piano_note(press: Press, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Play a soft upright: slightly stretched partials, each with its decay, and a felt thump."""
    span = SampleSpan.of_seconds(press.gate_s + 0.35, sample_rate)
    total = np.zeros((2, span.samples), np.float32)
    for pitch in press.pitches_hz:
        order = np.arange(1, 15)
        partials = pitch * order * np.sqrt(1 + 0.0004 * order**2)
        levels = np.exp(-order * (0.75 - 0.3 * press.velocity)) * (1 - 0.5 * (order % 7 == 0))
        decays = 5.5 * (220.0 / pitch) ** 0.5 / order**0.8
        for side, cents in enumerate((-0.9, 0.9)):
            strings = partials * 2 ** (cents / 1200)
            total[side] += damped_partials(strings, levels, decays, span)[0]
    thump = low_pass(
        white_noise(span, channels=2, rng=rng), sample_rate=sample_rate, cutoff_hz=420.0
    )
    total += (0.9 * thump * decay(span, time_s=0.09)).astype(np.float32)
    level = Adsr(0.006, 9.0, 1.0, 0.35).curve(span, gate_s=press.gate_s)
    quiet = float(0.5 / np.sqrt(len(press.pitches_hz)))
    return np.asarray(total * level * quiet, np.float32)


def bell_note(press: Press, *, sample_rate: int, ring_s: float) -> Audio:
    """Strike a glass bell: partials of a struck bar over its root, beating between the sides."""
    span = SampleSpan.of_seconds(ring_s, sample_rate)
    pitch = press.pitches_hz[0]
    ratios = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 9.2])
    levels = np.array([1.0, 0.45, 0.22, 0.28, 0.12, 0.05]) * press.velocity
    decays = ring_s * np.array([1.0, 0.75, 0.5, 0.4, 0.25, 0.12])
    sides = [damped_partials(pitch * ratios * d, levels, decays, span) for d in (0.9994, 1.0006)]
    attack = np.minimum(span.times_s / 0.003, 1.0)
    fade = np.minimum((ring_s - span.times_s) / (0.2 * ring_s), 1.0)
    return (np.concatenate(sides) * attack * fade * 0.5).astype(np.float32)


def string_note(
    press: Press, *, sample_rate: int, rng: np.random.Generator, brightness: float = 0.6
) -> Audio:
    """Pluck a string of a chord, the two sides slightly apart in tune."""
    release = 0.2
    span = SampleSpan.of_seconds(press.gate_s + release, sample_rate)
    total = np.zeros((2, span.samples), np.float32)
    for pitch in press.pitches_hz:
        ring = 0.001 ** (1 / (pitch * 3.5))
        for side, cents in enumerate((-2.0, 2.0)):
            total[side] += plucked_string(
                pitch * 2 ** (cents / 1200), span, brightness=brightness, ring=ring, rng=rng
            )[0]
    level = Adsr(0.001, 9.0, 1.0, release).curve(span, gate_s=press.gate_s)
    level *= 0.4 + 0.6 * press.velocity
    soft = low_pass(total, sample_rate=sample_rate, cutoff_hz=2500.0 + 4500.0 * press.velocity)
    quiet = float(0.5 / np.sqrt(len(press.pitches_hz)))
    return np.asarray(soft * level * quiet, np.float32)


def plain_tone(press: Press, *, sample_rate: int, amp: Adsr) -> Audio:
    """Play a sine with its octave, for subs and drones."""
    span = SampleSpan.of_seconds(amp.length_s(press.gate_s), sample_rate)
    pitch = press.pitches_hz[0]
    tone = sine_of(phase_cycles(pitch, span)) + 0.12 * sine(pitch * 2, span)
    level = amp.curve(span, gate_s=press.gate_s) * press.velocity
    return np.repeat((0.6 * tone * level).astype(np.float32), 2, axis=0)
