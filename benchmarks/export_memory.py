"""How much memory the exports of one track take: ``python -m benchmarks.export_memory``.

Demo kits are made, a track of some minutes is rendered of them, then each format is exported in
turn by a process that does nothing else. Linux only: peaks are read from /proc.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from src.core.config import Settings
from src.db.crud import Window
from src.services.export.formats import FORMATS
from src.wiring import Services, build_services

PROMPT = "driving techno 138 bpm, 3 minutes"


def _services(home: str) -> Services:
    return build_services(Settings(TRAUM_HOME=Path(home), workers=1))


def _prepare(home: str, prompt: str) -> None:
    from src.demo.kits import write_demo_kits

    services = _services(home)
    write_demo_kits(services.settings.raw_path)
    services.analyzer.run()
    services.renderer.render_track(services.tracks.plan(prompt, seed=1), seed=1)
    services.close()


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _export(home: str) -> None:
    services = _services(home)
    (track,) = services.tracks.page(Window(limit=1)).items
    print(f"| {track.duration_s:.0f} s of music, before | {_peak_mb():.0f} | |", flush=True)
    for name in FORMATS:
        started = time.monotonic()
        services.exports.export(track.id, [name])
        took_s = time.monotonic() - started
        print(f"| {name} | {_peak_mb():.0f} | {took_s:.1f} |", flush=True)
    services.close()


def main() -> None:
    """Print a table of peaks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--exports-of", metavar="HOME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.exports_of:
        _export(options.exports_of)
        return
    with TemporaryDirectory() as home:
        _prepare(home, options.prompt)
        print("| format | peak so far, MB | s |\n|---|---|---|", flush=True)
        again = [sys.executable, "-m", "benchmarks.export_memory", "--exports-of", home]
        subprocess.run(again, check=True)


if __name__ == "__main__":
    main()
