"""Making zips: into a file, or as a stream of bytes that is never held as a whole."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

_BLOCK = 1 << 18
_BEGINNING = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16

Member = tuple[str, Path | bytes]
"""A name within the zip, with / between folders, and a file or its content."""


class _Outbox:
    """Takes what a zip writes; holds only what has not been fetched yet."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is nothing behind it."""

    def close(self) -> None:
        """Do nothing: what waits can still be fetched."""

    def fetch(self) -> bytes:
        """Take what was written since the last time."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        return data


def zip_stream(members: Iterable[Member]) -> Iterator[bytes]:
    """Write a zip in blocks of at most some 256 KB, its members stored as they are.

    The same members give the same bytes. A file that vanishes meanwhile ends the stream
    with an OSError.
    """
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            for _ in _copied(archive, name, content):
                yield outbox.fetch()
    yield outbox.fetch()


def write_zip(path: Path, members: Iterable[Member]) -> None:
    """Write a zip; texts are packed, files, which hold sound, are stored as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            for _ in _copied(archive, name, content):
                pass


def _copied(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> Iterator[None]:
    """Copy one member, pausing after each block."""
    info = zipfile.ZipInfo(name, _BEGINNING)
    info.external_attr = _PLAIN_FILE
    if isinstance(content, bytes):
        archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        yield
        return
    info.file_size = content.stat().st_size
    with content.open("rb") as source, archive.open(info, "w") as target:
        yield from _blocks(source, target)
    yield


def _blocks(source: IO[bytes], target: IO[bytes]) -> Iterator[None]:
    while block := source.read(_BLOCK):
        target.write(block)
        yield
