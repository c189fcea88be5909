"""A library as one tar: written as a stream, read back only as a whole.

Members are ``manifest.json`` (the last one) and files below the names of the library's
folders. The manifest tells each file's size, time and SHA-256, so that an archive which was
cut short, or lost a bit, is known before anything is made of it.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from src.core.errors import ConflictError, InvalidInputError
from src.storage.paths import original_text, printable, shown

MANIFEST = "manifest.json"
FORMAT = "traum-engine-backup"
VERSION = 1

_BLOCK = 1 << 20
_MAX_MANIFEST = 1 << 30
_DAMAGE = (tarfile.TarError, EOFError, OSError)


@dataclass(frozen=True)
class ArchivedFile:
    """A file that goes in. name: within the archive, with / between folders"""

    name: str
    path: Path
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Entry:
    """What the manifest tells of a file. name: printable, see :func:`printable`"""

    name: str
    size_bytes: int
    modified_ns: int
    sha256: str


Step = Callable[[int], None]
"""Told after each block how many bytes went through."""


def write_archive(
    sink: IO[bytes], sources: Iterable[ArchivedFile], about: Mapping[str, Any], step: Step
) -> list[str]:
    """Write a backup; returns the names of files that vanished before their turn.

    sink: anything that takes bytes, a pipe too
    about: more members of the manifest

    Raises ConflictError for a file that shrinks while it is read.
    """
    entries: list[Entry] = []
    vanished: list[str] = []
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_BLOCK) as tar:
        for source in sources:
            try:
                file = source.path.open("rb")
            except FileNotFoundError:
                vanished.append(printable(source.name))
                continue
            with file:
                entries.append(_add(tar, source, file, step))
            _forget(tar)
        stated = {"format": FORMAT, "version": VERSION, **about}
        files = [asdict(entry) for entry in entries]
        text = json.dumps({**stated, "files": files}, allow_nan=False).encode("ascii")
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return vanished


def _add(tar: tarfile.TarFile, source: ArchivedFile, file: IO[bytes], step: Step) -> Entry:
    info = tarfile.TarInfo(source.name)
    info.size = source.size_bytes
    info.mtime = source.modified_ns // 1_000_000_000
    info.mode = 0o644
    reader = _Hashed(file, step)
    try:
        tar.addfile(info, reader)
    except OSError as error:
        if reader.count >= source.size_bytes:
            raise
        raise ConflictError(
            f"{shown(source.path)} became shorter while it was saved: try again"
        ) from error
    return Entry(
        printable(source.name), source.size_bytes, source.modified_ns, reader.digest.hexdigest()
    )


def _forget(tar: tarfile.TarFile) -> None:
    """Let go of the members so far, which a stream never needs again."""
    tar.members.clear()  # type: ignore[attr-defined]


class _Hashed(io.RawIOBase):
    """A file whose bytes are counted and hashed as they are read."""

    def __init__(self, file: IO[bytes], step: Step) -> None:
        self._file = file
        self._step = step
        self.digest = hashlib.sha256()
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """Read the next bytes."""
        data = self._file.read(size)
        self.digest.update(data)
        self.count += len(data)
        self._step(len(data))
        return data


def unpack_archive(
    stream: IO[bytes], positions: Mapping[str, Path], step: Step
) -> tuple[dict[str, Any], list[Entry]]:
    """Unpack a backup, and check every byte of it against its manifest.

    stream: a pipe will do; also packed by gzip, bzip2 or xz
    places: where the files of each folder of the archive go, which must be new folders

    Returns the manifest without its files, and these. Raises InvalidInputError for what is
    no backup, is cut short or damaged, or would leave its folders; what was unpacked until
    then is the caller's to remove.
    """
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(fileobj=stream, mode="r|*", bufsize=_BLOCK) as tar:
            while (info := tar.next()) is not None:
                _forget(tar)
                if info.name == MANIFEST:
                    manifest = _manifest(tar, info)
                elif printable(info.name) in found:
                    raise _bad(f"it holds {shown(info.name)} twice")
                else:
                    found[printable(info.name)] = _unpack(tar, info, positions, step)
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the archive
        raise _bad(str(error).partition("\n")[0]) from error
    if manifest is None:
        raise _bad("its list is missing, it was cut short")
    entries: list[Entry] = manifest.pop("files")
    _compare(found, entries)
    _set_times(entries, positions)
    return manifest, entries


def _target(name: str, positions: Mapping[str, Path]) -> Path:
    """Choose where a member goes. Names may be any that a file system takes, but stay inside."""
    folder, *inner = name.split("/")
    if folder not in positions or not inner or {"", ".", ".."} & set(inner) or "\0" in name:
        raise _bad(f"there is no place for {shown(name)}")
    return positions[folder].joinpath(*inner)


def _bad(what: str) -> InvalidInputError:
    return InvalidInputError(f"the backup is damaged: {what}", code="bad_backup")


def _unpack(
    tar: tarfile.TarFile, info: tarfile.TarInfo, positions: Mapping[str, Path], step: Step
) -> tuple[int, str]:
    source = tar.extractfile(info) if info.isreg() else None
    if source is None:
        raise _bad(f"{shown(info.name)} is no plain file")
    target = _target(info.name, positions)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as sink:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += sink.write(block)
            step(len(block))
    return size, digest.hexdigest()


def _manifest(tar: tarfile.TarFile, info: tarfile.TarInfo) -> dict[str, Any]:
    source = tar.extractfile(info) if info.isreg() and info.size <= _MAX_MANIFEST else None
    try:
        stated = json.loads(b"" if source is None else source.read())
    except ValueError as error:
        raise _bad("its list can't be read") from error
    if not isinstance(stated, dict) or stated.get("format") != FORMAT:
        raise InvalidInputError("this is no backup of the engine", code="bad_backup")
    if stated.get("version") != VERSION:
        raise ConflictError(
            f"the backup has format {stated.get('version')}, this engine reads {VERSION}:"
            " update first",
            code="newer_backup",
        )
    try:
        return {**stated, "files": [Entry(**one) for one in stated["files"]]}
    except (KeyError, TypeError) as error:
        raise _bad("its list can't be read") from error


def _compare(found: Mapping[str, tuple[int, str]], entries: Iterable[Entry]) -> None:
    listed = {entry.name: (entry.size_bytes, entry.sha256) for entry in entries}
    for name in sorted(found.keys() | listed.keys()):
        if found.get(name) != listed.get(name):
            raise _bad(f"{shown(name)} is not as it was saved")


def _set_times(entries: Iterable[Entry], positions: Mapping[str, Path]) -> None:
    """Set times as they were, or every file would look changed to the next import."""
    for entry in entries:
        target = _target(original_text(entry.name), positions)
        os.utime(target, ns=(entry.modified_ns, entry.modified_ns))
