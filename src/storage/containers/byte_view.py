"""Bytes of a file rearranged: parts of it, and bytes of our own, read as if they were a file."""

import bisect
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO


@dataclass(frozen=True)
class ByteSpan:
    """A run of bytes of a file."""

    offset: int
    size: int


Part = ByteSpan | bytes


class ByteView:
    """Reads parts of a file one behind the other, as the audio decoder asks for them.

    parts: runs of the file's bytes, and bytes that stand in for others (a corrected header)

    A disk that refuses is kept in ``failure``: an exception can't pass through the decoder's
    C code, and would be mistaken for the end of the file.
    """

    def __init__(self, file: BinaryIO, parts: Sequence[Part]) -> None:
        self._file = file
        self._parts = [part for part in parts if _size(part)]
        self._ends = list(accumulate(_size(part) for part in self._parts))
        self._position = 0
        self.failure: OSError | None = None

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._ends[-1] if self._ends else 0

    def seekable(self) -> bool:
        """Always: any byte can be read at any time."""
        return True

    def tell(self) -> int:
        """Return the position of the next byte."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position; beyond the end there is nothing to read."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def read(self, count: int = -1) -> bytes:
        """Return the next bytes: as many as asked for, fewer only at the end."""
        left = self.size - self._position if count < 0 else count
        found: list[bytes] = []
        while left > 0 and self._position < self.size:
            data = self._within_a_part(left)
            if not data:
                break
            found.append(data)
            left -= len(data)
            self._position += len(data)
        return b"".join(found)

    def _within_a_part(self, most: int) -> bytes:
        number = bisect.bisect_right(self._ends, self._position)
        part = self._parts[number]
        start = self._position - (self._ends[number] - _size(part))
        if isinstance(part, bytes):
            return part[start : start + most]
        try:
            # Not by the file's own position: the decoder moves that of the same descriptor.
            count = min(most, part.size - start)
            return os.pread(self._file.fileno(), count, part.offset + start)
        except OSError as error:
            self.failure = error
            return b""


def _size(part: Part) -> int:
    return len(part) if isinstance(part, bytes) else part.size
