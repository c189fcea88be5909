"""The composed loops as sound: through a General MIDI soundfont and through our synthesis.

Needs the program ``fluidsynth`` and a soundfont (FluidR3 GM is MIT-licensed). Only fitted
numbers go into the engine; no sound does.
"""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, sosfilt

from benchmarks.key_loops import PlayedNote
from benchmarks.midi_events import TICKS_PER_S, MidiEvent, midi_bytes, note_events, program_event
from src.audio.analysis.pitch import Mono, low_rate
from src.audio.synthesis.tonal import DeepBass, Press, SynthVoice, deep_bass_note, synth_note

RATE = 24_000
LONGEST_S = 12.0
_CHANNELS = {"bass": 0, "lead": 1, "chords": 2, "drums": 9}
PROGRAMS = {
    "bass": (*range(32, 40), 38, 39, 38, 39, 81, 87),
    "lead": (*range(80, 88), 0, 4, 5, 6, 8, 10, 11, 12, 24, 25, 45, 46, 56, 61, 65, 73, 105),
    "chords": (*range(0, 8), 16, 17, 18, 24, 26, 27, 48, 50, 51, 52, *range(88, 96), 61, 62, 81),
}

_Choice = tuple[np.random.Generator, dict[str, tuple[int, ...]]]


class Playable(Protocol):
    """What a loop has to tell to be played."""

    @property
    def length_s(self) -> float: ...

    @property
    def notes(self) -> tuple[PlayedNote, ...]: ...


NotePlayer = Callable[[PlayedNote, Press], np.ndarray]
"""Makes the sound of a note, of shape (samples,) at RATE Hz."""


@dataclass(frozen=True)
class Orchestra:
    """What the loops are played on.

    programs: General MIDI numbers (from 0) of each part
    synthesis: makes the player of one loop's notes, drums not among them
    detuned: whether loops are out of tune, which makes them a little faster or slower too
    """

    programs: dict[str, tuple[int, ...]]
    synthesis: Callable[[np.random.Generator], NotePlayer]
    detuned: bool = True


