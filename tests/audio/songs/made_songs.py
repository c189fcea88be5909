"""Short songs of kicks, snares and chords on beats that are known."""

import numpy as np

from src.audio.basics.validation import Audio

RATE = 24_000


def song(
    beats_s: np.ndarray, chords: tuple[tuple[int, ...], ...], *, beats_per_bar: int = 4
) -> Audio:
    """Kicks on one, three and before four, snares between, hats in eighths, a chord a bar."""
    rng = np.random.default_rng(1)
    length = round((beats_s[-1] + 1.5) * RATE)
    audio = np.zeros(length)

    def add(at_s: float, sound: np.ndarray) -> None:
        start = round(at_s * RATE)
        part = audio[start : start + sound.size]
        part += sound[: part.size]

    time = np.arange(round(0.18 * RATE)) / RATE
    kick = np.sin(2 * np.pi * 55 * time) * np.exp(-time * 18)
    snare = rng.standard_normal(time.size) * np.exp(-time * 30) * 0.5
    hat = np.diff(rng.standard_normal(time.size), prepend=0) * np.exp(-time * 90) * 0.15
    for beat, at_s in enumerate(beats_s[:-1]):
        step_s = beats_s[beat + 1] - at_s
        place = beat % beats_per_bar
        add(at_s, kick if place % 2 == 0 and (place == 0 or beats_per_bar == 4) else snare)
        add(at_s, hat)
        add(at_s + step_s / 2, kick if place == 2 and beats_per_bar == 4 else hat)
        if place == 0:
            held = np.arange(round(beats_per_bar * step_s * RATE)) / RATE
            chord = chords[beat // beats_per_bar % len(chords)]
            for note in chord:
                hertz = 440 * 2 ** ((note - 69) / 12)
                add(at_s, 0.12 * np.sin(2 * np.pi * hertz * held) * np.exp(-held))
    return (0.7 * audio / np.abs(audio).max()).astype(np.float32)[None, :]


A_MINOR = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
"""Am F C G"""


def steady(bpm: float, beats: int, *, start_s: float = 0.4) -> np.ndarray:
    """Times of beats at one tempo."""
    return start_s + np.arange(beats + 1) * 60.0 / bpm
