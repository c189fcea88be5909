"""Kills imports at random moments and compares what is there afterwards.

    python -m benchmarks.kill --kills 100 --files 200 [--json FILE]

Imports a library once undisturbed. Then imports the same library into fresh homes, each
time killed (SIGKILL) at a random moment, alternately the whole process group and the
parent alone, and started again until it finishes. After each finish the rows of all tables
(but for timestamps), the standardised copies byte by byte, the quarantine and the raw folder
must be those of the undisturbed import.
"""

import argparse
import hashlib
import importlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import report
from benchmarks.material import write_library
from src.core.config import Settings
from src.core.logs import set_up_logging
from src.db.database import Database
from src.db.models import Base

TABLES = ("kits", "stems", "places", "embeddings", "quarantine", "stem_changes", "settled_kits")
WIRED = "src.wiring:build_services"
_TIMES = {"imported_at", "quarantined_at"}
_STARTED = "import starts"


@dataclass(frozen=True)
class Trial:
    """How imports are started. build: "module:function" from Settings to what has ``analyzer``."""

    library: Path
    build: str = WIRED
    workers: int = 2


@dataclass
class Tally:
    """What happened. differences: in words, empty when all is well."""

    kills: int = 0
    homes: int = 0
    differences: list[str] = field(default_factory=list)


def settings_of(home: Path, workers: int) -> Settings:
    """Settings of a library in its own home."""
    return Settings(TRAUM_HOME=home, workers=workers, embed_batch=8)


def run_import(home: Path, build: str, workers: int) -> None:
    """One import in this process; says on standard output when it starts."""
    set_up_logging("ERROR")
    module, _, name = build.partition(":")
    services: Any = getattr(importlib.import_module(module), name)(settings_of(home, workers))
    analyzer = services.analyzer
    print(_STARTED, flush=True)
    analyzer.run()


def new_home(trial: Trial, root: Path) -> Path:
    """A home whose raw folder holds the library by hard links: same bytes, same times."""
    home = Path(tempfile.mkdtemp(dir=root))
    raw = settings_of(home, trial.workers).raw_path
    shutil.copytree(trial.library, raw, copy_function=os.link)
    return home


def start(trial: Trial, home: Path) -> subprocess.Popen[str]:
    """An import in a process group of its own, returned when it has started."""
    command = [sys.executable, "-m", "benchmarks.kill", "--child", str(home)]
    command += ["--build", trial.build, "--workers", str(trial.workers)]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}  # of semaphores that the killed left
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=quiet
    )
    assert child.stdout is not None
    with child.stdout as reported:
        started = _STARTED in reported.readline()
    if not started:
        raise RuntimeError(f"the import did not start, exit code {child.wait()}")
    return child


def snapshot(home: Path, workers: int) -> dict[str, Any]:
    """All that an import leaves: rows without times, files with their content."""
    settings = settings_of(home, workers)
    database = Database(settings.sql_url)
    rows: dict[str, Any] = {}
    with database.transaction() as session:
        for name in TABLES:
            table = Base.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in _TIMES]
            found = session.execute(select(*columns)).all()
            rows[name] = sorted(repr(tuple(row)) for row in found)
    database.close()
    for folder in (settings.stems_path, settings.quarantine_path, settings.raw_path):
        rows[folder.name] = sorted(
            f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in folder.rglob("*")
            if path.is_file()
        )
    return rows


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What differs between two snapshots, in words."""
    reported = []
    for name, rows in expected.items():
        lacking, extra = set(rows) - set(found[name]), set(found[name]) - set(rows)
        doubled = len(found[name]) - len(set(found[name]))
        if lacking or extra or doubled:
            reported.append(
                f"{name}: {len(lacking)} lacking, {len(extra)} extra, {doubled} doubled"
            )
            reported.extend(f"    - {row[:300]}" for row in sorted(lacking)[:2])
            reported.extend(f"    + {row[:300]}" for row in sorted(extra)[:2])
    return reported


def kill_at_random(trial: Trial, root: Path, *, kills: int, seed: int = 1) -> Tally:
    """Kill imports until there were ``kills`` of them, and compare after each finish."""
    rng = random.Random(seed)
    calm = new_home(trial, root)
    started = time.monotonic()
    child = start(trial, calm)
    begun = time.monotonic()
    if child.wait() != 0:
        raise RuntimeError("the undisturbed import failed")
    length_s = time.monotonic() - begun
    expected = snapshot(calm, trial.workers)
    print(f"undisturbed: {length_s:.1f} s, {begun - started:.1f} s to start", file=sys.stderr)
    tally = Tally()
    while tally.kills < kills and not tally.differences:
        home = new_home(trial, root)
        while tally.kills < kills and _killed(trial, home, rng, length_s, tally.kills % 2 == 0):
            tally.kills += 1
            print(f"\r{tally.kills} kills, {tally.homes} homes", end="", file=sys.stderr)
        if start(trial, home).wait() != 0:
            tally.differences.append(f"the last import into {home} failed")
        tally.homes += 1
        tally.differences += differences(expected, snapshot(home, trial.workers))
        if not tally.differences:
            shutil.rmtree(home)
    print(file=sys.stderr)
    return tally


def _killed(trial: Trial, home: Path, rng: random.Random, length_s: float, group: bool) -> bool:
    """Start an import and kill it somewhere; False where it was finished before."""
    child = start(trial, home)
    try:
        child.wait(timeout=rng.uniform(0.0, length_s))
    except subprocess.TimeoutExpired:
        if group:
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
        return child.wait() == -signal.SIGKILL
    return False


def main() -> int:
    """The command line."""
    parser = report.parser(__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="5 kills, 40 files")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--build", default=WIRED, help=argparse.SUPPRESS)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        run_import(options.child, options.build, options.workers)
        return 0
    kills, files = (5, 40) if options.quick else (options.kills, options.files)
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        root = Path(folder)
        write_library(root / "library", files=files)
        trial = Trial(root / "library", options.build, options.workers)
        tally = kill_at_random(trial, root, kills=kills, seed=options.seed)
    print(f"{tally.kills} kills over {tally.homes} libraries of {files} files:")
    print("\n".join(tally.differences) or "rows and files equal those of an undisturbed import")
    report.save({"files": files, **asdict(tally)}, options.json)
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
