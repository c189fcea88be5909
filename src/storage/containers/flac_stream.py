"""What a native FLAC stream says about itself before its frames.

Source: RFC 9639 (FLAC), sections 8.1 and 8.2.
"""

from dataclasses import dataclass
from typing import BinaryIO, Literal

from src.storage.containers.byte_view import ByteSpan
from src.storage.riff import Chunk

MOST_BLOCKS = 256
_STREAMINFO, _APPLICATION = 0, 2


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
