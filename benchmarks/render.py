"""Render a five-minute track from sixteen stems: first, after one stem was swapped, naively.

    python -m benchmarks.render [--preset streaming|club] [--stems 16] [--minutes 5]
                                [--swap bass|lead] [--librosa-python PATH] [--json FILE]

``benchmarks/render_material.py`` tells what is played: everything that a score can hold. Each
render runs in a process of its own, whose peak memory includes the interpreter and its
libraries; importing them is not timed. "first" begins with an empty cache and fills it, "after
a swap" plays another bass (or lead) and other levels of sections, as a revision does, with what
"first" left. "nothing kept" is the same without a cache: its bytes must be the same.

The naive way loads each stem with librosa, stretches it with the phase vocoder for each place
where it is put, and adds all up: without filters, sends, ducking and master. It plays the first
minute only (``--naive-minutes``) and is skipped where librosa is not installed.
"""

import argparse
import hashlib
import importlib.util
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks import report
from benchmarks.render_material import BPM, INSTEAD, benchmark_score, swapped, write_stems
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.mixdown import MixReport, RenderArchive, play_score
from src.music.model.score import Score
from src.music.theory.mastering_presets import PRESETS
from src.storage.encode import AudioSink
from src.storage.render_cache import RenderCache, file_digest

CACHE_BYTES = 2_000_000_000
NAIVE = Path(__file__).with_name("render_naive.py")


@dataclass(frozen=True)
class Job:
    """One render. swap: the voice that has another stem; cached: with the folder's cache"""

    folder: str
    minutes: float
    stems: int
    target_lufs: float | None
    swap: str | None
    cached: bool

    def score(self) -> Score:
        """What is played."""
        score = benchmark_score(self.minutes, self.stems, self.target_lufs)
        return score if self.swap is None else swapped(score, self.swap)


class PhaseClock:
    """Adds up the seconds between calls of a progress callback, by stage.

    clock: of the wall, or of the processor
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._stage, self._since_s = "starting", clock()

    def __call__(self, stage: str, _done: int, _total: int) -> None:
        now = self._clock()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since_s
        self._stage, self._since_s = stage, now


def render(job: Job, queue: Any) -> None:
    """Render once and send what it took: seconds by phase, memory, measurements, digest."""
    folder = Path(job.folder)

    def load(stem_id: str, start_s: float, length_s: float) -> Audio:
        start, frames = round(start_s * PROJECT_SAMPLE_RATE), round(length_s * PROJECT_SAMPLE_RATE)
        sound, _ = soundfile.read(
            folder / f"{stem_id}.wav", frames, start, dtype="float32", always_2d=True
        )
        return np.ascontiguousarray(sound.T)

    def digest(stem_id: str) -> str:
        return file_digest(folder / f"{stem_id}.wav")

    cache = RenderCache(folder / "cache", max_bytes=CACHE_BYTES)
    score, out = job.score(), folder / "out.wav"
    begun, cpu_begun = time.perf_counter(), time.process_time()
    wall, cpu = PhaseClock(time.perf_counter), PhaseClock(time.process_time)

    def watch(stage: str, done: int, total: int) -> None:
        wall(stage, done, total)
        cpu(stage, done, total)

    with AudioSink(out, sample_rate=PROJECT_SAMPLE_RATE) as sink:
        heard = play_score(
            score,
            load=load,
            archive=RenderArchive(cache, digest, code="") if job.cached else None,
            sink=sink.write,
            progress=watch,
        )
    watch("end", 1, 1)
    wall_s = time.perf_counter() - begun
    queue.put(
        {
            "wall_s": wall_s,
            "cpu_s": time.process_time() - cpu_begun,
            "times_real_time": heard.duration_s / wall_s,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "cache_mb": cache.size().size_bytes / 1e6,
            "phases_s": wall.seconds,
            "phases_cpu_s": cpu.seconds,
            "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
            "report": _plain(heard),
        }
    )


def _plain(heard: MixReport) -> dict[str, Any]:
    return dict(vars(heard))


def in_own_process(job: Job) -> dict[str, Any]:
    """Render in a fresh process."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=render, args=(job, queue))
    process.start()
    result: dict[str, Any] = queue.get()
    process.join()
    return result


