"""AIFFs whose recorder crashed are read to their end; empty ones stay empty."""

import struct
from pathlib import Path

import numpy as np
import pytest

from src.storage.decode import read_audio
from tests.storage.made_files import SAMPLES, encoded, noise

AIFF = encoded(noise(), "AIFF", "PCM_16")
SOUND = AIFF.index(b"SSND")


def unfinished(size: int) -> bytes:
    """Counts as a recorder leaves them before it comes back to them."""
    frames = AIFF.index(b"COMM") + 10
    head = AIFF[:4] + struct.pack(">I", SOUND + size) + AIFF[8:frames] + bytes(4)
    return head + AIFF[frames + 4 : SOUND + 4] + struct.pack(">I", size) + AIFF[SOUND + 8 :]


@pytest.mark.parametrize("size", [0, 8])
def test_an_unfinished_aiff_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.aiff").write_bytes(unfinished(size))
    found = read_audio(tmp_path / "a.aiff", sample_rate=None)
    assert found.audio.shape == (1, SAMPLES)
    assert np.abs(found.audio[0] - noise()).max() < 1e-3
    assert "never finished" in found.warnings[0]


def test_an_empty_aiff_with_chunks_behind_stays_empty(tmp_path: Path) -> None:
    empty = unfinished(8)[: SOUND + 16] + b"NAME" + struct.pack(">I", 400) + b"x" * 400
    (tmp_path / "a.aiff").write_bytes(empty)
    assert read_audio(tmp_path / "a.aiff", sample_rate=None).audio.shape == (1, 0)
