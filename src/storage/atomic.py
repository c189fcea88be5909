"""Files that are either whole or not there: temporary name, then rename."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

TEMPORARY_PREFIX = ".part-"
"""How the name of a file that is still being written starts."""

_serial = count()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to ``path`` at the end.

    The folder is created where it is missing. On an exception the temporary file
    goes and ``path`` stays as it was. What was written is on the disk before the rename,
    so that a power cut leaves the old file or the new one, nothing between. Where ``path``
    itself is the name of an unfinished file, the temporary one starts as it does: whoever
    removes what a killed process left under that name finds both.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path)
    try:
        yield temporary
        _sync(temporary)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _temporary(path: Path) -> Path:
    # A user's name stays out of it: one at the file system's limit has no room to grow.
    start = f"{path.stem}-" if path.name.startswith(TEMPORARY_PREFIX) else TEMPORARY_PREFIX
    return path.parent / f"{start}{os.getpid()}-{next(_serial)}{path.suffix[:16]}"


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file in one step."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write a whole text as UTF-8 with its line ends as they are."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON that people can read; NaN and infinity are refused."""
    write_text(path, json_text(value))


def json_text(value: Any) -> str:
    """Convert to a value as JSON that people can read. Raises ValueError for NaN and infinity."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def remove_temporaries(folder: Path) -> int:
    """Remove what interrupted writers left in a folder; how many files went.

    Only for a folder in which nobody else is writing at this moment.
    """
    if not folder.is_dir():
        return 0
    with os.scandir(folder) as entries:
        stale = [entry.path for entry in entries if entry.name.startswith(TEMPORARY_PREFIX)]
    for path in stale:
        Path(path).unlink(missing_ok=True)
    return len(stale)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
