"""Names and paths from outside: kept inside their folders, and kept as text."""

import os
import re
import unicodedata
from pathlib import Path, PurePosixPath

from src.core.errors import InvalidInputError

MAX_NAME_BYTES = 200
"""Longest file name that we make up; file systems allow 255 bytes."""

_RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "123456789"
}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_ESCAPED = re.compile(r"\\(?:\\|x[0-9a-f]{2})")


def safe_join(root: Path, name: str) -> Path:
    """Join ``name`` to ``root`` and stay below it; ``name`` may hold folders, with / between
    them.

    Raises InvalidInputError for what would leave the folder: absolute names, drive
    letters, "..", NUL, names that Windows reserves, links that point outside.
    """
    parts = inner_parts(name)
    for part in parts:
        if part.split(".")[0].strip().lower() in _RESERVED:
            raise InvalidInputError(f"{part!r} is a reserved name")
    target = root.joinpath(*parts)
    if not target.resolve().is_relative_to(root.resolve()):
        raise InvalidInputError(f"a name must stay inside its folder, got {name!r}")
    return target


def inner_parts(name: str) -> list[str]:
    """Return folders and file of a name that stays inside its folder.

    Raises InvalidInputError for absolute names, drive letters, ".." and NUL.
    """
    if not name or "\x00" in name:
        raise InvalidInputError(f"a name must not be empty or hold NUL, got {name!r}")
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        raise InvalidInputError(f"a name must be relative, got {name!r}")
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    if not parts or ".." in parts:
        raise InvalidInputError(f"a name must stay inside its folder, got {name!r}")
    return parts


def safe_name(name: str, *, max_bytes: int = MAX_NAME_BYTES) -> str:
    """Make one plain file name of what a stranger called a file.

    Folders before it go, control and shell-hostile characters become "_", a leading dot
    goes, long names are shortened in the middle of their stem; the ending stays.
    Nothing left gives "unnamed".
    """
    last = re.split(r"[/\\]", printable(name))[-1]
    clean = _UNSAFE.sub("_", unicodedata.normalize("NFC", last)).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = clean, "", ""
    stem = stem or "unnamed"
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    room = max_bytes - len(f"{dot}{ending}".encode())
    return f"{shortened(stem, room)}{dot}{ending}"


def free_path(requested: Path, *, tried: int = 0) -> Path:
    """Return the path itself, or the first of "name (2).wav", "name (3).wav" ... that is free.

    tried: how many of these are known to be taken, so that a crowd of one name stays quick
    """
    number = tried + 1
    while os.path.lexists(candidate := _numbered(requested, number)):
        number += 1
    return candidate


def _numbered(path: Path, number: int) -> Path:
    return path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")


def shortened(text: str, max_bytes: int) -> str:
    """Cut a text to a number of UTF-8 bytes, never inside a character."""
    return text.encode("utf-8")[: max(max_bytes, 0)].decode("utf-8", errors="ignore")


def printable(text: str) -> str:
    """Return text without the surrogates by which Python carries undecodable bytes of a name.

    Each such byte becomes ``\\xNN`` and each backslash two, so that nothing is lost:
    see :func:`original_text`. Any other text stays as it is.
    """
    if text.isascii() and "\\" not in text:
        return text
    escaped = text.replace("\\", "\\\\")
    return re.sub("[\udc80-\udcff]", lambda hit: f"\\x{ord(hit.group()) - 0xDC00:02x}", escaped)


def shown(path: Path | str) -> str:
    """Make a path printable for messages and logs, on one line."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in printable(str(path))
    )


def original_text(text: str) -> str:
    """Invert :func:`printable`."""

    def unescape(hit: re.Match[str]) -> str:
        return "\\" if hit.group() == "\\\\" else chr(0xDC00 + int(hit.group()[2:], 16))

    return _ESCAPED.sub(unescape, text)


def library_path(path: Path, root: Path) -> str:
    """Write a file's path as the database keeps it: relative to ``root``, or absolute outside.

    Always with forward slashes, always valid Unicode; :func:`path_of` is the inverse.
    """
    absolute = Path(os.path.abspath(path))
    base = Path(os.path.abspath(root))
    kept = absolute.relative_to(base) if absolute.is_relative_to(base) else absolute
    return printable(kept.as_posix())


def path_of(text: str, root: Path) -> Path:
    """Return the file that :func:`library_path` wrote down."""
    return Path(os.path.abspath(root)) / PurePosixPath(original_text(text))
