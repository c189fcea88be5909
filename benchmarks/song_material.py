"""Whole songs whose beats are known: composed ones, played by fluidsynth, and recorded ones.

Composed songs go from an introduction without drums over verses and choruses through a break. A
third keep one tempo, a third drift as a band without a click does, a third change their tempo in
the middle; all of them are played by hands that miss by some milliseconds.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import mido
import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.composed_kits import STYLES, Style
from benchmarks.key_loops import MINOR_SHARE, LoopFrame, PlayedNote, composed_frame, composed_part
from benchmarks.midi_events import TICKS_PER_S, MidiEvent, midi_bytes, note_events, program_event

RATE = 44_100
TEMPOS = ("steady", "drifting", "changing")
_STARTS_S = 0.7
_FORM = (
    ("intro", 4, ("chords",)), ("verse", 8, ("drums", "bass", "chords")),
    ("chorus", 8, ("drums", "bass", "chords", "lead")), ("verse", 8, ("drums", "bass", "chords")),
    ("break", 4, ("chords", "lead")), ("chorus", 8, ("drums", "bass", "chords", "lead")),
)  # fmt: skip
_CHANNELS = {"bass": 0, "lead": 1, "chords": 2, "drums": 9}
_PROGRAMS = {
    "bass": (32, 33, 34, 36, 38, 39), "lead": (80, 81, 11, 56, 65, 73),
    "chords": (0, 4, 16, 24, 25, 27, 29, 48, 88), "drums": (0, 8, 16, 25, 40),
}  # fmt: skip

Values = NDArray[np.float64]


@dataclass(frozen=True)
class KnownSong:
    """A song and its truth.

    paths: files that sound together; source: whose it is; beats_s: times of its beats
    tempo: one of TEMPOS; bpm: of its longest part at one tempo; key: "Am", "" where unknown
    downbeats_s: empty where unknown; sections_s: where sections begin, empty where unknown
    """

    name: str
    source: str
    paths: tuple[Path, ...]
    beats_s: Values
    bpm: float
    tempo: str = "steady"
    key: str = ""
    downbeats_s: Values = field(default_factory=lambda: np.zeros(0))
    sections_s: Values = field(default_factory=lambda: np.zeros(0))


def composed_songs(count: int, *, seed: int, soundfont: Path, folder: Path) -> Iterator[KnownSong]:
    """Compose and play songs into a folder; the same seed gives the same songs."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        style = STYLES[number % len(STYLES)]
        tempo = TEMPOS[number // len(STYLES) % len(TEMPOS)]
        path = folder / f"{seed}-{number:03d}-{style.name.replace(' ', '-')}-{tempo}.flac"
        yield _composed(style, tempo, rng, path, soundfont)


def recorded_songs(folder: Path) -> Iterator[KnownSong]:
    """Read songs of a rhythm game: below a folder, each with stems (.ogg) and ``notes.mid``.

    The tempo map of the notes is the truth; beats count as far as notes are played.
    """
    for notes in sorted(folder.rglob("notes.mid")):
        midi = mido.MidiFile(str(notes))
        beats_s = _midi_beats(midi)
        if beats_s.size < 32:
            continue
        paths = tuple(sorted(notes.parent.glob("*.ogg")))
        bpm = 60.0 / float(np.median(np.diff(beats_s)))
        yield KnownSong(notes.parent.name, notes.parent.parent.name, paths, beats_s, bpm)


def _midi_beats(midi: mido.MidiFile) -> Values:
    """Times of the beats from the first played note to the last, in seconds."""
    merged = mido.merge_tracks(midi.tracks)
    tempo, now_s, tick = 500_000, 0.0, 0
    per_beat = midi.ticks_per_beat
    beats: list[float] = []
    played: list[float] = []
    for message in merged:
        for step in range(message.time):
            if (tick + step) % per_beat == 0:
                beats.append(now_s + step * tempo / per_beat / 1e6)
        now_s += message.time * tempo / per_beat / 1e6
        tick += message.time
        if message.type == "set_tempo":
            tempo = message.tempo
        if message.type == "note_on" and message.velocity:
            played.append(now_s)
    if not played:
        return np.zeros(0)
    times = np.array(beats)
    return times[(times >= played[0] - 0.01) & (times <= played[-1] + 0.01)]


def _composed(
    style: Style, tempo: str, rng: np.random.Generator, path: Path, soundfont: Path
) -> KnownSong:
    bpm = float(rng.integers(style.tempos[0], style.tempos[1] + 1))
    bars = sum(length for _, length, _ in _FORM)
    beats_s = _beat_times(4 * bars, bpm, tempo, rng)
    minor = bool(rng.random() < MINOR_SHARE)
    frame = composed_frame(
        minor, bars_per_chord=int(rng.choice(style.chord_bars)), bpm=bpm, rng=rng
    )
    notes, starts = _song_notes(style, frame, rng)
    if not path.exists():
        _play(_warped(notes, beats_s, 60.0 / bpm, rng), soundfont, path, rng)
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    return KnownSong(
        path.stem, f"composed {tempo}", (path,), beats_s[:-1],
        60.0 / float(np.median(np.diff(beats_s))), tempo,
        names[frame.tonic] + ("m" if minor else ""), beats_s[:-1:4], beats_s[4 * np.array(starts)],
    )  # fmt: skip


def _beat_times(count: int, bpm: float, tempo: str, rng: np.random.Generator) -> Values:
    """Times of the beats: even, wandering by up to 4 %, or with one jump of 8 to 25 %."""
    periods = np.full(count, 60.0 / bpm)
    if tempo == "drifting":
        phase, turns = rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.6)
        wave = np.sin(phase + 2 * np.pi * turns * np.arange(count) / count)
        walk = np.cumsum(rng.standard_normal(count)) * 0.002
        periods = periods * (1.0 + np.clip(0.025 * wave + walk, -0.06, 0.06))
    if tempo == "changing":
        jump = float(rng.uniform(1.08, 1.25)) ** float(rng.choice([-1, 1]))
        periods[count * 5 // 8 // 4 * 4 :] /= jump
    return _STARTS_S + np.concatenate([[0.0], np.cumsum(periods)])


def _song_notes(
    style: Style, frame: LoopFrame, rng: np.random.Generator
) -> tuple[list[PlayedNote], list[int]]:
    """All notes at a steady tempo from zero, and the first bar of each section."""
    notes: list[PlayedNote] = []
    starts: list[int] = []
    made: dict[tuple[str, str], list[PlayedNote]] = {}
    bar = 0
    for name, length, parts in _FORM:
        starts.append(bar)
        here = replace(
            frame, chords=tuple(frame.chords[at % len(frame.chords)] for at in range(length))
        )
        for part in parts:
            if (name, part) not in made:
                drums = part == "drums"
                made[name, part] = (
                    _drums(style, here, rng) if drums else composed_part(part, here, rng)
                )
            begin_s = bar * 16 * frame.step_s
            notes += [replace(one, start_s=one.start_s + begin_s) for one in made[name, part]]
        bar += length
    return notes, starts


def _drums(style: Style, frame: LoopFrame, rng: np.random.Generator) -> list[PlayedNote]:
    pattern = style.bars[int(rng.integers(len(style.bars)))]
    lines = (
        (36, pattern.kicks, 112),
        (pattern.back, pattern.backs, 108),
        (pattern.hat, pattern.hats, 76),
    )
    return [
        PlayedNote("drums", (16 * bar + step) * frame.step_s, frame.step_s, drum, velocity)
        for bar in range(len(frame.chords))
        for drum, steps, velocity in lines
        for step in steps
    ]


def _warped(
    notes: Sequence[PlayedNote], beats_s: Values, beat_s: float, rng: np.random.Generator
) -> list[PlayedNote]:
    """Move notes from a steady beat to the beats that are played, each a little off."""
    steady = np.arange(beats_s.size) * beat_s
    off_s = rng.normal(0.0, 0.006, len(notes))
    starts = np.interp([note.start_s for note in notes], steady, beats_s) + off_s
    ends = np.interp([note.start_s + note.length_s for note in notes], steady, beats_s)
    return [
        replace(
            note,
            start_s=max(float(start), 0.0),
            length_s=max(float(end - start), 0.05),
            velocity=int(np.clip(note.velocity + rng.integers(-12, 9), 20, 127)),
        )
        for note, start, end in zip(notes, starts, ends, strict=True)
    ]


def _play(
    notes: Sequence[PlayedNote], soundfont: Path, path: Path, rng: np.random.Generator
) -> None:
    events: list[MidiEvent] = [
        program_event(_CHANNELS[part], int(rng.choice(np.array(programs))))
        for part, programs in _PROGRAMS.items()
    ]
    for note in notes:
        at = round(note.start_s * TICKS_PER_S)
        until = at + round(note.length_s * TICKS_PER_S)
        pitch = int(np.clip(note.pitch, 0, 127))
        events += note_events(_CHANNELS[note.part], pitch, note.velocity, at=at, until=until)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        score, wave = Path(work) / "song.mid", Path(work) / "song.wav"
        score.write_bytes(midi_bytes(events, tail_s=2.0))
        command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(RATE), "-F", str(wave)]
        subprocess.run([*command, str(soundfont), str(score)], check=True, capture_output=True)
        sound, rate = soundfile.read(wave, dtype="float32")
        peak = float(np.abs(sound).max()) + 1e-9
        soundfile.write(path, 0.8 * sound / peak, rate, subtype="PCM_16")
