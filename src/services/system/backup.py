"""Saving a library as one file while the engine runs.

The database is copied as it is at one moment; then the files that lie there are added. What
is imported meanwhile is whole or not in it, and found by the next import after a restore.
"""

import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import IO, Any

from src import __version__
from src.core.config import Settings
from src.core.errors import InvalidInputError, NotFoundError
from src.core.progress import Progress, silent
from src.db.snapshot import sqlite_file, take_snapshot
from src.storage.atomic import TEMPORARY_PREFIX, replacing
from src.storage.paths import shown
from src.storage.zips.backup import ArchivedFile, write_archive

log = logging.getLogger(__name__)

KITS, PROCESSED = "raw_construction_kits", "processed_database"
TRACKS, MODELS = "generated_tracks", "models"
DATABASE = "stems.db"

STAGE = "saving, MB"
_KEPT_OF_PROCESSED = ("stems", "quarantine")
_MB = 1_000_000
_serial = count()


@dataclass(frozen=True)
class BackupReport:
    """What went into a backup: size_bytes of its files; vanished: names of files removed before
    their turn
    """

    files: int
    size_bytes: int
    folders: tuple[str, ...]
    vanished: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def folders_of(settings: Settings) -> dict[str, Path]:
    """List the folders that a backup may hold, by their names in it."""
    return {
        KITS: settings.raw_path,
        PROCESSED: settings.processed_path,
        TRACKS: settings.tracks_path,
        MODELS: settings.models_path,
    }


class BackupService:
    """Writes backups of one library."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def save(
        self,
        target: Path,
        *,
        tracks: bool = True,
        models: bool = False,
        progress: Progress = silent,
    ) -> BackupReport:
        """Write a backup to a file, which is there whole or not at all.

        Raises InvalidInputError for a target inside the library.
        """
        position = target.absolute()
        for folder in folders_of(self.settings).values():
            if position.is_relative_to(folder.absolute()):
                raise InvalidInputError(
                    f"a backup must not lie inside the library, got {shown(target)}"
                )
        with replacing(position) as temporary, temporary.open("wb") as sink:
            return self.write(sink, tracks=tracks, models=models, progress=progress)

    def write(
        self, sink: IO[bytes], *, tracks: bool = True, models: bool = False,
        progress: Progress = silent,
    ) -> BackupReport:  # fmt: skip
        """Write a backup to anything that takes bytes.

        Raises NotFoundError where there is no library, InvalidInputError where it does not
        lie in SQLite.
        """
        database = sqlite_file(self.settings.sql_url)
        if not database.is_file():
            raise NotFoundError(f"there is no library at {shown(self.settings.processed_path)}")
        kept = [KITS, PROCESSED, *([TRACKS] if tracks else []), *([MODELS] if models else [])]
        snapshot = self.settings.processed_path / (
            f"{TEMPORARY_PREFIX}backup-{os.getpid()}-{next(_serial)}.db"
        )
        try:
            progress("copying the database", 0, 0)
            take_snapshot(database, snapshot)
            sources = [_source(f"{PROCESSED}/{DATABASE}", snapshot), *self._files(kept)]
            about = {
                "made_by": __version__,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "folders": kept,
            }
            total = sum(source.size_bytes for source in sources)
            meter = Meter(STAGE, total, progress)
            vanished = write_archive(sink, sources, about, meter)
        finally:
            snapshot.unlink(missing_ok=True)
        if vanished:
            log.warning("%d files were removed while they were to be saved", len(vanished))
        return BackupReport(len(sources) - len(vanished), total, tuple(kept), tuple(vanished))

    def _files(self, kept: list[str]) -> Iterator[ArchivedFile]:
        for name, folder in folders_of(self.settings).items():
            if name in kept:
                for path in _plain_files(folder, of_processed=name == PROCESSED):
                    yield _source(f"{name}/{path.relative_to(folder).as_posix()}", path)


class Meter:
    """Turns numbers of bytes into progress in MB."""

    def __init__(self, stage: str, total_bytes: int, progress: Progress) -> None:
        self._stage = stage
        self._total = -(-total_bytes // _MB)
        self._progress = progress
        self._seen = 0
        self._reported = -1

    def __call__(self, size_bytes: int) -> None:
        """Count so many more."""
        self._seen += size_bytes
        done = self._seen // _MB
        if done != self._reported:
            self._reported = done
            self._progress(
                self._stage, min(done, self._total) if self._total else done, self._total
            )


def _source(name: str, path: Path) -> ArchivedFile:
    """Describe what is to be saved. A file that is gone by now is left to the archive to miss."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return ArchivedFile(name, path, 0, 0)
    return ArchivedFile(name, path, state.st_size, state.st_mtime_ns)


def _plain_files(folder: Path, *, of_processed: bool) -> Iterator[Path]:
    """List the files of a folder in order, but what the engine hides there and half-written
    ones.
    """
    for position, folders, files in os.walk(folder):
        top = Path(position) == folder
        if top and of_processed:
            folders[:] = [name for name in folders if name in _KEPT_OF_PROCESSED]
            continue
        if top:
            folders[:] = [name for name in folders if not name.startswith(".")]
        folders.sort()
        for name in sorted(files):
            hidden = name.startswith("." if top else TEMPORARY_PREFIX)
            path = Path(position, name)
            if not hidden and _is_plain(path):
                yield path


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False
