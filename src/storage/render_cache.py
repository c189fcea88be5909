"""Sound that was computed once and may be needed again: a folder of entries, limited in size.

An entry's name is the digest of everything that determines its samples, so an entry is never
out of date: it is right or it is not asked for. Several processes may share the folder.
"""

import contextlib
import hashlib
import os
import struct
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from src.storage.atomic import TEMPORARY_PREFIX

SUFFIX = ".sound"
_MAGIC = b"TRSOUND1"
_HEAD = struct.Struct("<8sII")
_SHAPE = struct.Struct("<qq")
_MOST_ARRAYS = 16
_KEPT_SHARE = 0.9
"""What is left after entries had to go, so that not every render has to remove some."""

_ABANDONED_S = 3600.0
_serial = count()

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class CacheSize:
    """What a cache holds. limit_bytes: 0 is switched off"""

    entries: int
    size_bytes: int
    limit_bytes: int


class RenderCache:
    """Keeps arrays of float32 below a folder and forgets those that were not used for longest.

    Nothing here is needed: what can't be read, is damaged or can't be written is simply not
    there, and is computed again.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._written = 0
        self._lock = threading.Lock()

    def get(self, name: str) -> list[Sound] | None:
        """Return the arrays kept under a name, each with its shape; None where there are none."""
        path = self._path(name)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        arrays = _read(data)
        if arrays is None:
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return arrays

    def put(self, name: str, arrays: Sequence[Sound]) -> None:
        """Keep arrays of one or two dimensions under a name; they appear whole or not at all."""
        size = sum(array.nbytes for array in arrays)
        if size == 0 or size > self.max_bytes // 4:
            return
        self._make_room(size)
        temporary = self.folder / f"{TEMPORARY_PREFIX}{os.getpid()}-{next(_serial)}{SUFFIX}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.writelines(_buffers(arrays))
            os.replace(temporary, self._path(name))
        except OSError:
            # A full disk costs time in the next render, never this one.
            with contextlib.suppress(OSError):
                temporary.unlink()

    def size(self) -> CacheSize:
        """Measure how much is kept."""
        sizes = [entry.size for entry in self._entries()]
        return CacheSize(len(sizes), sum(sizes), self.max_bytes)

    def trim(self) -> int:
        """Forget the entries that were not used for longest, down to the limit; how many."""
        entries = sorted(self._entries(), key=lambda entry: entry.used)
        self._remove_abandoned()
        total, removed = sum(entry.size for entry in entries), 0
        if total <= self.max_bytes:
            return 0
        for entry in entries:
            if total <= self.max_bytes * _KEPT_SHARE:
                break
            with contextlib.suppress(OSError):
                entry.path.unlink()
            total -= entry.size
            removed += 1
        return removed

    def clear(self) -> int:
        """Forget everything; how many entries went."""
        entries = self._entries()
        for entry in entries:
            with contextlib.suppress(OSError):
                entry.path.unlink()
        self._remove_abandoned()
        return len(entries)

    def _make_room(self, size: int) -> None:
        """Look at the folder before the first entry and after each tenth of the limit."""
        with self._lock:
            due = self._written == 0 or self._written + size > self.max_bytes // 10
            self._written = size if due else self._written + size
        if due:
            self.trim()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def _entries(self) -> list["_Entry"]:
        found = []
        try:
            listing = os.scandir(self.folder)
        except OSError:
            return []
        with listing:
            for entry in listing:
                if entry.name.endswith(SUFFIX) and not entry.name.startswith(TEMPORARY_PREFIX):
                    with contextlib.suppress(OSError):
                        stat = entry.stat()
                        found.append(_Entry(Path(entry.path), stat.st_size, stat.st_mtime_ns))
        return found

    def _remove_abandoned(self) -> None:
        """Remove what writers left that were killed."""
        if not self.folder.is_dir():
            return
        for path in self.folder.glob(f"{TEMPORARY_PREFIX}*{SUFFIX}"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_S:
                    path.unlink()


@dataclass(frozen=True)
class _Entry:
    path: Path
    size: int
    used: int


def file_digest(path: Path) -> str:
    """Digest the content of a file to a name. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _buffers(arrays: Sequence[Sound]) -> list[bytes | memoryview]:
    """Lay out an entry: magic word, number of arrays, checksum, shapes, samples."""
    flat = [np.ascontiguousarray(array, np.float32) for array in arrays]
    samples = [array.data.cast("B") if array.size else memoryview(b"") for array in flat]
    checksum = 0
    for sound in samples:
        checksum = zlib.crc32(sound, checksum)
    shapes = b"".join(_SHAPE.pack(*_two(array.shape)) for array in arrays)
    return [_HEAD.pack(_MAGIC, len(arrays), zlib.crc32(shapes, checksum)), shapes, *samples]


def _two(shape: tuple[int, ...]) -> tuple[int, int]:
    """Pad a shape to two numbers; -1 stands for a dimension that is not there."""
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[0], -1)


def _read(data: bytes) -> list[Sound] | None:
    """Read the arrays of an entry; None where a single bit is wrong."""
    if len(data) < _HEAD.size:
        return None
    magic, number, checksum = _HEAD.unpack_from(data)
    if magic != _MAGIC or number > _MOST_ARRAYS:
        return None
    body = _HEAD.size + number * _SHAPE.size
    shapes = data[_HEAD.size : body]
    if zlib.crc32(shapes, zlib.crc32(memoryview(data)[body:])) != checksum:
        return None
    arrays = []
    for first, second in _SHAPE.iter_unpack(shapes):
        shape = (first,) if second < 0 else (first, second)
        size = int(np.prod(shape))
        arrays.append(np.frombuffer(data, np.float32, size, body).reshape(shape))
        body += 4 * size
    return arrays
