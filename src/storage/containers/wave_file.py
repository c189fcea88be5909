"""The sound of a WAV: where it lies, and how long it is where the data chunk does not tell.

Sources: Multimedia Programming Interface and Data Specifications 1.0 (IBM, Microsoft 1991);
mmreg.h (format tags); EBU Tech 3306 (RF64).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from src.storage.containers.byte_view import ByteSpan, Part
from src.storage.riff import UNKNOWN_SIZE, Chunk, chunk_bytes, riff_chunks

UNFINISHED = "its header was never finished: read to the end of the file"
"""Said of a sound whose recorder crashed."""

_ADPCM, _IMA, _GSM = 0x2, 0x11, 0x31
_MPEG = (0x50, 0x55)


@dataclass(frozen=True)
class WaveSound:
    """What the decoder must be told of a WAV.

    parts: the file with a corrected header; None: as it is
    samples: how many are sound, where the rest of the last block is padding
    mpeg: where an MPEG stream lies in it; fact_samples: how many its writer counted
    """

    parts: tuple[Part, ...] | None = None
    samples: int | None = None
    mpeg: ByteSpan | None = None
    fact_samples: int | None = None
    warnings: tuple[str, ...] = ()


def wave_sound(file: BinaryIO, start: int) -> WaveSound:
    """Look through the chunks of a WAV that begins at a byte of the file."""
    chunks = {chunk.name: chunk for chunk in reversed(riff_chunks(file))} if not start else {}
    if b"fmt " not in chunks or b"data" not in chunks:
        return WaveSound()
    fields, data = chunk_bytes(file, chunks[b"fmt "]), chunks[b"data"]
    counted = _fact(file, chunks)
    code = int.from_bytes(fields[:2], "little")
    if code in _MPEG:
        return WaveSound(mpeg=ByteSpan(data.offset, data.size), fact_samples=counted)
    if code in (_ADPCM, _IMA, _GSM):
        return WaveSound(samples=_believed(counted, fields, data))
    if data.size and data.declared == 0:
        told = UNFINISHED
        return WaveSound(_with_length(data), warnings=(told,))
    return WaveSound()


def _fact(file: BinaryIO, chunks: dict[bytes, Chunk]) -> int | None:
    """Return how many samples the writer counted."""
    data = chunk_bytes(file, chunks[b"fact"]) if b"fact" in chunks else b""
    return int.from_bytes(data[:4], "little") or None if len(data) >= 4 else None


def _believed(counted: int | None, fields: bytes, data: Chunk) -> int | None:
    """Return the count, if it ends within the last block; all else contradicts the data."""
    block_bytes = int.from_bytes(fields[12:14], "little")
    block_samples = int.from_bytes(fields[18:20], "little")
    if counted is None or not block_bytes or not block_samples:
        return None
    most = -(-data.size // block_bytes) * block_samples
    return counted if most - block_samples < counted <= most else None


def _with_length(data: Chunk) -> tuple[Part, ...]:
    """Return the file as a plain RIFF whose data chunk ends with the file."""
    size = struct.pack("<I", min(data.size, UNKNOWN_SIZE))
    inside = ByteSpan(12, data.offset - 4 - 12)
    return (b"RIFF\xff\xff\xff\xffWAVE", inside, size, ByteSpan(data.offset, data.size))
