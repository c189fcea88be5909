"""Render a five-minute track from twelve stems: wall and processor time, peak memory.

    python -m benchmarks.render [--json FILE] [--minutes 5]

The stems are synthesised into a temporary folder, at tempos and keys of their own, so that
loops are stretched and shifted. The score repeats loops, sequences one-shots, sweeps filters,
ducks, and uses both sends. The render runs in a process of its own, whose peak memory
includes the interpreter and its libraries.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from src.audio.validation import HOUSE_RATE, Audio
from src.music.score import Automation, AutomationPoint, Clip, Note, Score, ScoreSection, Track
from src.services.playback import play_score
from src.storage.encode import AudioSink, write_wav

BPM = 138.0
LOOPS = (
    ("drums", 130.0, 4), ("percussion", 140.0, 2), ("bass", 130.0, 4), ("synth", 128.0, 8),
    ("lead", 140.0, 4), ("pad", 120.0, 8), ("keys", 138.0, 4), ("atmo", 100.0, 8),
)  # fmt: skip
ONE_SHOTS = (("kick", 1.0), ("hihat", 0.5), ("clap", 1.0), ("fx", 16.0))


@dataclass
class _Phase:
    stage: str
    since_s: float


def loop_sound(role: str, bpm: float, bars: int, rng: np.random.Generator) -> Audio:
    """A stereo loop: noise hits for drums, detuned partials with a rhythm for the rest."""
    samples = round(bars * 4 * 60 / bpm * HOUSE_RATE)
    times = np.arange(samples) / HOUSE_RATE
    beat = times * bpm / 60
    if role in ("drums", "percussion"):
        decay = np.exp(-((beat * 2) % 1) * 6)
        sound = rng.standard_normal((2, samples)) * decay * 0.2
        sound += 0.6 * np.sin(2 * np.pi * 50 * times) * np.exp(-(beat % 1) * 5)
    else:
        root = {"bass": 55.0, "pad": 220.0, "atmo": 110.0}.get(role, 440.0)
        sound = np.zeros((2, samples))
        for partial in range(1, 6):
            phase = rng.uniform(0, 6.28, (2, 1))
            sound += 0.15 / partial * np.sin(2 * np.pi * root * partial * times + phase)
        sound *= 0.6 + 0.4 * np.cos(np.pi * beat) ** 2
    return sound.astype(np.float32)


def one_shot_sound(role: str, rng: np.random.Generator) -> Audio:
    """A decaying hit of half a second."""
    times = np.arange(HOUSE_RATE // 2) / HOUSE_RATE
    body = np.sin(2 * np.pi * 55 * times) if role == "kick" else rng.standard_normal((2, 24_000))
    return np.broadcast_to(0.5 * body * np.exp(-times * 12), (2, times.size)).astype(np.float32)


def write_stems(folder: Path) -> None:
    """Write the twelve stems as the importer would leave them: 48 kHz, 24 bit."""
    rng = np.random.default_rng(1)
    for role, bpm, bars in LOOPS:
        write_wav(folder / f"{role}.wav", loop_sound(role, bpm, bars, rng))
    for role, _ in ONE_SHOTS:
        write_wav(folder / f"{role}.wav", one_shot_sound(role, rng))


def benchmark_score(minutes: float) -> Score:
    """Twelve tracks over the whole length, with filters, ducking, sends and automation."""
    beats = round(minutes * BPM / 4) * 4.0
    tracks = [_loop_track(role, bpm, bars, beats) for role, bpm, bars in LOOPS]
    tracks += [_hit_track(role, every, beats) for role, every in ONE_SHOTS]
    return Score(
        bpm=BPM, key="Am", beats_per_bar=4, seed=1,
        sections=(ScoreSection("All", 0.0, beats, 0.8),), tracks=tuple(tracks),
        target_lufs=-14.0, ceiling_dbtp=-1.0,
    )  # fmt: skip


def _loop_track(role: str, bpm: float, bars: int, beats: float) -> Track:
    tonal = role not in ("drums", "percussion")
    clips = tuple(
        Clip(
            role, start, min(64.0, beats - start), 0.0, bars * 4 * 60 / bpm,
            stretch_ratio=bpm / BPM, semitones=-2.0 if tonal and bpm != BPM else 0.0,
        )
        for start in np.arange(0.0, beats, 64.0).tolist()
    )  # fmt: skip
    sweep = Automation(
        "low_pass_hz", (AutomationPoint(0.0, 700.0), AutomationPoint(beats / 8, 18_000.0))
    )
    return Track(
        role, role, clips=clips, gain_db=-10.0, pan=0.2 if role == "keys" else 0.0,
        high_pass_hz=None if role in ("drums", "bass") else 120.0,
        mono_below_hz=120.0 if role in ("drums", "bass") else None,
        reverb_send_db=-14.0 if tonal and role != "bass" else None,
        delay_send_db=-18.0 if role == "lead" else None,
        duck_db=6.0 if role in ("bass", "pad", "atmo") else 0.0,
        automation=(sweep,) if role in ("synth", "pad") else (),
    )  # fmt: skip


def _hit_track(role: str, every: float, beats: float) -> Track:
    notes = tuple(
        Note(role, start, 0.9, semitones=float(index % 3))
        for index, start in enumerate(np.arange(0.0, beats, every).tolist())
    )
    send = -12.0 if role in ("clap", "fx") else None
    return Track(role, role, notes=notes, gain_db=-8.0, reverb_send_db=send)


def render(folder: Path, minutes: float, queue: Any) -> None:
    """Render once, and report through the queue: seconds by phase, memory, measurements."""

    def load(stem_id: str, start_s: float, length_s: float) -> Audio:
        start, frames = round(start_s * HOUSE_RATE), round(length_s * HOUSE_RATE)
        sound, _ = soundfile.read(
            folder / f"{stem_id}.wav", frames, start, dtype="float32", always_2d=True
        )
        return np.ascontiguousarray(sound.T)

    phases: dict[str, float] = {}
    last = _Phase("loading", time.perf_counter())

    def watch(stage: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        phases[last.stage] = phases.get(last.stage, 0.0) + now - last.since_s
        last.stage, last.since_s = stage, now

    begun, cpu_begun = time.perf_counter(), time.process_time()
    with AudioSink(folder / "out.wav", sample_rate=HOUSE_RATE) as sink:
        report = play_score(benchmark_score(minutes), load=load, sink=sink.write, progress=watch)
    watch("end", 1, 1)
    wall_s = time.perf_counter() - begun
    queue.put(
        {
            "wall_s": wall_s,
            "cpu_s": time.process_time() - cpu_begun,
            "times_real_time": report.duration_s / wall_s,
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "phases_s": phases,
            "report": vars(report),
        }
    )


def main() -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        write_stems(Path(name))
        queue = context.Queue()
        process = context.Process(target=render, args=(Path(name), options.minutes, queue))
        process.start()
        result = queue.get()
        process.join()
    print(f"{'wall time':<18}{result['wall_s']:8.2f} s")
    print(f"{'processor time':<18}{result['cpu_s']:8.2f} s")
    print(f"{'times real time':<18}{result['times_real_time']:8.1f}")
    print(f"{'peak memory':<18}{result['peak_rss_mb']:8.0f} MB")
    for phase, seconds in result["phases_s"].items():
        print(f"  {phase:<16}{seconds:8.2f} s")
    for name, value in result["report"].items():
        print(f"  {name:<22}{value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
