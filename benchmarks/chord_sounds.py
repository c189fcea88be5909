"""The chord loops as sound, on instruments to teach the model and on others to judge it."""

import numpy as np

from benchmarks.key_loops import PlayedNote
from benchmarks.key_sounds import PROGRAMS, RATE, NotePlayer, Orchestra, subtractive
from src.audio.basics.envelopes import Adsr
from src.audio.synthesis.tonal import (
    PadVoice,
    Press,
    bell_note,
    electric_piano_note,
    felt_piano_note,
    pad_chord,
    plain_tone,
    string_note,
)


def other_synthesis(rng: np.random.Generator) -> NotePlayer:
    """Choose tine or felt pianos, plucked strings, pads, bells and sines for the parts."""
    chosen = {
        "chords": str(rng.choice(["tines", "felt", "string", "pad"])),
        "bass": str(rng.choice(["sine", "string", "tines"])),
        "lead": str(rng.choice(["tines", "bell", "string", "felt", "sine"])),
    }
    brightness = float(rng.uniform(0.3, 0.9))
    pad = PadVoice(amp=Adsr(0.08, 1.0, 0.9, 0.3), bright_hz=float(rng.uniform(800, 4000)))

    def play(note: PlayedNote, press: Press) -> np.ndarray:
        name = chosen[note.part]
        if name == "tines":
            return electric_piano_note(press, sample_rate=RATE, rng=rng, warmth=brightness)[0]
        if name == "felt":
            return felt_piano_note(press, sample_rate=RATE, rng=rng)[0]
        if name == "string":
            made = string_note(press, sample_rate=RATE, rng=rng, brightness=brightness)
            return made[0]
        if name == "pad":
            return pad_chord(pad, press, sample_rate=RATE, rng=rng)[0]
        if name == "bell":
            return bell_note(press, sample_rate=RATE, ring_s=press.gate_s + 0.3)[0]
        return plain_tone(press, sample_rate=RATE, amp=Adsr(0.004, 0.5, 0.8, 0.06))[0]

    return play


def _every_second(first: int) -> dict[str, tuple[int, ...]]:
    """Every second instrument of each part; none is in both halves, whatever the part."""
    return {
        part: tuple(sorted({program for program in programs if program % 2 == first}))
        for part, programs in PROGRAMS.items()
    }


TAUGHT = Orchestra(_every_second(0), subtractive, detuned=False)
HELD_OUT = Orchestra(_every_second(1), other_synthesis, detuned=False)
