"""Putting a saved library in place: checked as a whole first, then swapped in.

Everything is unpacked beside its place and compared with the backup's own list before
anything of the present library moves. What was there is set aside, never removed. The swap
is written down first, so that one which a power cut ends is finished by the next start.
"""

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.core.progress import Progress, silent
from src.db.snapshot import check_snapshot
from src.services.ingest.lock import import_lock
from src.services.system.backup import DATABASE, PROCESSED, Meter, folders_of
from src.storage.atomic import write_json
from src.storage.paths import original_text, printable, shown
from src.storage.zips.backup import unpack_archive

log = logging.getLogger(__name__)

ASIDE = ".before-restore-"
JOURNAL = ".restore.json"
JOBS_LOCK = "jobs.lock"
STAGE = "restoring, MB"
_STAGING = ".restoring-"


@dataclass(frozen=True)
class RestoreReport:
    """What a restore did. set_aside: folders that hold what was there before"""

    files: int
    size_bytes: int
    made_at: str
    made_by: str
    folders: tuple[str, ...]
    set_aside: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Move:
    """One rename of the swap, within one folder of the library."""

    folder: str
    source: str
    target: str


class RestoreService:
    """Puts backups in place of one library. The engine must not run meanwhile."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folders = folders_of(settings)

    def restore(
        self,
        stream: IO[bytes],
        *,
        replace: bool = False,
        size_bytes: int = 0,
        progress: Progress = silent,
    ) -> RestoreReport:
        """Put a backup in place.

        replace: set a library that is there aside instead of refusing
        size_bytes: of the backup, where that is known; for progress

        Raises ConflictError where a library is there or the engine runs, InvalidInputError
        for what is no whole backup. Then everything stays as it was.
        """
        if self.settings.database_url:
            raise InvalidInputError(
                "a backup is restored to SQLite in the library's folder: unset DATABASE_URL"
            )
        with engine_stopped(self.settings), import_lock(self.settings.processed_path):
            _finish(self.settings)
            if not replace:
                self._check_empty()
            staging = f"{_STAGING}{uuid4().hex}"
            try:
                return self._restore(stream, staging, Meter(STAGE, size_bytes, progress))
            finally:
                for folder in self.folders.values():
                    shutil.rmtree(folder / staging, ignore_errors=True)

    def _check_empty(self) -> None:
        for name, folder in self.folders.items():
            found = _visible(folder)
            if found and name != "models":
                raise ConflictError(
                    f"{shown(folder)} is not empty: --replace sets what is there aside",
                    code="library_exists",
                )

    def _restore(self, stream: IO[bytes], staging: str, meter: Meter) -> RestoreReport:
        positions = {name: folder / staging for name, folder in self.folders.items()}
        manifest, entries = unpack_archive(stream, positions, meter)
        database = positions[PROCESSED] / DATABASE
        if not database.is_file():
            raise InvalidInputError("the backup holds no database", code="bad_backup")
        check_snapshot(database)
        folders = [name for name in self.folders if name in manifest.get("folders", ())]
        aside = f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        moves = [move for name in folders for move in self._moves(name, staging, aside)]
        os.sync()
        write_json(self.settings.processed_path / JOURNAL, [asdict(move) for move in moves])
        _swap(self.settings, moves)
        kept = (self.folders[name] / aside for name in folders)
        return RestoreReport(
            len(entries),
            sum(entry.size_bytes for entry in entries),
            str(manifest.get("made_at", "")),
            str(manifest.get("made_by", "")),
            tuple(folders),
            tuple(str(folder) for folder in kept if folder.is_dir()),
        )

    def _moves(self, name: str, staging: str, aside: str) -> Iterator[Move]:
        folder = self.folders[name]
        for entry in _visible(folder):
            yield Move(name, printable(entry), f"{aside}/{printable(entry)}")
        staged = folder / staging
        for entry in _visible(staged):
            yield Move(name, f"{staging}/{printable(entry)}", printable(entry))


def finish_interrupted(settings: Settings) -> None:
    """End a swap that was cut off, before anybody opens the library.

    Raises ConflictError while a restore is under way.
    """
    if (settings.processed_path / JOURNAL).exists():
        with engine_stopped(settings):
            _finish(settings)


def _finish(settings: Settings) -> None:
    journal = settings.processed_path / JOURNAL
    if not journal.exists():
        return
    log.warning("a restore was cut off; it is finished now")
    reported = json.loads(journal.read_text(encoding="utf-8"))
    _swap(settings, [Move(**move) for move in reported])


def _swap(settings: Settings, moves: list[Move]) -> None:
    """Make the moves that are still to be made; all of them, or none."""
    folders = folders_of(settings)
    made: list[tuple[Path, Path]] = []
    try:
        for move in moves:
            source = folders[move.folder] / original_text(move.source)
            target = folders[move.folder] / original_text(move.target)
            if os.path.lexists(target) or not os.path.lexists(source):
                continue  # made already, before the cut
            target.parent.mkdir(exist_ok=True)
            os.rename(source, target)
            made.append((source, target))
    except OSError:
        for source, target in reversed(made):
            os.rename(target, source)
        (settings.processed_path / JOURNAL).unlink()
        raise
    (settings.processed_path / JOURNAL).unlink()
    for folder in {folders[move.folder] for move in moves}:
        for staging in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def engine_stopped(settings: Settings) -> Iterator[None]:
    """Hold the lock that a running engine holds."""
    settings.processed_path.mkdir(parents=True, exist_ok=True)
    with (settings.processed_path / JOBS_LOCK).open("ab") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError(
                "the engine is running, or another restore is: stop it first",
                code="engine_running",
            ) from error
        yield


def _visible(folder: Path) -> list[str]:
    """List what lies in a folder of the library, but what the engine hides or locks there."""
    if not folder.is_dir():
        return []
    return sorted(
        name for name in os.listdir(folder) if not name.startswith(".") and name != JOBS_LOCK
    )
