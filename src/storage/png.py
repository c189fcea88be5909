"""Writing PNG: the picture format's chunks around compressed lines of pixels."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT, _RGB = 8, 2
_LEVEL = 9

Pixels = NDArray[np.uint8]


def png_bytes(pixels: Pixels) -> bytes:
    """A picture as a PNG file, lossless. pixels: uint8, shape (height, width, 3), red first.

    Source: the PNG specification (W3C, 2003). Raises ValueError for another shape.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            f"pixels must be uint8 of shape (height, width, 3), got {pixels.dtype} {pixels.shape}"
        )
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, _EIGHT_BIT, _RGB, 0, 0, 0)
    lines = np.zeros((height, 1 + 3 * width), np.uint8)  # each line begins with filter 0: none
    lines[:, 1:] = pixels.reshape(height, 3 * width)
    body = zlib.compress(lines.tobytes(), _LEVEL)
    return b"".join(
        (_SIGNATURE, _chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    """Length, name, data and the checksum over name and data."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
