"""Several arrays in one file, to be mapped into memory instead of read.

Layout: MAGIC, place of the header (8 bytes, little endian), arrays aligned to pages, header
as JSON up to the end of the file, before it its CRC-32. A file that was cut short, or whose
checked arrays changed, is noticed.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from src.core.errors import TraumError
from src.storage.atomic import replacing

MAGIC = b"TRAUMAR1"
_PAGE = 4096
_START = len(MAGIC) + 8
_BLOCK = 2**24


class DamagedFileError(TraumError):
    """A file of arrays is not what was written."""

    code = "damaged_file"


@dataclass(frozen=True)
class Part:
    """An array to write, in pieces that follow each other along its first axis."""

    dtype: str
    shape: tuple[int, ...]
    blocks: Iterable[NDArray[Any]]


@dataclass(frozen=True)
class ArrayFile:
    """An opened file. about: what was written with it; arrays: mapped, writes stay in memory"""

    about: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    checksums: dict[str, int]

    def check(self, name: str) -> None:
        """Read an array through. Raises DamagedFileError where it changed."""
        data: Any = self.arrays[name].reshape(-1).view(np.uint8)
        found = 0
        for start in range(0, data.size, _BLOCK):
            found = zlib.crc32(data[start : start + _BLOCK], found)
        if found != self.checksums[name]:
            raise DamagedFileError(f"array {name!r} is not what was written")


def write_arrays(path: Path, about: Mapping[str, Any], parts: Mapping[str, Part]) -> None:
    """Write arrays and what there is to tell about them, whole or not at all."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(MAGIC + bytes(8))
        described = {name: _write(file, part) for name, part in parts.items()}
        header = json.dumps({"about": dict(about), "parts": described}).encode()
        position = file.tell()
        file.write(zlib.crc32(header).to_bytes(4, "little") + header)
        file.seek(len(MAGIC))
        file.write(position.to_bytes(8, "little"))


def open_arrays(path: Path) -> ArrayFile:
    """Map a file's arrays. Raises DamagedFileError, FileNotFoundError."""
    with path.open("rb") as file:
        start = file.read(_START)
        if len(start) < _START or start[: len(MAGIC)] != MAGIC:
            raise DamagedFileError(f"{path.name} does not start as a file of arrays does")
        position = int.from_bytes(start[len(MAGIC) :], "little")
        file.seek(position)
        rest = file.read()
    if position < _START or len(rest) < 4 or zlib.crc32(rest[4:]) != int.from_bytes(
        rest[:4], "little"
    ):  # fmt: skip
        raise DamagedFileError(f"{path.name} was cut short or changed")
    header = json.loads(rest[4:])
    parts = header["parts"]
    return ArrayFile(
        about=header["about"],
        arrays={name: _mapped(path, part) for name, part in parts.items()},
        checksums={name: part["crc32"] for name, part in parts.items()},
    )


def _write(file: BinaryIO, part: Part) -> dict[str, Any]:
    file.write(bytes(-file.tell() % _PAGE))
    start, checksum = file.tell(), 0
    for block in part.blocks:
        data = np.ascontiguousarray(block, dtype=part.dtype)
        if data.size:
            flat: Any = data.reshape(-1).view(np.uint8)
            checksum = zlib.crc32(flat, checksum)
            file.write(flat)
    written = file.tell() - start
    expected = int(np.prod(part.shape)) * np.dtype(part.dtype).itemsize
    if written != expected:
        raise ValueError(f"pieces must have {expected} bytes in all, got {written}")
    return {"dtype": part.dtype, "shape": part.shape, "start": start, "crc32": checksum}


def _mapped(path: Path, part: Mapping[str, Any]) -> NDArray[Any]:
    shape = tuple(part["shape"])
    if not np.prod(shape):
        return np.zeros(shape, dtype=part["dtype"])
    return np.memmap(path, dtype=part["dtype"], mode="c", offset=part["start"], shape=shape)
