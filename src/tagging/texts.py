"""Texts that people and other programs left beside songs, in whatever encoding."""

import codecs
from pathlib import Path

from src.core.errors import InvalidInputError
from src.storage.paths import shown

LARGEST_TEXT = 1 << 20
"""Bytes of a text file that is read."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: Path) -> str:
    """Read a text of UTF-8, of UTF-16 with its mark, or else of Windows.

    Raises InvalidInputError for more than a megabyte and for what holds binary data.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise InvalidInputError(f"{shown(path)} is no text: more than {LARGEST_TEXT} bytes")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data:
        raise InvalidInputError(f"{shown(path)} is no text: it holds zeros")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def is_utf8(path: Path) -> bool:
    """Tell whether a file is text in UTF-8 without a mark, as trainers read it."""
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not data.startswith(codecs.BOM_UTF8) and b"\0" not in data
