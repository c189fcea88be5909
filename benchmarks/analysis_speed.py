"""How fast stems are heard: phase by phase, as an import, and beside Essentia.

    python -m benchmarks.analysis_speed [--library DIR] [--stems 200] [--length-s 2]
        [--essentia-python PATH] [--json FILE]

Cuts stems of one length out of a folder of sounds (made ones without a folder), times each
phase in CPU milliseconds in one process, then imports them with two workers into a fresh home.
Essentia is AGPL: it never ships, a developer installs it by hand into an environment of its
own (``pip install essentia``) and names its Python; it then hears the very same files in the
same run. benchmarks.preprocess compares whole imports with librosa.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import soundfile  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.material import write_library  # noqa: E402
from benchmarks.preprocess import measure_import, spread  # noqa: E402
from src.analysis import StemNames, analyse  # noqa: E402
from src.audio.analysis.sound_estimates import estimate_sound  # noqa: E402
from src.audio.basics.validation import PROJECT_SAMPLE_RATE  # noqa: E402
from src.audio.metering.loudness import integrated_loudness, true_peak_dbtp  # noqa: E402
from src.core.errors import UnreadableAudioError  # noqa: E402
from src.services.ingest.scan import scan_folder  # noqa: E402
from src.services.ingest.work import standardised  # noqa: E402
from src.storage.decode import read_audio  # noqa: E402
from src.storage.encode import write_wav  # noqa: E402
from src.storage.metadata import read_metadata  # noqa: E402

WANTED_STEMS_PER_S = 60.0

ESSENTIA = """
import json, sys, time
import essentia
essentia.log.infoActive = essentia.log.warningActive = False
import essentia.standard as es
kind, paths = json.load(sys.stdin)
rhythm, onsets = es.RhythmExtractor2013(method="degara"), es.OnsetRate()
tempo = es.LoopBpmEstimator()
key, spectral, pitch = es.KeyExtractor(), es.LowLevelSpectralExtractor(), es.PitchYinFFT()
window, spectrum = es.Windowing(type="hann"), es.Spectrum()
loudness, peak = es.LoudnessEBUR128(sampleRate=48000), es.TruePeakDetector(sampleRate=48000)
def values(path):
    stereo, rate, channels = es.AudioLoader(filename=path)()[:3]
    mixed = es.MonoMixer()(stereo, channels)
    sound = es.Resample(inputSampleRate=rate, outputSampleRate=44100)(mixed)
    rhythm(sound); tempo(sound); onsets(sound); key(sound); spectral(sound)
    for frame in es.FrameGenerator(sound, frameSize=2048, hopSize=1024):
        pitch(spectrum(window(frame)))
    loudness(stereo)
    return stereo.T[:channels]
def one(path):
    if kind == "music":
        es.MusicExtractor()(path)
        return
    for channel in values(path):
        if kind == "peak":
            peak(essentia.array(channel))
