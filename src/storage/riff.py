"""Walking the chunks of RIFF and AIFF files, with every declared size doubted."""

from dataclasses import dataclass
from typing import BinaryIO

MAX_CHUNKS = 4_096
UNKNOWN_SIZE = 0xFFFFFFFF
"""What a streaming writer declares when it does not know the length."""


@dataclass(frozen=True)
class Chunk:
    """One chunk. size: bytes really there; declared: bytes that the header promises."""

    name: bytes
    offset: int
    size: int
    declared: int

    @property
    def cut_short(self) -> bool:
        """The header promises more than the file holds (an unknown length promises nothing)."""
        return self.declared != UNKNOWN_SIZE and self.declared > self.size


def riff_chunks(file: BinaryIO) -> list[Chunk]:
    """List the chunks of a RIFF/WAVE or RF64 file in order; empty for any other file.

    Sizes never exceed what the file holds. Chunks are aligned to two bytes; a writer
    that forgot the padding byte is understood where the next name shows it. A ``data``
    chunk of size 0 or unknown size runs to the end of the file, unless other chunks follow.
    """
    end = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return []
    chunks: list[Chunk] = []
    position = 12
    long_data = UNKNOWN_SIZE
    while position + 8 <= end and len(chunks) < MAX_CHUNKS:
        file.seek(position)
        header = file.read(8)
        name, declared = header[:4], int.from_bytes(header[4:], "little")
        if name == b"data" and declared == UNKNOWN_SIZE:
            declared = long_data
        available = end - position - 8
        open_ended = name == b"data" and _is_open(file, position + 8, declared)
        size = available if open_ended else min(declared, available)
        chunks.append(Chunk(name, position + 8, size, declared))
        if name == b"ds64":
            sizes = file.read(16)
            long_data = int.from_bytes(sizes[8:16], "little") or UNKNOWN_SIZE
        position = _next(file, position + 8 + size)
    file.seek(0)
    return chunks


def iff_chunks(file: BinaryIO) -> list[Chunk]:
    """List the chunks of an AIFF or AIFF-C file in order; empty for any other file."""
    end = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    chunks: list[Chunk] = []
    if head[:4] != b"FORM" or head[8:] not in (b"AIFF", b"AIFC"):
        return chunks
    position = 12
    while position + 8 <= end and len(chunks) < MAX_CHUNKS:
        file.seek(position)
        header = file.read(8)
        declared = int.from_bytes(header[4:], "big")
        size = min(declared, end - position - 8)
        chunks.append(Chunk(header[:4], position + 8, size, declared))
        position += 8 + size + size % 2
    file.seek(0)
    return chunks


def _is_open(file: BinaryIO, position: int, declared: int) -> bool:
    """Tell whether a data chunk has no length that may be believed: a recorder never came back to
    it.
    """
    if declared == UNKNOWN_SIZE:
        return True
    return declared == 0 and not _chunks_to_the_end(file, position)


def _chunks_to_the_end(file: BinaryIO, position: int) -> bool:
    """Tell whether nothing but whole chunks follow from here on."""
    end = file.seek(0, 2)
    while position + 8 <= end:
        file.seek(position)
        header = file.read(8)
        if not header[:4].isascii() or not header[:4].strip().isalnum():
            return False
        position += 8 + int.from_bytes(header[4:], "little")
        position += position % 2
    return end <= position <= end + 1


def _next(file: BinaryIO, position: int) -> int:
    """Find where the next chunk starts: word-aligned, unless the padding byte was forgotten."""
    if position % 2 == 0:
        return position
    file.seek(position)
    following = file.read(5)
    unpadded = len(following) == 5 and following[0] != 0 and following[:4].isalnum()
    return position if unpadded and not following[1:5].isalnum() else position + 1


def chunk_bytes(file: BinaryIO, chunk: Chunk, limit: int = 65_536) -> bytes:
    """Read the bytes of a chunk, at most ``limit`` of them."""
    file.seek(chunk.offset)
    return file.read(min(chunk.size, limit))
