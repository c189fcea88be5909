"""How much the library takes on the disk, and how much room is left."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from src.core.config import Settings


@dataclass(frozen=True)
class FolderUse:
    """One folder: how many files lie in it and below, and their bytes."""

    name: str
    path: str
    files: int
    bytes: int


@dataclass(frozen=True)
class StorageUse:
    """The library's folders, and the disk that its processed folder lies on, in bytes."""

    folders: tuple[FolderUse, ...]
    free_bytes: int
    total_bytes: int


def storage_use(settings: Settings) -> StorageUse:
    """Count what lies in the library's folders. A folder that is not there counts as empty."""
    named = (
        ("raw", settings.raw_path),
        ("processed", settings.processed_path),
        ("tracks", settings.tracks_path),
    )
    disk = shutil.disk_usage(settings.processed_path)
    return StorageUse(tuple(_use(*one) for one in named), disk.free, disk.total)


def shown_settings(settings: Settings) -> dict[str, str]:
    """List every setting but the secret ones, by its name in the environment."""
    shown: dict[str, str] = {}
    for name, field in type(settings).model_fields.items():
        if name in _SECRET:
            continue
        shown[str(field.validation_alias or name).upper()] = str(getattr(settings, name))
    return shown


_SECRET = ("api_key", "database_url", "redis_url")
"""The URLs of a database and of a broker hold their passwords."""


def _use(name: str, folder: Path) -> FolderUse:
    sizes = list(_sizes(folder))
    return FolderUse(name, str(folder), len(sizes), sum(sizes))


def _sizes(folder: Path) -> Iterator[int]:
    """Return size of each file below; what vanishes meanwhile, and links, are passed over."""
    pending = [folder] if folder.is_dir() else []
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    try:
                        yield entry.stat(follow_symlinks=False).st_size
                    except FileNotFoundError:
                        continue
