"""What was made of a track, written down beside the files, so that nothing is made twice."""

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from src.storage.atomic import TEMPORARY_PREFIX, write_json

_ABANDONED_S = 24 * 3600.0
_WRITTEN_S = 10.0


@dataclass(frozen=True)
class ExportRecord:
    """What was made of one format.

    track_id: for which track; digest: of all that decides how the files come out
    sizes: bytes of each file by its name below the folder of exports
    """

    track_id: str
    digest: str
    sizes: Mapping[str, int]

    def holds(self, folder: Path) -> bool:
        """Tell whether all files are there, whole."""
        return all(_size(folder / name) == size for name, size in self.sizes.items())


NOTHING = ExportRecord("", "", {})
"""The record of a format that was never made, or whose record can't be read."""


def read_record(folder: Path, name: str) -> ExportRecord:
    """Read the record of a format."""
    try:
        told = json.loads(_path(folder, name).read_text(encoding="utf-8"))
        return ExportRecord(told["track_id"], told["digest"], dict(told["sizes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return NOTHING


def write_record(folder: Path, name: str, record: ExportRecord) -> None:
    """Write the record of a format."""
    told = {"track_id": record.track_id, "digest": record.digest, "sizes": dict(record.sizes)}
    write_json(_path(folder, name), told)


def publish(built: Path, folder: Path, before: ExportRecord) -> dict[str, int]:
    """Move finished files to their places; their sizes by name.

    before: what was made of the format the last time; those of its files that are not made
        any more go
    """
    sizes = {}
    for path in sorted(path for path in built.rglob("*") if path.is_file()):
        name = path.relative_to(built).as_posix()
        sizes[name] = path.stat().st_size
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, folder / name)
    for old in set(before.sizes) - set(sizes):
        (folder / old).unlink(missing_ok=True)
    return sizes


def remove_made(folder: Path, name: str) -> None:
    """Remove the files of a format and its record, and the folder where nothing else is in it."""
    for made in read_record(folder, name).sizes:
        path = folder / made
        path.unlink(missing_ok=True)
        if path.parent != folder:
            _remove_empty(path.parent)
    _path(folder, name).unlink(missing_ok=True)
    _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def remove_abandoned(folder: Path) -> None:
    """Remove what exports that were killed began and left, once it is a day old."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        if path.is_dir() and time.time() - path.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(path, ignore_errors=True)


def remove_unfinished(folder: Path, prefix: str) -> None:
    """Remove what one export that was killed began, and single files that nobody is writing."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        if path.is_dir() and path.name.startswith(prefix) and prefix != TEMPORARY_PREFIX:
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and time.time() - path.stat().st_mtime > _WRITTEN_S:
            path.unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    return folder / f".made-{name}.json"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1
