"""How fast a library is imported, and with how much memory, beside the seed's way.

    python -m benchmarks.preprocess [--library DIR] [--librosa-python PATH] [--json FILE]

Imports 100 and 1,000 files into fresh homes and prints stems per second, CPU seconds per
stem and the peak memory of the whole process tree (proportional set size, so that shared
pages count once). The seed's way is ``librosa.load`` and ``beat_track``, one file at a time,
measured in the same run, after a warm-up, on files that are imported once more for this
comparison, so that both ways hear the same sounds; it is skipped where librosa is not
installed (``requirements/bench.txt``, or another Python that has it).
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar, TypeVar

import soundfile

from benchmarks import report
from benchmarks.material import write_library
from src.core.config import Settings
from src.core.logs import set_up_logging
from src.services.ingest.scan import scan_folder
from src.wiring import build_services

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
_TICKS = os.sysconf("SC_CLK_TCK")

Item = TypeVar("Item")

SEEDS_WAY = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import librosa
import soundfile
whole, copy, paths = json.load(sys.stdin)
def one(path):
    sound, rate = librosa.load(path, sr=48000)
    librosa.beat.beat_track(y=sound, sr=rate)
    if not whole:
        return
    feature = librosa.feature
    for of in (feature.spectral_centroid, feature.spectral_rolloff, feature.spectral_bandwidth):
        of(y=sound, sr=rate).mean()
    feature.zero_crossing_rate(sound).mean()
    feature.rms(y=sound).mean()
    soundfile.write(copy, sound, rate, subtype="PCM_24")
one(paths[0])
wall, cpu, done = time.perf_counter(), time.process_time(), 0
for path in paths:
    try:
        one(path)
        done += 1
    except Exception:
        pass
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu, done]))
"""


@dataclass(frozen=True)
class Measured:
    """One way of importing. wall_s, cpu_s: of all stems together; peak_mb: 0 if not taken."""

    COLUMNS: ClassVar = ("way", "stems", "stems/s", "wall s/stem", "CPU s/stem", "peak MB")

    name: str
    stems: int
    wall_s: float
    cpu_s: float
    peak_mb: float = 0.0

    @property
    def wall_per_stem(self) -> float:
        """Seconds that pass for a stem."""
        return self.wall_s / self.stems

    @property
    def cpu_per_stem(self) -> float:
        """Seconds of all processors for a stem."""
        return self.cpu_s / self.stems

    @property
    def cells(self) -> tuple[object, ...]:
        """A row of the table."""
        per_stem = (self.wall_per_stem, self.cpu_per_stem)
        return (self.name, self.stems, 1 / self.wall_per_stem, *per_stem, self.peak_mb or "-")


