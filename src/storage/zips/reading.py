"""Unpacking zips from strangers: nothing leaves the folder, nothing fills the disk."""

import errno
import lzma
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from src.core.errors import InvalidInputError
from src.storage.paths import free_path, inner_parts, safe_join, safe_name
from src.storage.zips.names import member_names, without_false_marks

_BLOCK = 1 << 18
_ENCRYPTED_FLAG = 0x1
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, UnicodeError,
)  # fmt: skip
"""What the reader of a damaged archive raises, by the way that its members are packed."""

_IMPOSSIBLE_NAMES = {errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}


@dataclass(frozen=True)
class ZipLimits:
    """What an archive may ask for.

    total_bytes: of all members together once unpacked: what the archive tells is refused
        before anything is written, what it conceals while it unpacks
    members: how many files
    """

    total_bytes: int = 8 << 30
    members: int = 20_000


def any_member(name: str) -> bool:
    """Takes every member."""
    return bool(name)


def extract_zip(
    archive: Path | BinaryIO,
    folder: Path,
    *,
    limits: ZipLimits | None = None,
    wanted: Callable[[str], bool] = any_member,
) -> list[Path]:
    """Unpack the files of a zip below ``folder``, keeping its folders.

    wanted: says by its name (with / between folders) whether a member is unpacked

    Hidden files, links, ``__MACOSX`` and folders without files are left out. A file that
    is there already is not overwritten: the new one gets a number. Raises InvalidInputError
    for what is no zip, is damaged or encrypted, breaks the limits or names a path outside
    the folder; then nothing of it stays behind.
    """
    rules = ZipLimits() if limits is None else limits
    written: list[Path] = []
    try:
        with _opened(archive) as opened:
            files = [info for info in opened.infolist() if _is_file(info)]
            named = zip(files, member_names(files), strict=True)
            members = [(info, name) for info, name in named if _is_shown(name) and wanted(name)]
            _check(members, rules)
            left, taken = rules.total_bytes, Counter[Path]()
            for info, name in members:
                with _new_file(folder, name, taken) as sink:
                    written.append(Path(sink.name))
                    left -= _unpack(opened, info, sink, left)
    except _DAMAGE as error:
        _remove(written, folder)
        raise InvalidInputError(f"the archive can't be unpacked: {error}") from error
    except BaseException:
        _remove(written, folder)
        raise
    return written


@contextmanager
def _opened(archive: Path | BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Return the archive, also where names are marked as UTF-8 that are none."""
    with ExitStack() as stack:
        file = stack.enter_context(archive.open("rb")) if isinstance(archive, Path) else archive
        try:
            opened = zipfile.ZipFile(file)
        except UnicodeDecodeError:
            opened = zipfile.ZipFile(cast(BinaryIO, without_false_marks(file)))
        yield stack.enter_context(opened)


def _check(members: list[tuple[zipfile.ZipInfo, str]], rules: ZipLimits) -> None:
    if len(members) > rules.members:
        raise InvalidInputError(
            f"an archive may hold {rules.members} files, this one holds {len(members)}"
        )
    for info, name in members:
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise InvalidInputError(f"{name!r} in the archive is encrypted")
        inner_parts(name)
    stated = sum(info.file_size for info, _ in members)
    if stated > rules.total_bytes:
        raise InvalidInputError(_too_much(rules.total_bytes))


def _unpack(opened: zipfile.ZipFile, info: zipfile.ZipInfo, sink: BinaryIO, left: int) -> int:
    """Write one member; the number of bytes that it really had."""
    size = 0
    with opened.open(info) as source:
        while block := _read(source):
            size += len(block)
            if size > left:
                raise InvalidInputError(_too_much(left))
            sink.write(block)
    return size


def _too_much(allowed: int) -> str:
    return f"the archive unpacks to more than is allowed: {allowed} bytes are left for it"


def _new_file(folder: Path, name: str, taken: Counter[Path]) -> BinaryIO:
    """Open a new file for a member, and make its folders.

    taken: how many members had each path, kept up to date here
    """
    requested = safe_join(folder, _clean(name))
    try:
        target = free_path(requested, tried=taken[requested])
        target.parent.mkdir(parents=True, exist_ok=True)
        taken[requested] += 1
        return target.open("xb")
    except OSError as error:
        if error.errno not in _IMPOSSIBLE_NAMES:
            raise
        stated = f"{name[:80]!r} in the archive can't be a file here: {error.strerror}"
        raise InvalidInputError(stated) from error


def _read(source: IO[bytes]) -> bytes:
    """Read the next block of a member. The bzip2 reader reports damage by an OSError."""
    try:
        return source.read(_BLOCK)
    except OSError as error:
        if error.errno is not None:
            raise
        raise zipfile.BadZipFile(f"{error}") from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return not info.is_dir() and kind in (0, stat.S_IFREG)


def _is_shown(name: str) -> bool:
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return bool(parts) and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _clean(name: str) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/".join(safe_name(part) for part in parts)


def _remove(written: list[Path], folder: Path) -> None:
    """Remove files, and what they leave empty below the folder."""
    for path in written:
        path.unlink(missing_ok=True)
    above = {parent for path in written for parent in path.parents if folder in parent.parents}
    for parent in sorted(above, key=lambda path: -len(path.parts)):
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
