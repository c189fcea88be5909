"""Composed kits as a folder of sounds with labels.csv, as benchmarks.analysis reads it.

    python -m benchmarks.kit_sounds --soundfont FILE --out DIR [--kits 36] [--seed 1]

Needs the program ``fluidsynth`` and a General MIDI soundfont (FluidR3 GM is MIT-licensed; Debian
has it as fluid-soundfont-gm). DIR is for judging and fitting only: no sound goes into the engine.
"""

import csv
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import report
from benchmarks.composed_kits import ComposedKit, KitLoop, composed_kits
from benchmarks.midi_events import TICKS_PER_S, MidiEvent, midi_bytes, note_events, program_event

RATE = 44_100
_TAIL_S = 1.5
_CHANNELS = {"bass": 0, "lead": 1, "chords": 2, "pad": 3, "drums": 9}
_PROGRAMS = {
    "bass": (*range(32, 40), 38, 39, 87),
    "lead": (*range(80, 88), 0, 4, 5, 11, 24, 56, 61, 65, 73),
    "chords": (*range(0, 8), 16, 17, 24, 25, 26, 27, 62, 81, 90),
    "pad": (48, 49, 50, 51, 52, *range(88, 96)),
    "drums": (0, 8, 16, 24, 25, 32, 40),
}
_COLUMNS = (
    "relpath", "source", "pack", "category", "is_loop", "bpm", "beats", "key", "key_evidence",
    "duration_s",
)  # fmt: skip


def main() -> None:
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("--soundfont", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--kits", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kits = composed_kits(options.kits, seed=options.seed)
    rows = [
        row
        for number, kit in enumerate(kits)
        for row in write_kit(kit, options.soundfont, options.out, seed=(options.seed, number))
    ]
    with (options.out / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} loops of {len(kits)} kits in {options.out}")


def write_kit(
    kit: ComposedKit, soundfont: Path, out: Path, *, seed: tuple[int, int]
) -> Iterator[dict[str, object]]:
    """Play and write all loops of a kit; their rows of labels.csv."""
    rng = np.random.default_rng(seed)
    folder = out / kit.name
    folder.mkdir(parents=True, exist_ok=True)
    for loop, sound in zip(kit.loops, _played(kit.loops, soundfont, rng), strict=True):
        path = folder / f"{loop.name}.flac"
        soundfile.write(path, _worn(sound, rng), RATE, subtype="PCM_16")
        yield {
            "relpath": path.relative_to(out).as_posix(),
            "source": kit.style,
            "pack": kit.name,
            "category": loop.category,
            "is_loop": 1,
            "bpm": kit.bpm,
            "beats": loop.beats,
            "key": loop.key or "",
            "key_evidence": "composed" if loop.key else "",
            "duration_s": round(loop.length_s, 4),
        }


def _played(
    loops: Sequence[KitLoop], soundfont: Path, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Loops by fluidsynth, mono; what rings over the end of one rings at its start."""
    slots_s = np.array([loop.length_s + _TAIL_S + 0.5 for loop in loops])
    begins_s = np.concatenate([[0.0], np.cumsum(slots_s)])
    with tempfile.TemporaryDirectory() as work:
        score, wave = Path(work) / "kit.mid", Path(work) / "kit.wav"
        score.write_bytes(_midi_file(loops, begins_s, rng))
        command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(RATE), "-R", "0", "-C", "0"]
        command += ["-F", str(wave), str(soundfont), str(score)]
        subprocess.run(command, check=True, capture_output=True)
        with soundfile.SoundFile(wave) as sound:
            for loop, begin_s in zip(loops, begins_s, strict=False):
                sound.seek(round(begin_s * RATE))
                length, tail = round(loop.length_s * RATE), round(_TAIL_S * RATE)
                whole = sound.read(length + tail, always_2d=True).mean(axis=1)
                kept = whole[:length].copy()
                ringing = whole[length:][:length]
                kept[: ringing.size] += ringing
                yield kept


def _worn(dry: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Driven or in noise, sometimes; the length stays."""
    wet = dry / (np.abs(dry).max() + 1e-9)
    if rng.random() < 0.25:
        wet = np.tanh(wet * rng.uniform(1.5, 6.0))
    if rng.random() < 0.2:
        wet = wet + rng.standard_normal(wet.size) * 10 ** rng.uniform(-3.5, -2.0)
    worn: np.ndarray = 0.8 * wet / (np.abs(wet).max() + 1e-9)
    return worn


def _midi_file(loops: Sequence[KitLoop], begins_s: np.ndarray, rng: np.random.Generator) -> bytes:
    """A Standard MIDI File of format 0 at 120 BPM; one instrument for each part of the kit."""
    chosen = {part: int(rng.choice(np.array(programs))) for part, programs in _PROGRAMS.items()}
    events: list[MidiEvent] = []
    events += [program_event(_CHANNELS[part], program) for part, program in chosen.items()]
    for loop, begin_s in zip(loops, begins_s, strict=False):
        begin = round(begin_s * TICKS_PER_S)
        for note in loop.notes:
            channel, pitch = _CHANNELS[note.part], int(np.clip(note.pitch, 0, 127))
            at = begin + round(note.start_s * TICKS_PER_S)
            until = at + round(min(note.length_s, loop.length_s) * TICKS_PER_S)
            events += note_events(channel, pitch, note.velocity, at=at, until=until)
    return midi_bytes(events, tail_s=3.0)


if __name__ == "__main__":
    main()
