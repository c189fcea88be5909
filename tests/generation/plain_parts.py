"""Parts as a model might play them: in time and key, or off in a known way."""

import numpy as np

from src.audio.basics.validation import Audio

RATE = 48_000
TEMPO = 120.0
SECONDS = 24.0
CHORDS = ((45, 57, 60, 64), (41, 57, 60, 65), (40, 56, 59, 64), (45, 57, 60, 64))


def beat_times(bpm: float, late_beats: float, wander_s: float) -> np.ndarray:
    """When its quarter beats come; each beat of four steps wanders slowly to and fro."""
    steps = np.arange(4 * 64) / 4.0 + late_beats
    times = steps * 60.0 / bpm + wander_s * np.sin(2.0 * np.pi * steps / 16.0)
    return times[times < SECONDS - 0.3]


def drums(bpm: float = TEMPO, *, late_beats: float = 0.0, wander_s: float = 0.0) -> Audio:
    """A kick on each beat, a hat on each eighth between."""
    rng = np.random.default_rng(1)
    out = np.zeros(round(SECONDS * RATE))
    moments = np.arange(round(0.2 * RATE)) / RATE
    kick = 0.8 * np.sin(2.0 * np.pi * 60.0 * moments) * np.exp(-moments / 0.05)
    hat = 0.2 * rng.standard_normal(moments.size) * np.exp(-moments / 0.015)
    for number, time in enumerate(beat_times(bpm, late_beats, wander_s)):
        if number % 2 == 0:
            start = round(time * RATE)
            out[start : start + moments.size] += kick if number % 4 == 0 else hat
    return np.stack([out, out]).astype(np.float32)


def bass(semitones: float = 0.0, bpm: float = TEMPO, *, late_beats: float = 0.0) -> Audio:
    """Chords of A minor on each beat, another each bar."""
    out = np.zeros(round(SECONDS * RATE))
    length = round(0.4 * RATE)
    moments = np.arange(length) / RATE
    for number, time in enumerate(beat_times(bpm, late_beats, 0.0)[::4]):
        start = round(time * RATE)
        for note in CHORDS[number // 4 % 4]:
            hz = 440.0 * 2.0 ** ((note + semitones - 69) / 12)
            tone = 0.1 * np.sin(2.0 * np.pi * hz * moments) * np.exp(-moments / 0.2)
            out[start : start + length] += tone[: out.size - start]
    return np.stack([out, out]).astype(np.float32)