def played(
    loops: Sequence[Playable],
    soundfont: Path,
    folder: Path,
    *,
    seed: int,
    orchestra: Orchestra | None = None,
) -> list[Mono]:
    """Every loop as mono sound at PITCH_RATE Hz, at most 12 s of it; every second one sampled.

    orchestra: None takes all that is here
    """
    rng, orchestra = np.random.default_rng(seed), orchestra or Orchestra(PROGRAMS, subtractive)
    sampled = _sampled(list(loops[::2]), soundfont, folder, (rng, orchestra.programs))
    sounds = []
    for number, loop in enumerate(loops):
        dry = _synthesised(loop, orchestra, rng) if number % 2 else sampled[number // 2]
        cut = dry[: round(min(loop.length_s, LONGEST_S) * RATE)]
        sounds.append(low_rate(_worn(cut, rng, orchestra.detuned), sample_rate=RATE))
    return sounds


def _worn(dry: np.ndarray, rng: np.random.Generator, detuned: bool) -> Mono:
    """Detuned, driven, filtered, in a room or in noise, each of these sometimes."""
    cents = rng.normal(0, 8) if rng.random() < 0.8 else rng.uniform(-50, 50)
    cents = cents if detuned else 0.0
    places = np.arange(0, dry.size - 1, 2 ** (cents / 1200))
    wet = np.interp(places, np.arange(dry.size), dry)
    wet /= np.abs(wet).max() + 1e-9
    if rng.random() < 0.3:
        wet = np.tanh(wet * rng.uniform(2, 10))
    if rng.random() < 0.3:
        kind = str(rng.choice(["lowpass", "highpass"]))
        hertz = rng.uniform(400, 3000) if kind == "lowpass" else rng.uniform(80, 500)
        wet = sosfilt(butter(2, hertz, kind, fs=RATE, output="sos"), wet)
    if rng.random() < 0.3:
        times = np.arange(round(1.2 * RATE)) / RATE
        room = rng.standard_normal(times.size) * np.exp(-times / rng.uniform(0.1, 0.4))
        echo = fftconvolve(wet, room)[: wet.size]
        wet = wet + rng.uniform(0.1, 0.6) * echo / (np.abs(echo).max() + 1e-9)
    if rng.random() < 0.25:
        wet = wet + rng.standard_normal(wet.size) * 10 ** rng.uniform(-3, -1.3)
    return (wet / (np.abs(wet).max() + 1e-9)).astype(np.float32)


def _synthesised(loop: Playable, orchestra: Orchestra, rng: np.random.Generator) -> np.ndarray:
    """Played by our own voices; drums as a falling sine and noise."""
    total = np.zeros(round((loop.length_s + 3.0) * RATE), np.float32)
    player = orchestra.synthesis(rng)
    known: dict[tuple[str, int, int], np.ndarray] = {}
    for note in (n for n in loop.notes if n.start_s < LONGEST_S):
        name = (note.part, note.pitch, round(note.length_s * 50))
        if name not in known:
            press = Press((440.0 * 2 ** ((note.pitch - 69) / 12),), min(note.length_s, 4.0))
            known[name] = _drum(note, rng) if note.part == "drums" else player(note, press)
        start = round(note.start_s * RATE)
        sound = known[name][: total.size - start]
        total[start : start + sound.size] += sound
    return total


def subtractive(rng: np.random.Generator) -> NotePlayer:
    """Choose a subtractive voice for each part, and for some basses a deep one."""
    voices = {part: _voice(rng) for part in ("bass", "lead", "chords")}
    deep = rng.random() < 0.4

    def play(note: PlayedNote, press: Press) -> np.ndarray:
        if note.part == "bass" and deep:
            return deep_bass_note(DeepBass(), press, sample_rate=RATE)[0]
        return synth_note(voices[note.part], press, sample_rate=RATE, rng=rng)[0]

    return play


def _voice(rng: np.random.Generator) -> SynthVoice:
    return SynthVoice(
        wave="saw" if rng.random() < 0.6 else "pulse",
        unison=int(rng.choice([1, 3, 5])),
        detune_cents=float(rng.uniform(4, 25)),
        sub=float(rng.choice([0.0, 0.5])),
        cutoff_hz=float(np.exp(rng.uniform(np.log(200), np.log(3000)))),
        sweep_octaves=float(rng.uniform(0, 4)),
        resonance=float(rng.uniform(0.7, 5.0)),
        drive_db=float(rng.uniform(0, 12)),
    )


def _drum(note: PlayedNote, rng: np.random.Generator) -> np.ndarray:
    times = np.arange(round(0.25 * RATE)) / RATE
    noise = rng.standard_normal(times.size)
    if note.pitch == 36:
        return np.sin(2 * np.pi * (50 * times + 4 * (1 - np.exp(-times / 0.02)))) * np.exp(
            -times / 0.12
        )
    length = 0.07 if note.pitch == 38 else 0.02
    return 0.5 * noise * np.exp(-times / length)


def _sampled(
    loops: list[Playable], soundfont: Path, folder: Path, choice: _Choice
) -> list[np.ndarray]:
    """All loops in a row by fluidsynth, without its reverb and chorus."""
    folder.mkdir(parents=True, exist_ok=True)
    slots_s = [min(loop.length_s, LONGEST_S) + 2.0 for loop in loops]
    begins_s = np.concatenate([[0.0], np.cumsum(slots_s)])
    (folder / "all.mid").write_bytes(_midi_file(loops, begins_s, choice))
    command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(RATE), "-R", "0", "-C", "0"]
    command += ["-F", str(folder / "all.wav"), str(soundfont), str(folder / "all.mid")]
    subprocess.run(command, check=True, capture_output=True)
    with soundfile.SoundFile(folder / "all.wav") as sound:
        sounds = []
        for begin_s, slot_s in zip(begins_s, slots_s, strict=False):
            sound.seek(round(begin_s * RATE))
            sounds.append(sound.read(round((slot_s - 1.0) * RATE), always_2d=True).mean(axis=1))
    (folder / "all.wav").unlink()
    return sounds


def _midi_file(loops: Sequence[Playable], begins_s: np.ndarray, choice: _Choice) -> bytes:
    """A Standard MIDI File of format 0 at 120 BPM."""
    rng, parts = choice
    events: list[MidiEvent] = []
    for loop, begin_s in zip(loops, begins_s, strict=False):
        begin = round(begin_s * TICKS_PER_S)
        for part, programs in parts.items():
            chosen = int(rng.choice(np.array(programs)))
            events.append(program_event(_CHANNELS[part], chosen, at=begin))
        for note in (n for n in loop.notes if n.start_s < LONGEST_S):
            channel = _CHANNELS[note.part]
            at = begin + round(note.start_s * TICKS_PER_S)
            until = at + round(min(note.length_s, LONGEST_S - note.start_s) * TICKS_PER_S)
            events += note_events(channel, note.pitch, note.velocity, at=at, until=until)
    return midi_bytes(events, tail_s=2.0)
