"""Sound files as writers other than ours leave them: made here, byte by byte where needed."""

import io
import struct

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 44_100
SAMPLES = 60_001
"""Not a multiple of any block of any encoder here."""


def noise(seed: int = 1, samples: int = SAMPLES) -> NDArray[np.float32]:
    """Mono noise."""
    return np.random.default_rng(seed).uniform(-0.3, 0.3, samples).astype(np.float32)


def encoded(
    audio: NDArray[np.float32], container: str, subtype: str | None = None, *, rate: int = RATE
) -> bytes:
    """A clip as a file of libsndfile's own making."""
    file = io.BytesIO()
    soundfile.write(file, audio, rate, format=container, subtype=subtype)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A RIFF chunk with its padding."""
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def riff(*chunks: bytes) -> bytes:
    """A WAV of these chunks."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wave_format(code: int, *, channels: int = 1, block: int = 2, bits: int = 16) -> bytes:
    """A fmt chunk."""
    fields = struct.pack("<HHIIHH", code, channels, RATE, RATE * block, block, bits)
    return chunk(b"fmt ", fields)


def pcm(audio: NDArray[np.float32]) -> bytes:
    """16-bit samples, little endian."""
    return (audio * 32_767).astype("<i2").tobytes()


def ogg_page(
    payload: bytes, *, serial: int = 7, number: int = 0, flags: int = 0, granule: int = 0
) -> bytes:
    """One page whose payload is one whole packet."""
    lacing = [255] * (len(payload) // 255) + [len(payload) % 255]
    assert len(lacing) <= 255
    head = b"OggS\x00" + struct.pack("<BqII", flags, granule, serial, number)
    rest = bytes([len(lacing), *lacing]) + payload
    return head + struct.pack("<I", ogg_checksum(head + bytes(4) + rest)) + rest


def ogg_checksum(page: bytes) -> int:
    """That of RFC 3533, bit by bit."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFF_FFFF
    return value


def ogg_flac(flac: bytes, samples: int) -> bytes:
    """A native FLAC stream in Ogg pages, cut anywhere: its reader only joins them."""
    first = b"\x7fFLAC\x01\x00\x00\x01" + flac[:42]
    pages = [ogg_page(first, flags=2)]
    body = flac[42:]
    pieces = [body[at : at + 20_000] for at in range(0, len(body), 20_000)]
    for number, piece in enumerate(pieces, start=1):
        last = 4 if number == len(pieces) else 0
        granule = samples if last else 0
        pages.append(ogg_page(piece, number=number, flags=last, granule=granule))
    return b"".join(pages)


def caf(
    description: bytes, *chunks: tuple[bytes, bytes], data: bytes, stated: int | None = None
) -> bytes:
    """A CAF file. told: what its data chunk says of its length"""
    parts = [b"caff" + struct.pack(">HH", 1, 0)]
    for name, body in ((b"desc", description), *chunks):
        parts.append(name + struct.pack(">q", len(body)) + body)
    size = len(data) + 4 if stated is None else stated
    return b"".join([*parts, b"data" + struct.pack(">q", size) + bytes(4), data])


def id3v1(title: str = "Beat") -> bytes:
    """An ID3v1 tag."""
    return b"TAG" + title.encode().ljust(30, b"\0") + bytes(94) + b"\xff"


def ape_tag() -> bytes:
    """An empty APEv2 footer."""
    return b"APETAGEX" + struct.pack("<IIII", 2_000, 32, 0, 0) + bytes(8)
