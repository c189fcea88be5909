"""Apple's Core Audio Format: its chunks, and how encodings in it are brought to the decoder.

Source: Apple Core Audio Format Specification 1.0 (2006 to 2011).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from src.storage.containers.byte_view import ByteSpan, Part
from src.storage.riff import MAX_CHUNKS, Chunk, chunk_bytes

_HEAD = 8
_ALAC_FLAGS = {16: 1, 20: 2, 24: 3, 32: 4}
_IMA_PACKET_BYTES, _IMA_PACKET_SAMPLES = 34, 64
_APPLE_LOOP = bytes.fromhex("29819273b5bf4aefb78d62d1ef90bb2c")
_FVER = b"FVER" + struct.pack(">II", 4, 0xA2805140)


@dataclass(frozen=True)
class CafSound:
    """The parts of a stream that the decoder reads, and how many samples it holds, if stated.

    lost: bytes that the header promises and the file does not hold
    """

    parts: tuple[Part, ...]
    samples: int | None = None
    lost: int = 0


def caf_chunks(file: BinaryIO) -> list[Chunk]:
    """Return the chunks of a CAF file in order; empty for any other file.

    A data chunk of size -1 or 0 runs to the end of the file.
    """
    end = file.seek(0, 2)
    file.seek(0)
    if file.read(4) != b"caff":
        return []
    chunks: list[Chunk] = []
    position = _HEAD
    while position + 12 <= end and len(chunks) < MAX_CHUNKS:
        file.seek(position)
        name, declared = struct.unpack(">4sq", file.read(12))
        available = end - position - 12
        open_ended = declared < 0 or (name == b"data" and declared == 0)
        size = available if open_ended else min(declared, available)
        chunks.append(Chunk(name, position + 12, size, size if open_ended else declared))
        position += 12 + size
    return chunks


def caf_sound(file: BinaryIO) -> CafSound | None:
    """Return the stream of a CAF whose header the decoder would not take; None where it takes it.

    Apple Lossless written without its bit depth in the description gets it; IMA ADPCM goes
    into an AIFF, where the decoder knows it; a length that was never written, or that the file
    does not have, becomes the one that it has.
    """
    chunks = {chunk.name: chunk for chunk in reversed(caf_chunks(file))}
    if b"desc" not in chunks or b"data" not in chunks or chunks[b"desc"].size < 32:
        return None
    description = chunk_bytes(file, chunks[b"desc"])
    code, flags = description[8:12], int.from_bytes(description[12:16], "big")
    if code == b"alac" and flags not in _ALAC_FLAGS.values():
        return _lossless(file, chunks)
    if code == b"ima4":
        return _ima(file, chunks, description)
    return _measured(file, chunks[b"data"])


def information(file: BinaryIO, chunk: Chunk) -> dict[str, str]:
    """Names in lower case, and texts, of an information chunk."""
    return _pairs(chunk_bytes(file, chunk))


def loop_information(file: BinaryIO, chunk: Chunk) -> dict[str, str]:
    """Read the same of the chunk that makes a file an Apple loop; empty for other chunks."""
    data = chunk_bytes(file, chunk)
    return _pairs(data[16:]) if data[:16] == _APPLE_LOOP else {}


def _pairs(data: bytes) -> dict[str, str]:
    """Return a count, which is not believed, then names and texts that each end with a zero."""
    texts = [word.decode("utf-8", "replace") for word in data[4:].split(b"\x00")]
    names = [name.strip().lower() for name in texts[0::2]]
    return {name: text for name, text in zip(names, texts[1::2], strict=False) if name}


def _lossless(file: BinaryIO, chunks: dict[bytes, Chunk]) -> CafSound | None:
    cookie = chunk_bytes(file, chunks[b"kuki"]) if b"kuki" in chunks else b""
    if cookie[4:8] == b"frma":
        cookie = cookie[12:]
    if cookie[4:8] == b"alac":
        cookie = cookie[12:]
    flags = _ALAC_FLAGS.get(cookie[5]) if len(cookie) >= 24 else None
    if flags is None:
        return None
    return CafSound(_replaced(file, chunks[b"desc"].offset + 12, struct.pack(">I", flags)))


def _ima(file: BinaryIO, chunks: dict[bytes, Chunk], description: bytes) -> CafSound | None:
    """IMA ADPCM as AIFF-C; what a packet holds is the same in both."""
    rate, channels = struct.unpack(">d", description[:8])[0], int(description[27])
    data = ByteSpan(chunks[b"data"].offset + 4, max(chunks[b"data"].size - 4, 0))
    packets = data.size // (_IMA_PACKET_BYTES * channels) if channels else 0
    if not packets or not 1 <= rate < 2**16:
        return None
    common = struct.pack(">hIh", channels, packets, 16) + _extended(round(rate)) + b"ima4\x00\x00"
    sound = struct.pack(">4sIII", b"SSND", 8 + data.size, 0, 0)
    body = b"AIFC" + _FVER + struct.pack(">4sI", b"COMM", len(common)) + common + sound
    head = struct.pack(">4sI", b"FORM", len(body) + data.size) + body
    table = chunk_bytes(file, chunks[b"pakt"]) if b"pakt" in chunks else b""
    stated = int.from_bytes(table[8:16], "big") if len(table) >= 24 else 0
    most = packets * _IMA_PACKET_SAMPLES
    samples = stated if most - 4 * _IMA_PACKET_SAMPLES < stated <= most else None
    return CafSound((head, data), samples, _lost(chunks[b"data"]))


def _measured(file: BinaryIO, data: Chunk) -> CafSound | None:
    """Return a file whose data chunk was never given its length, or is cut short."""
    file.seek(data.offset - 8)
    unwritten = int.from_bytes(file.read(8), "big") == 0
    if data.size <= 4 or not (unwritten or data.cut_short):
        return None
    length = struct.pack(">q", data.size)
    return CafSound(_replaced(file, data.offset - 8, length), lost=_lost(data))


def _lost(data: Chunk) -> int:
    return data.declared - data.size if data.cut_short else 0


def _replaced(file: BinaryIO, offset: int, data: bytes) -> tuple[Part, ...]:
    """Return the whole file with other bytes at an offset."""
    after = offset + len(data)
    return (ByteSpan(0, offset), data, ByteSpan(after, file.seek(0, 2) - after))


def _extended(rate: int) -> bytes:
    """Convert to a whole number as an 80-bit float."""
    exponent = rate.bit_length() - 1
    return struct.pack(">HQ", 16_383 + exponent, rate << (63 - exponent))
