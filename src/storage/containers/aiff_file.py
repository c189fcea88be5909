"""The sound of an AIFF whose writer never finished its header.

Source: Audio Interchange File Format, version 1.3 and AIFF-C (Apple).
"""

from typing import BinaryIO

from src.storage.containers.byte_view import ByteSpan, Part
from src.storage.riff import chunk_bytes, iff_chunks

_PLAIN = (b"", b"NONE", b"sowt", b"twos", b"fl32", b"FL32", b"fl64", b"FL64")
_BLOCK_HEAD_BYTES = 8
"""Offset and block size in front of the samples."""


def unfinished_aiff(file: BinaryIO) -> tuple[Part, ...] | None:
    """Return the file with its counts put right, where its sound chunk is empty and the file goes
    on.

    A recorder writes the counts at its end; one that crashed leaves zeros. None for any other.
    """
    chunks = iff_chunks(file)
    found = {chunk.name: chunk for chunk in reversed(chunks)}
    end = file.seek(0, 2)
    if b"COMM" not in found or b"SSND" not in found:
        return None
    behind = chunks[chunks.index(found[b"SSND"]) + 1 :]
    if behind and not any(one.cut_short or not _is_name(one.name) for one in behind):
        return None
    common, sound = found[b"COMM"], found[b"SSND"]
    fields = chunk_bytes(file, common)
    start = sound.offset + _BLOCK_HEAD_BYTES
    if sound.declared > _BLOCK_HEAD_BYTES or len(fields) < 18 or fields[18:22] not in _PLAIN:
        return None
    frame = int.from_bytes(fields[:2], "big") * -(-int.from_bytes(fields[6:8], "big") // 8)
    frames = (end - start) // frame if frame else 0
    if not frames or common.offset > sound.offset:
        return None
    size = frames * frame
    counts = [number.to_bytes(4, "big") for number in (start - 8 + size, frames, size + 8)]
    return (
        ByteSpan(0, 4), counts[0],
        ByteSpan(8, common.offset - 6), counts[1],
        ByteSpan(common.offset + 6, sound.offset - common.offset - 10), counts[2],
        ByteSpan(sound.offset, _BLOCK_HEAD_BYTES + size),
    )  # fmt: skip


def _is_name(name: bytes) -> bool:
    return name.isascii() and name.decode("ascii").isprintable()
