"""Try the kinds of files, names, zips and exports that users of audio software complained about.

    python -m benchmarks.cases FOLDER [--only 1,2,3] [--json FILE]

FOLDER holds scripts ``NN_name.py``; each makes its files in a folder that it is given. The files
are imported into a library of their own, each subfolder a kit, or uploaded where they are zips;
some scripts want a running server or the exports of a track. What is right stands in
``benchmarks.case_rules``. The scripts need ffmpeg, sox and flac; what they need and lack is told.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import mido
from sqlalchemy import select

from benchmarks import report
from benchmarks.case_rules import RULES, Outcome
from src.core.config import Settings
from src.core.logs import set_up_logging
from src.db.models import Quarantine, Stem, StemLocation
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.storage.paths import library_path
from src.storage.tags import read_tags
from src.wiring import Services, build_services
from tests.services.small_library import fill_library, made_stems

_COLUMNS = ("duration_s", "bpm", "bars", "key", "category", "licence", "warnings")
_SERVER, _EXPORTS = {24}, {28, 29, 30}


def main() -> None:
    """Run the cases and print a table."""
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="numbers of cases, with commas between")
    options = parser.parse_args()
    set_up_logging("ERROR")
    requested = {int(number) for number in options.only.split(",") if number}
    scripts = {int(path.name[:2]): path for path in sorted(options.folder.glob("[0-9][0-9]_*.py"))}
    rows = [
        (number, path.stem[3:], *_judged(number, path))
        for number, path in scripts.items()
        if not requested or number in requested
    ]
    report.print_table(("case", "kind", "verdict", "what is wrong"), rows)
    right = sum(row[2] == "right" for row in rows)
    print(f"{right} of {len(rows)} right")
    report.save({"right": right, "cases": [list(row) for row in rows]}, options.json)
    sys.exit(right < len(rows))


def _judged(number: int, script: Path) -> tuple[str, str]:
    with tempfile.TemporaryDirectory() as home:
        try:
            outcome = _outcome(number, script, Path(home))
        except subprocess.CalledProcessError as error:
            return "not run", error.stderr.strip().splitlines()[-1][:100]
        faults = list(RULES[number](outcome))
    return ("wrong", "; ".join(faults)[:200]) if faults else ("right", "")


def _outcome(number: int, script: Path, home: Path) -> Outcome:
    settings = Settings(TRAUM_HOME=home, workers=1)
    if number in _EXPORTS:
        return Outcome(exports=_exported(settings))
    if number in _SERVER:
        with _server(home) as address:
            return Outcome(said=_run(script, str(home / "made"), address))
    made = home / "made"
    _run(script, str(made))
    services = build_services(settings)
    try:
        archives = list(made.glob("*.zip"))
        for archive in archives:
            _upload(services, archive)
        if not archives:
            made.rename(settings.raw_path)
        services.analyzer.run()
        return _rows(services)
    finally:
        services.close()


def _run(script: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(script), *words], capture_output=True, text=True, check=True
    )
    return done.stdout


def _upload(services: Services, archive: Path) -> None:
    from src.services.ingest.uploads import UploadService

    with UploadService(services.database, services.settings).begin() as batch:
        batch.start_file(archive.name)
        batch.write(archive.read_bytes())
        batch.end_file()
        batch.finish(None)


def _rows(services: Services) -> Outcome:
    raw = services.settings.raw_path
    with services.database.transaction() as session:
        pairs = session.execute(select(StemLocation.path, Stem).join(Stem)).unique().all()
        stems = {path: {name: getattr(stem, name) for name in _COLUMNS} for path, stem in pairs}
        refused = session.execute(select(Quarantine.original_path, Quarantine.reason)).all()
        gone = {row.original_path: row.reason for row in refused}
    left = frozenset(library_path(p, raw) for p in raw.rglob("*") if p.is_file())
    return Outcome(stems=stems, refused=gone, left=left)


@contextmanager
def _server(home: Path) -> Iterator[str]:
    """A running engine; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "src.cli", "serve", "--port", address.rpartition(":")[2]]
    engine = subprocess.Popen(
        command, env={**os.environ, "TRAUM_HOME": str(home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://{address}/healthz", engine)
        yield address
    finally:
        engine.terminate()
        engine.wait()


def _wait_for(url: str, engine: "subprocess.Popen[bytes]") -> None:
    while engine.poll() is None:
        try:
            urllib.request.urlopen(url).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the engine ended with {engine.returncode}")


def _exported(settings: Settings) -> dict[str, Any]:
    """Figures of the exports of a track of almost four minutes."""
    services = build_services(settings)
    fill_library(services.database, settings, services.embedder, made_stems())
    requested = tuple(StemQuery(category) for category in ("kick", "hihat", "bass", "pad"))
    sections = tuple(
        SectionPlan(name, 32, requested) for name in ("Intro", "Build", "Drop", "Outro")
    )
    plan = ArrangementPlan(138.0, "Am", sections, "techno", prompt="a long one")
    track = services.renderer.render_track(plan, seed=1)
    services.exports.export(track.track_id, ["flac", "mp3", "midi", "dawproject"])
    folder = services.exports.folder(track.track_id)
    services.close()
    return {
        "midi_end_tick": _end_tick(next(folder.glob("*.mid"))),
        "mp3_tags": _tags_of(next(folder.glob("*.mp3"))),
        "flac_tags": _tags_of(next(folder.glob("*.flac"))),
        **_warps(next(folder.glob("*.dawproject"))),
    }


def _end_tick(path: Path) -> int:
    return max(sum(message.time for message in track) for track in mido.MidiFile(path).tracks)


def _tags_of(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return dict(read_tags(file))


def _warps(path: Path) -> dict[str, int]:
    root = ElementTree.fromstring(zipfile.ZipFile(path).read("project.xml"))
    nested = len(root.findall(".//Clip/Clips/Clip/Warps"))
    direct = len(root.findall(".//Lanes/Clips/Clip/Warps"))
    return {"warps_direct": direct, "warps_nested": nested}


if __name__ == "__main__":
    main()