def naive_way(folder: Path, python: str, minutes: float, stems: int) -> dict[str, float]:
    """Seconds of wall and processor for the first minutes of the same score, the naive way."""
    score = benchmark_score(minutes, stems, -14.0)
    beat_s = 60.0 / BPM
    loops = [
        [str(folder / f"{clip.stem_id}.wav"), clip.start_beats * beat_s,
         clip.length_beats * beat_s, clip.source_length_s, clip.stretch_ratio, clip.semitones]
        for track in score.channels for clip in track.clips
    ]  # fmt: skip
    notes = [
        [str(folder / f"{note.stem_id}.wav"), note.start_beats * beat_s, note.velocity]
        for track in score.channels
        for note in track.notes
    ]
    length_s = score.length_beats * beat_s + score.tail_s
    requested = json.dumps([loops, notes, length_s, PROJECT_SAMPLE_RATE, str(folder / "naive.wav")])
    done = subprocess.run(
        [python, str(NAIVE)], input=requested, capture_output=True, text=True, check=True
    )
    wall_s, cpu_s, peak_mb = json.loads(done.stdout)
    return {"wall_s": wall_s, "cpu_s": cpu_s, "peak_mb": peak_mb, "duration_s": length_s}


def _cells(name: str, taken: dict[str, Any], first: dict[str, Any]) -> list[Any]:
    return [
        name, taken["wall_s"], taken["cpu_s"], taken["times_real_time"], taken["peak_mb"],
        taken["cache_mb"], first["wall_s"] / taken["wall_s"], first["cpu_s"] / taken["cpu_s"],
    ]  # fmt: skip


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All renders of one run."""
    write_stems(folder)
    target = PRESETS[options.preset].target_lufs

    def taken(*, swap: bool, cached: bool) -> dict[str, Any]:
        return in_own_process(
            Job(str(folder), options.minutes, options.stems, target, options.swap if swap else None,
                cached)
        )  # fmt: skip

    figures: dict[str, Any] = {
        "first": taken(swap=False, cached=True),
        "after a swap": taken(swap=True, cached=True),
        "the same again": taken(swap=True, cached=True),
        "swapped, nothing kept": taken(swap=True, cached=False),
    }
    if options.librosa_python is not None:
        figures["naive"] = naive_way(
            folder, options.librosa_python, options.naive_minutes, options.stems
        )
    return figures


def show(figures: dict[str, Any]) -> None:
    """Print the tables."""
    renders = {name: taken for name, taken in figures.items() if name != "naive"}
    first = renders["first"]
    header = (
        "render", "wall s", "CPU s", "x real time", "peak MB", "cache MB", "faster, wall", "CPU",
    )  # fmt: skip
    report.print_table(header, [_cells(name, taken, first) for name, taken in renders.items()])
    print()
    stages = [name for name in renders["first"]["phases_s"] if name != "end"]
    rows = [
        (f"{name}, {clock}", *(taken[key].get(stage, 0.0) for stage in stages))
        for name, taken in renders.items()
        for clock, key in (("wall", "phases_s"), ("CPU", "phases_cpu_s"))
    ]
    report.print_table(("seconds in", *stages), rows)
    print()
    heard = renders["first"]["report"]
    same = len({renders[name]["sha256"] for name in list(renders)[1:]}) == 1
    print(f"same bytes with and without the cache: {'yes' if same else 'NO'}")
    print(
        f"loudness {heard['loudness_lufs']:.2f} LUFS, true peak {heard['true_peak_dbtp']:.2f} dBTP,"
        f" reached: {'yes' if heard['reached'] else 'no'}"
    )
    naive = figures.get("naive")
    if naive is None:
        print("the naive way: skipped, give --librosa-python a Python that has librosa")
        return
    per_second = naive["wall_s"] / naive["duration_s"]
    ratio = per_second * renders["first"]["times_real_time"]
    print(
        f"the naive way: {naive['wall_s']:.1f} s for {naive['duration_s']:.0f} s"
        f" ({1 / per_second:.1f} x real time, {naive['peak_mb']:.0f} MB): {ratio:.0f} times slower"
    )


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--stems", type=int, default=16)
    parser.add_argument("--preset", choices=("streaming", "club"), default="streaming")
    parser.add_argument("--swap", choices=tuple(INSTEAD), default="bass", help="whose stem")
    here = sys.executable if importlib.util.find_spec("librosa") else None
    parser.add_argument("--librosa-python", default=here, metavar="PATH")
    parser.add_argument("--naive-minutes", type=float, default=1.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = measure(options, Path(name))
    show(figures)
    report.save(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
