"""PNG files that others can read, pixel by pixel."""

import struct
import zlib

import numpy as np
import pytest

from src.storage.png import png_bytes


def pixels_of(data: bytes) -> np.ndarray:
    """A reader of its own: chunks checked one by one, then the lines."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, []
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(name + body)
        chunks.append((name, body))
        place += 12 + length
    assert [name for name, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colours, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, colours, rest) == (8, 2, [0, 0, 0])
    lines = np.frombuffer(zlib.decompress(chunks[1][1]), np.uint8).reshape(height, 1 + 3 * width)
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape(height, width, 3)


def test_every_pixel_comes_back() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (7, 13, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pixels_of(png_bytes(picture)), picture)


def test_the_same_picture_gives_the_same_bytes() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    assert png_bytes(picture) == png_bytes(picture.copy())


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3)])
def test_another_shape_is_refused_by_name(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"shape \(height, width, 3\), got uint8"):
        png_bytes(np.zeros(shape, np.uint8))
