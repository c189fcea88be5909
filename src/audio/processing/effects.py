"""Effects for synthesised sound: saturation, reverb, echo, chorus, levels.

Where a function takes ``loop``, the sound is a circle: tails that run over the end
come back at the start, so that the loop repeats without a seam.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import resample_poly

from src.audio.basics.filters import high_pass, low_pass
from src.audio.basics.oscillators import SampleSpan, white_noise
from src.audio.basics.validation import Audio


def saturate(audio: Audio, *, drive_db: float, bias: float = 0.0, loop: bool = False) -> Audio:
    """Warm up or distort: a tanh curve at twice the sample rate, full scale stays full scale.

    drive_db: gain into the curve; 3 warms, 12 growls, 24 squares
    bias: pushes the curve off centre and so adds even harmonics; the offset is taken out
    """
    if audio.shape[-1] == 0:
        return audio.copy()
    gain = 10 ** (drive_db / 20)
    edge = min(64, audio.shape[-1])
    wrapped = np.pad(audio, ((0, 0), (edge, edge)), mode="wrap" if loop else "constant")
    upper = np.asarray(resample_poly(wrapped, 2, 1, axis=-1))
    shaped = (np.tanh(gain * upper + bias) - np.tanh(bias)) / np.tanh(gain)
    lower = np.asarray(resample_poly(shaped, 1, 2, axis=-1))
    return lower[:, edge : edge + audio.shape[-1]].astype(np.float32)


@dataclass(frozen=True)
class Room:
    """A room to sound in.

    decay_s: time to fall by 60 dB below ``damping_hz``; above it sounds die in ``bright_s``
    gap_s: silence before the first reflection
    """

    decay_s: float
    bright_s: float
    damping_hz: float = 2500.0
    gap_s: float = 0.012
    low_cut_hz: float = 150.0


def reverb_impulse(room: Room, *, sample_rate: int, rng: np.random.Generator) -> Audio:
    """Make a reverb's impulse response, shape (2, samples), unit energy per channel.

    Noise that decays at one pace below and at another above ``damping_hz``, with a
    few early reflections; left and right are independent, hence wide (Moorer, 1979).
    """
    span = SampleSpan.of_seconds(max(room.decay_s, room.bright_s), sample_rate)
    noise = white_noise(span, channels=2, rng=rng)
    dark = low_pass(noise, sample_rate=sample_rate, cutoff_hz=room.damping_hz, order=1)
    dark_fall = np.exp(-6.908 / room.decay_s * span.times_s).astype(np.float32)
    bright_fall = np.exp(-6.908 / room.bright_s * span.times_s).astype(np.float32)
    tail = dark * dark_fall + (noise - dark) * bright_fall
    build_up = np.minimum(span.times_s / 0.02, 1.0).astype(np.float32)
    tail *= build_up
    early = rng.integers(0, max(1, min(span.samples, round(0.07 * sample_rate))), (2, 8))
    for channel in range(2):
        tail[channel, early[channel]] += rng.uniform(-2.0, 2.0, 8).astype(np.float32)
    tail = high_pass(tail, sample_rate=sample_rate, cutoff_hz=room.low_cut_hz, order=2)
    tail /= np.sqrt(np.sum(tail.astype(np.float64) ** 2, axis=-1, keepdims=True)).astype(np.float32)
    return np.pad(tail, ((0, 0), (round(room.gap_s * sample_rate), 0)))


def reverberate(audio: Audio, impulse: Audio, *, mix: float, loop: bool = False) -> Audio:
    """Put a sound into a room: the dry sound stays, ``mix`` times the room is added.

    audio and impulse: two channels each

    Returns the input's length for a loop; else longer by the impulse, less one.
    """
    samples = audio.shape[-1]
    full = samples + impulse.shape[-1] - 1
    length = next_fast_len(full, real=True)
    wet = irfft(rfft(audio, length) * rfft(impulse, length), length)[:, :full]
    out = wrapped(wet, samples) if loop else wet
    out = out.astype(np.float32) * np.float32(mix)
    out[:, :samples] += audio
    return out


def wrapped(audio: Audio, samples: int) -> Audio:
    """Fold whatever lies beyond ``samples`` back onto the start."""
    turns = -(-audio.shape[-1] // samples)
    padded = np.pad(audio, ((0, 0), (0, turns * samples - audio.shape[-1])))
    folded: Audio = padded.reshape(audio.shape[0], turns, samples).sum(axis=1)
    return folded


def looped_by_crossfade(audio: Audio, samples: int) -> Audio:
    """Make a loop of an endless texture: what lies beyond ``samples`` fades into the start.

    Equal-power, for textures whose parts are unrelated, such as noise.
    """
    extra = min(audio.shape[-1] - samples, samples)
    turn = np.linspace(0, np.pi / 2, extra, dtype=np.float32)
    out = audio[:, :samples].copy()
    out[:, :extra] = out[:, :extra] * np.sin(turn) + audio[:, samples : samples + extra] * np.cos(
        turn
    )
    return out


@dataclass(frozen=True)
class Echo:
    """Echoes that jump from left to right, each darker than the one before."""

    delay_samples: int
    feedback: float
    mix: float
    damping_hz: float = 4000.0
    low_cut_hz: float = 200.0


def ping_pong(audio: Audio, echo: Echo, *, sample_rate: int) -> Audio:
    """Add echoes to a loop, in turn on the left and on the right; shape is kept."""
    sent = np.repeat(audio.mean(axis=0, keepdims=True), 2, axis=0).astype(np.float32)
    sent = high_pass(sent, sample_rate=sample_rate, cutoff_hz=echo.low_cut_hz)
    out = audio.copy()
    gain, turn = echo.mix, 0
    pre_roll = min(sent.shape[-1], sample_rate // 4)
    while gain > 0.01:
        turn += 1
        led = np.concatenate([sent[:, sent.shape[-1] - pre_roll :], sent], axis=-1)
        sent = low_pass(led, sample_rate=sample_rate, cutoff_hz=echo.damping_hz, order=1)
        sent = np.roll(sent[:, pre_roll:], echo.delay_samples, axis=-1)
        pan = np.array([[0.95], [0.3]] if turn % 2 else [[0.3], [0.95]], np.float32)
        out += np.float32(gain) * pan * sent
        gain *= echo.feedback
    return out


def chorus(audio: Audio, *, sample_rate: int, cycles: int, depth_s: float, mix: float) -> Audio:
    """Thicken a loop: add copies whose delay swings, left and right in opposite phase.

    cycles: swings per loop, a whole number so that the loop stays a circle
    """
    samples = audio.shape[-1]
    turns = np.arange(samples) * (2 * np.pi * cycles / samples)
    out = audio.copy()
    for channel in range(audio.shape[0]):
        swing = np.sin(turns + np.pi * channel) * 0.5 + 0.5
        position = np.arange(samples) - (0.004 + depth_s * swing) * sample_rate
        whole = np.floor(position).astype(np.int64)
        between = (position - whole).astype(np.float32)
        early = np.take(audio[channel], whole, mode="wrap")
        late = np.take(audio[channel], whole + 1, mode="wrap")
        out[channel] += np.float32(mix) * (early + between * (late - early))
    return out


def soft_clip(audio: Audio, *, knee: float, ceiling: float) -> Audio:
    """Leave everything below ``knee`` alone and bend what is above to stay below ``ceiling``."""
    size = np.abs(audio)
    room = ceiling - knee
    bent = knee + room * np.tanh((size - knee) / room)
    return np.where(size > knee, np.sign(audio) * bent, audio).astype(np.float32)


def at_peak(audio: Audio, *, peak_dbfs: float) -> Audio:
    """Scale so that the largest sample lies at ``peak_dbfs``; silence stays silent."""
    peak = float(np.max(np.abs(audio), initial=0.0))
    return audio * np.float32(10 ** (peak_dbfs / 20) / peak) if peak > 0 else audio.copy()


def at_rms(audio: Audio, *, rms_dbfs: float) -> Audio:
    """Scale so that the RMS over all channels is ``rms_dbfs``; silence stays silent."""
    rms = float(np.sqrt(np.mean(audio.astype(np.float64) ** 2))) if audio.size else 0.0
    return audio * np.float32(10 ** (rms_dbfs / 20) / rms) if rms > 0 else audio.copy()
