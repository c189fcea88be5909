"""What a native FLAC stream says about itself before its frames, and which of them are whole.

Source: RFC 9639 (FLAC), sections 8.1, 8.2, 9.1 and 9.3.
"""

import re
from dataclasses import dataclass
from typing import BinaryIO, Literal

from src.storage.containers.byte_view import ByteSpan
from src.storage.riff import Chunk

MOST_BLOCKS = 256
_STREAMINFO, _APPLICATION = 0, 2


_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_FALSE_SYNCS = 4
"""How many marks inside a frame may look like the next one."""

_LONGEST_HEADER = 16


@dataclass(frozen=True)
class WholeFrames:
    """Frames that are as they were written. parts: the stream without the others

    left_out: how many runs of bytes between them are none
    """

    parts: tuple[ByteSpan, ...]
    left_out: int


@dataclass(frozen=True)
class FlacInfo:
    """The STREAMINFO block. samples: per channel, None where the writer did not know

    block_samples: how long its frames are, where all are alike, else how long the shortest
    """

    block_samples: int
    samples: int | None


def flac_info(file: BinaryIO, start: int) -> FlacInfo | None:
    """Return the STREAMINFO of a stream that begins at a byte; None where there is none."""
    file.seek(start)
    data = file.read(42)
    if len(data) < 42 or data[:4] != b"fLaC" or data[4] & 0x7F != _STREAMINFO:
        return None
    shortest = int.from_bytes(data[8:10], "big")
    samples = int.from_bytes(data[21:26], "big") & 0xF_FFFF_FFFF
    return FlacInfo(max(shortest, 16), samples or None)


def metadata_blocks(file: BinaryIO, start: int) -> list[tuple[int, ByteSpan]]:
    """Return the metadata blocks of a stream in order: kind, and where the content lies."""
    blocks: list[tuple[int, ByteSpan]] = []
    position = start + 4
    while len(blocks) < MOST_BLOCKS:
        file.seek(position)
        head = file.read(4)
        if len(head) < 4:
            break
        size = int.from_bytes(head[1:], "big")
        blocks.append((head[0] & 0x7F, ByteSpan(position + 4, size)))
        if head[0] & 0x80:
            break
        position += 4 + size
    return blocks


def whole_frames(file: BinaryIO, start: int) -> WholeFrames:
    """Walk through a damaged stream and keep its frames whose checksums are right.

    start: the byte at which the stream begins
    """
    blocks = metadata_blocks(file, start)
    begin = blocks[-1][1].offset + blocks[-1][1].size
    file.seek(begin)
    data = file.read()
    marks = [at.start() for at in _SYNC.finditer(data) if _is_header(data, at.start())]
    marks.append(len(data))
    spans = [ByteSpan(start, begin - start)]
    left_out, place = 0, 0
    while place < len(marks) - 1:
        after = _frame_end(data, marks, place)
        if after is None:
            place += 1
            left_out += 1
            continue
        first = begin + marks[place]
        last = spans[-1]
        size = marks[after] - marks[place]
        if last.offset + last.size == first:
            spans[-1] = ByteSpan(last.offset, last.size + size)
        else:
            spans.append(ByteSpan(first, size))
        place = after
    return WholeFrames(tuple(spans), left_out)


def _frame_end(data: bytes, marks: list[int], place: int) -> int | None:
    """Which mark a frame ends at, by its checksum; None where it is hurt."""
    for after in range(place + 1, min(place + 1 + _FALSE_SYNCS, len(marks))):
        if _crc(data[marks[place] : marks[after]], _CRC_16, 16) == 0:
            return after
    return None


def _is_header(data: bytes, at: int) -> bool:
    """Whether a frame header stands at a byte, by its own checksum."""
    head = data[at : at + _LONGEST_HEADER]
    if len(head) < 6:
        return False
    number = next((bit for bit in range(8) if not head[4] & 0x80 >> bit), 8)
    length = 4 + max(number, 1)
    length += {6: 1, 7: 2}.get(head[2] >> 4, 0) + {12: 1, 13: 2, 14: 2}.get(head[2] & 15, 0)
    return len(head) > length and _crc(head[: length + 1], _CRC_8, 8) == 0


def _table(polynomial: int, bits: int) -> tuple[int, ...]:
    """Checksums of single bytes."""
    table = []
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> bits - 1 else 0)
            value &= (1 << bits) - 1
        table.append(value)
    return tuple(table)


_CRC_8, _CRC_16 = _table(0x07, 8), _table(0x8005, 16)


def _crc(data: bytes, table: tuple[int, ...], bits: int) -> int:
    """Checksum of some bytes; 0 where the last ones are the checksum of the others."""
    value, mask, shift = 0, (1 << bits) - 1, bits - 8
    for byte in data:
        value = (value << 8 ^ table[value >> shift ^ byte]) & mask
    return value


def foreign_chunks(file: BinaryIO, start: int) -> dict[bytes, list[Chunk]]:
    """Return the chunks of the file that the stream was made of, kept in APPLICATION blocks.

    By the kind of that file, b"riff" or b"aiff".
    """
    found: dict[bytes, list[Chunk]] = {b"riff": [], b"aiff": []}
    for kind, span in metadata_blocks(file, start):
        if kind != _APPLICATION or span.size < 12:
            continue
        file.seek(span.offset)
        head = file.read(12)
        if head[:4] in found:
            order: Literal["little", "big"] = "little" if head[:4] == b"riff" else "big"
            declared = int.from_bytes(head[8:12], order)
            size = min(declared, span.size - 12)
            found[head[:4]].append(Chunk(head[4:8], span.offset + 12, size, declared))
    return found
