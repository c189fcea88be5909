"""Sounds of known kinds played from a General MIDI soundfont, to teach the category model.

    python -m benchmarks.soundfont_sounds FONT.sf2 /tmp/font --pack "FluidR3 GM" --licence MIT

/tmp/font/list.csv is then for ``benchmarks.fit_categories --also``. Needs the program
``fluidsynth`` and a soundfont. Only the fitted numbers go into the engine; no sound does.
"""

import argparse
import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.midi_events import TICKS_PER_S, MidiEvent, midi_bytes, note_events, program_event
from src.audio.basics.validation import PROJECT_SAMPLE_RATE

SLOT_S = 6
"""Every segment has so many seconds to itself."""

_DRUMS = 9

PROGRAMS: dict[str, tuple[range, ...]] = {
    "keys": (range(0, 9), range(16, 21)),
    "guitar": (range(24, 32), range(104, 107)),
    "bass": (range(32, 40),),
    "strings": (range(40, 47), range(48, 50)),
    "vocal": (range(52, 55),),
    "brass": (range(56, 68),),
    "lead": (range(80, 88),),
    "pad": (range(88, 96), range(50, 52)),
    "synth": (range(62, 64), range(80, 82), range(90, 91), range(84, 85)),
    "fx": (range(96, 104), range(119, 121), range(123, 128)),
    "atmo": (range(122, 123), range(97, 98), range(101, 102)),
    "percussion": (range(112, 116),),
    "tom": (range(116, 119),),
}
"""General MIDI programs (from 0) of each category."""

LOWEST_NOTE = {"bass": 28, "guitar": 43, "lead": 60, "synth": 52, "vocal": 52, "tom": 40}

DRUM_NOTES: dict[str, tuple[int, ...]] = {
    "kick": (35, 36),
    "snare": (38, 40, 37),
    "clap": (39,),
    "hihat": (42, 44, 46),
    "tom": (41, 43, 45, 47, 48, 50),
    "cymbal": (49, 51, 52, 53, 55, 57, 59),
    "percussion": (54, 56, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 73, 74, 75, 76, 77, 81),
}
DRUM_KITS = (0, 8, 16, 24, 25, 32, 40)
ONE_HIT_LOOPS: dict[str, tuple[int, ...]] = {
    "kick": (0, 4, 8, 12),
    "snare": (4, 12),
    "hihat": (0, 2, 4, 6, 8, 10, 12, 14),
    "clap": (4, 12),
    "percussion": (0, 3, 6, 8, 11, 14),
    "tom": (8, 10, 12, 13, 14),
    "cymbal": (0, 8),
}


@dataclass
class _Segment:
    """What is played in one slot. notes: (start s, length s, pitch, velocity)."""

    category: str
    program: int
    notes: list[tuple[float, float, int, int]] = field(default_factory=list)
    loop: bool = False
    drums: bool = False