@dataclass
class TreeWatch:
    """CPU time and memory of a process and all that descend from it, sampled."""

    root: int
    cpu_s: dict[int, float] = field(default_factory=dict)
    peak_kb: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Sample until stopped."""
        while not self.stopped.wait(0.2):
            self.sample()

    def sample(self) -> None:
        """Look once at every process of the tree."""
        total = 0
        for pid in _descendants(self.root):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                memory = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            self.cpu_s[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
            total += sum(int(row.split()[1]) for row in memory.splitlines() if row[:4] == "Pss:")
        self.peak_kb = max(self.peak_kb, total)


def _descendants(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    found, grown = [root], True
    while grown:
        more = [pid for pid, parent in parents.items() if parent in found and pid not in found]
        found, grown = found + more, bool(more)
    return found


def run_import(home: Path) -> None:
    """One import in this process; prints its report."""
    set_up_logging("ERROR")
    services = build_services(Settings(TRAUM_HOME=home))
    print(json.dumps(services.analyzer.run().to_dict()))


def measure_import(files: Sequence[Path], library: Path) -> Measured:
    """Import files into a fresh home, in a process of its own that is watched."""
    with tempfile.TemporaryDirectory(prefix="preprocess-") as folder:
        raw = Settings(TRAUM_HOME=Path(folder)).raw_path
        for path in files:
            target = raw / path.relative_to(library)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        command = [sys.executable, "-m", "benchmarks.preprocess", "--child", folder]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        watch = TreeWatch(child.pid)
        watcher = threading.Thread(target=watch.run)
        watcher.start()
        reported, _ = child.communicate()
        watch.stopped.set()
        watcher.join()
        if child.returncode != 0:
            raise RuntimeError(f"the import failed with exit code {child.returncode}")
    answer = json.loads(reported)
    stems = answer["added"] + answer["duplicates"]
    cpu_s = sum(watch.cpu_s.values())
    return Measured(
        f"import of {len(files)}", stems, answer["seconds"], cpu_s, watch.peak_kb / 1024
    )


def measure_seeds_way(files: Sequence[Path], python: str, *, whole: bool) -> Measured:
    """Librosa, one file at a time; start and warm-up not counted.

    whole: with descriptors and a copy, else only load and beat_track
    """
    with tempfile.NamedTemporaryFile(suffix=".wav") as copy:
        task = json.dumps([whole, copy.name, [str(path) for path in files]])
        done = subprocess.run(
            [python, "-c", SEEDS_WAY], input=task, capture_output=True, text=True, check=True
        )
    wall_s, cpu_s, count = json.loads(done.stdout)
    name = "librosa, seed's whole pipeline" if whole else "librosa load + beat_track"
    if count < len(files):
        name += f" ({len(files) - count} failed)"
    return Measured(name, count, wall_s, cpu_s)


def spread(files: Sequence[Item], count: int) -> list[Item]:
    """So many files (or other things), evenly over the whole list."""
    count = min(count, len(files))
    return [files[number * len(files) // count] for number in range(count)]


def with_longest(files: Sequence[Path], chosen: Sequence[Path], count: int = 4) -> list[Path]:
    """The chosen files, some exchanged for the longest of all: these set the peak of memory."""

    def values(path: Path) -> int:
        try:
            info = soundfile.info(path)
        except soundfile.LibsndfileError:
            return 0
        return info.frames * info.channels

    longest = sorted(files, key=values, reverse=True)[:count]
    return sorted({*longest, *chosen[: max(len(chosen) - count, 0)]})


def _library(options: argparse.Namespace, made: Path) -> Path:
    if options.library is not None:
        return Path(options.library)
    if CORPUS.is_dir() and not options.quick:
        return CORPUS
    write_library(made, files=60 if options.quick else 1_000, length_s=2.0)
    return made


def main() -> int:
    """The command line."""
    parser = report.parser(__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--library", help="folder of sounds; default: the corpus, else made ones")
    parser.add_argument("--librosa-python", default=sys.executable, help="a Python with librosa")
    parser.add_argument("--seed-files", type=int, default=250, help="files that both ways get")
    parser.add_argument("--quick", action="store_true", help="20 and 60 made files")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        run_import(options.child)
        return 0
    busy, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    print(f"{cores} cores; others kept {busy:.1f} busy before the start")
    with tempfile.TemporaryDirectory(prefix="library-") as folder:
        library = _library(options, Path(folder)).resolve()
        files = [one.path for one in scan_folder(library, raw_root=library, excluded=()).files]
        rows, ratios = _measure(files, library, options)
    report.print_table(Measured.COLUMNS, [row.cells for row in rows])
    for name, value in ratios.items():
        print(f"{name}: {value:.2f}")
    report.save({"rows": [asdict(row) for row in rows], **ratios}, options.json)
    return 0


def _measure(
    files: Sequence[Path], library: Path, options: argparse.Namespace
) -> tuple[list[Measured], dict[str, float]]:
    sizes = (20, 60) if options.quick else (100, 1_000)
    sets = [with_longest(files, spread(files, size)) for size in sizes]
    few, many = (measure_import(chosen, library) for chosen in sets)
    rows = [few, many]
    ratios = {f"memory at {sizes[1]} files / at {sizes[0]}": many.peak_mb / few.peak_mb}
    if not _has_librosa(options.librosa_python):
        print("seed's way skipped: librosa is not installed (requirements/bench.txt)")
        return rows, ratios
    shared = spread(files, options.seed_files)
    ours = measure_import(shared, library)
    rows.append(ours)
    for whole in (False, True):
        seeds = measure_seeds_way(shared, options.librosa_python, whole=whole)
        rows.append(seeds)
        ratios[f"{seeds.name} / import, wall per stem"] = seeds.wall_per_stem / ours.wall_per_stem
        ratios[f"{seeds.name} / import, CPU per stem"] = seeds.cpu_per_stem / ours.cpu_per_stem
    return rows, ratios


def _has_librosa(python: str) -> bool:
    return python != sys.executable or importlib.util.find_spec("librosa") is not None


if __name__ == "__main__":
    sys.exit(main())