one(paths[0])
wall, cpu, done = time.perf_counter(), time.process_time(), 0
for path in paths:
    try:
        one(path)
        done += 1
    except RuntimeError:
        pass
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu, done]))
"""
"""Essentia's own estimators of what we find, the fast one where there are two: tempo and beats,
loop tempo, onsets, key, spectral descriptors, pitch and loudness; with its true peak, which
takes most of the time, for "peak"; or its MusicExtractor for "music"."""

ESSENTIAS_WAYS = {
    "values": "Essentia, the same values but true peak",
    "peak": "Essentia, the same values",
    "music": "Essentia's MusicExtractor",
}

Result = TypeVar("Result")


@dataclass
class Phases:
    """CPU seconds by phase, summed over stems."""

    cpu_s: dict[str, float] = field(default_factory=dict)

    def timed(self, phase: str, function: Callable[[], Result]) -> Result:
        """Call a function and count its time for a phase."""
        before = time.process_time()
        result = function()
        self.cpu_s[phase] = self.cpu_s.get(phase, 0.0) + time.process_time() - before
        return result


def cut_stems(library: Path, folder: Path, *, count: int, length_s: float) -> list[Path]:
    """Cut files that last long enough into stems of one length, at their own rate, 24 bit.

    Folders and names stay. First the beginnings of all such files, then what follows them,
    until there are ``count``, evenly over the library; fewer where it holds fewer.
    """
    found = [one.path for one in scan_folder(library, raw_root=library, excluded=()).files]
    lengths = {path: int(_length_s(path) // length_s) for path in found}
    rounds = range(max(lengths.values(), default=0))
    pieces = [(path, turn) for turn in rounds for path in found if turn < lengths[path]]
    beginnings = sum(length > 0 for length in lengths.values())
    chosen = spread(pieces[:beginnings], count) if count < beginnings else pieces[:count]
    cut = []
    for path, turn in chosen:
        rate = soundfile.info(path).samplerate
        first, length = round(turn * length_s * rate), round(length_s * rate)
        sound, _ = soundfile.read(path, start=first, frames=length, always_2d=True)
        target = (folder / path.relative_to(library)).with_suffix(f".{turn}.wav")
        target.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(target, sound, rate, subtype="PCM_24")
        cut.append(target)
    return cut


def phases_of(files: Sequence[Path], library: Path) -> tuple[dict[str, float], float]:
    """CPU milliseconds per stem by phase, and of all that the analysis needs (no copy)."""
    phases = Phases()
    with tempfile.TemporaryDirectory() as folder:
        _one_stem(files[0], library, Path(folder) / "copy.wav", Phases())
        for path in files:
            _one_stem(path, library, Path(folder) / "copy.wav", phases)
    spent = {name: 1000 * seconds / len(files) for name, seconds in phases.cpu_s.items()}
    heard = spent["decode, resample"] + spent["metadata"] + spent["analysis"]
    return spent, heard


def essentia_ms(files: Sequence[Path], python: str, kind: str) -> float:
    """CPU milliseconds per stem of Essentia; kind: one of ESSENTIAS_WAYS."""
    task = json.dumps([kind, [str(path) for path in files]])
    done = subprocess.run(
        [python, "-c", ESSENTIA], input=task, capture_output=True, text=True, check=True
    )
    _, cpu_s, count = json.loads(done.stdout)
    return float(1000 * cpu_s / max(1, count))


def main() -> int:
    """The command line."""
    parser = report.parser(__doc__.split("\n\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("--library", type=Path, help="folder of sounds; default: made ones")
    parser.add_argument("--stems", type=int, default=600)
    parser.add_argument("--length-s", type=float, default=2.0)
    parser.add_argument("--essentia-python", help="a Python that has Essentia")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="speed-") as name:
        folder = Path(name)
        files = _stems(options, folder)
        print(f"{len(files)} stems of {options.length_s:g} s")
        figures = _measure(files, folder, options.essentia_python)
    report.save(figures, options.json)
    return 0


def _measure(files: Sequence[Path], folder: Path, essentia: str | None) -> dict[str, Any]:
    spent, heard = phases_of(files, folder)
    rows = [[name, value] for name, value in spent.items()]
    report.print_table(["phase", "CPU ms/stem"], [*rows, ["decoding and analysis", heard]])
    imported = measure_import(files, folder)
    speed = imported.stems / imported.wall_s
    figures: dict[str, Any] = {
        "cpu_ms": spent,
        "decode_and_analyse_cpu_ms": heard,
        "import_stems_per_s": speed,
        "import_cpu_ms": 1000 * imported.cpu_per_stem,
    }
    cpu_ms = 1000 * imported.cpu_per_stem
    reported = "" if speed >= WANTED_STEMS_PER_S else f", missed: {WANTED_STEMS_PER_S:g} wanted"
    print(f"import of {imported.stems}: {speed:.1f} stems/s, {cpu_ms:.1f} ms CPU each{reported}")
    if essentia is not None:
        for kind, name in ESSENTIAS_WAYS.items():
            cpu_ms = essentia_ms(files, essentia, kind)
            figures[f"essentia_{kind}_cpu_ms"] = cpu_ms
            print(f"{name}: {cpu_ms:.1f} ms CPU per stem, {cpu_ms / heard:.2f} times ours")
    return figures


def _stems(options: argparse.Namespace, folder: Path) -> list[Path]:
    if options.library is not None:
        library = options.library.resolve()
        return cut_stems(library, folder, count=options.stems, length_s=options.length_s)
    made = folder / "made"
    write_library(made, files=options.stems, length_s=options.length_s)
    return [path for path in sorted(made.rglob("*.*")) if _length_s(path) >= options.length_s]


def _length_s(path: Path) -> float:
    try:
        return float(soundfile.info(path).duration)
    except soundfile.LibsndfileError:
        return 0.0


def _one_stem(path: Path, library: Path, copy: Path, phases: Phases) -> None:
    """What an import's worker does with a file; parts of the analysis are timed once more."""
    try:
        decoded = phases.timed("decode, resample", lambda: read_audio(path))
    except UnreadableAudioError:
        return
    metadata = phases.timed("metadata", lambda: read_metadata(path))
    audio, _ = phases.timed("standardise", lambda: standardised(decoded))
    hint = path.relative_to(library).as_posix()
    rate = PROJECT_SAMPLE_RATE
    phases.timed(
        "analysis",
        lambda: analyse(audio, StemNames(hint, metadata), sample_rate=rate),
    )
    phases.timed("  of it hearing", lambda: estimate_sound(audio, sample_rate=rate))
    phases.timed("  of it loudness", lambda: integrated_loudness(audio, sample_rate=rate))
    phases.timed("  of it true peak", lambda: true_peak_dbtp(audio, sample_rate=rate))
    phases.timed("24-bit copy", lambda: write_wav(copy, audio, sample_rate=rate))


if __name__ == "__main__":
    sys.exit(main())