def main() -> None:
    """Read arguments, play a soundfont and list what was played."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("soundfont", type=Path)
    parser.add_argument("folder", type=Path, help="for the sounds and their list.csv")
    parser.add_argument("--pack", required=True, help="name of the soundfont")
    parser.add_argument("--licence", required=True)
    parser.add_argument("--shares", default="", help="sources of the corpus played from it too")
    parser.add_argument("--seed", type=int, default=7, help="of pitches and phrases")
    arguments = parser.parse_args()
    played = soundfont_sounds(arguments.soundfont, arguments.folder, seed=arguments.seed)
    with (arguments.folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["path", "pack", "category", "licence", "shares"])
        for path, category in played:
            about = (arguments.pack, category, arguments.licence, arguments.shares)
            table.writerow([path.name, *about])


def soundfont_sounds(soundfont: Path, folder: Path, *, seed: int) -> list[tuple[Path, str]]:
    """Play every segment into WAV files below ``folder``: (file, category) of each."""
    folder.mkdir(parents=True, exist_ok=True)
    segments = list(_segments(np.random.default_rng(seed)))
    paths = [folder / f"{i:04d}_{segment.category}.wav" for i, segment in enumerate(segments)]
    _play(segments, soundfont, folder)
    _cut(segments, folder / "all.wav", paths)
    (folder / "all.wav").unlink()
    made = zip(paths, segments, strict=True)
    return [(path, segment.category) for path, segment in made if path.exists()]


def _segments(rng: np.random.Generator) -> Iterator[_Segment]:
    for category, ranges in PROGRAMS.items():
        for program in (number for programs in ranges for number in programs):
            yield from _melodic(category, program, rng)
    for kit in DRUM_KITS:
        for category, pitches in DRUM_NOTES.items():
            for pitch in pitches:
                velocity = int(rng.integers(70, 127))
                yield _Segment(category, kit, [(0.0, 1.5, pitch, velocity)], drums=True)
            yield _drum_loop(category, kit, rng)
        for _ in range(4):
            yield _full_loop(kit, rng)


def _melodic(category: str, program: int, rng: np.random.Generator) -> Iterator[_Segment]:
    low = LOWEST_NOTE.get(category, 48)
    pitch = low + int(rng.integers(0, 12))
    yield _Segment(category, program, [(0.0, 0.35, pitch, 100)])
    yield _Segment(category, program, [(0.0, 3.0, low + int(rng.integers(0, 20)), 90)])
    if category in {"tom", "percussion", "fx", "atmo"}:
        return
    scale = np.array([0, 3, 5, 7, 10, 12, 15])
    step = 0.25 if category in {"bass", "lead", "synth", "guitar", "keys"} else 0.5
    phrase = [
        (i * step, step * float(rng.uniform(0.5, 1.0)), pitch + int(rng.choice(scale)), 95)
        for i in range(round(4.0 / step))
        if rng.random() < 0.8 or i == 0
    ]
    yield _Segment(category, program, phrase, loop=True)
    if category not in {"bass", "lead", "vocal"}:
        roots = rng.choice([0, 5, 7, -2], 2)
        chords = [
            (at * 2.0, 1.9, pitch + int(root) + third, 80)
            for at, root in enumerate(roots)
            for third in (0, 3, 7)
        ]
        yield _Segment(category, program, chords, loop=True)


def _drum_loop(category: str, kit: int, rng: np.random.Generator) -> _Segment:
    pitch = int(rng.choice(DRUM_NOTES[category]))
    notes = [
        (bar * 2.0 + at * 0.125, 0.1, pitch, int(rng.integers(70, 120)))
        for bar in range(2)
        for at in ONE_HIT_LOOPS[category]
    ]
    return _Segment(category, kit, notes, loop=True, drums=True)


def _full_loop(kit: int, rng: np.random.Generator) -> _Segment:
    notes = []
    for category in ("kick", "snare", "hihat", *rng.choice(["percussion", "tom", "clap"], 1)):
        played = _drum_loop(str(category), kit, rng).notes
        notes += [note for note in played if rng.random() < 0.9]
    return _Segment("drums", kit, notes, loop=True, drums=True)


def _play(segments: list[_Segment], soundfont: Path, folder: Path) -> None:
    """Render all segments in a row with fluidsynth, without its reverb and chorus."""
    (folder / "all.mid").write_bytes(_midi_file(segments))
    command = [
        "fluidsynth",
        "-ni",
        "-q",
        "-g",
        "0.5",
        "-r",
        str(PROJECT_SAMPLE_RATE),
        "-R",
        "0",
        "-C",
        "0",
    ]
    command += ["-F", str(folder / "all.wav"), str(soundfont), str(folder / "all.mid")]
    subprocess.run(command, check=True, capture_output=True)


def _midi_file(segments: list[_Segment]) -> bytes:
    """All segments one after the other, each with its own instrument."""
    events: list[MidiEvent] = []
    for i, segment in enumerate(segments):
        begin = i * SLOT_S * TICKS_PER_S
        channel = _DRUMS if segment.drums else 0
        events.append(program_event(channel, segment.program, at=begin))
        for start, length, pitch, velocity in segment.notes:
            at = begin + 10 + round(start * TICKS_PER_S)
            until = at + round(length * TICKS_PER_S)
            events += note_events(channel, pitch, velocity, at=at, until=until)
    return midi_bytes(events, tail_s=float(SLOT_S))


def _cut(segments: list[_Segment], rendered: Path, paths: list[Path]) -> None:
    """Loops at their exact length, one-shots where they have died away; silent ones not."""
    with soundfile.SoundFile(rendered) as sound:
        for segment, path in zip(segments, paths, strict=True):
            audio = sound.read(SLOT_S * PROJECT_SAMPLE_RATE, dtype="float32", always_2d=True)
            audio = audio[round(10 / TICKS_PER_S * PROJECT_SAMPLE_RATE) :]
            loud = np.flatnonzero(
                np.abs(audio).max(axis=1) > np.abs(audio).max() * 10 ** (-50 / 20)
            )
            if loud.size == 0 or np.abs(audio).max() < 1e-4:
                continue
            audio = audio[: 4 * PROJECT_SAMPLE_RATE] if segment.loop else audio[: loud[-1] + 1]
            soundfile.write(path, audio, PROJECT_SAMPLE_RATE, subtype="PCM_16")


if __name__ == "__main__":
    main()
