"""Damaged FLAC: a hurt frame is silent, all others stay where they were."""

from pathlib import Path

import numpy as np
import pytest

from src.storage.decode import read_audio
from tests.storage.made_files import SAMPLES, encoded, noise

FLAC = encoded(noise(), "FLAC", "PCM_16")
FRAME = 4_096


@pytest.mark.parametrize("place", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("hurt", ["bit", "zeros", "inserted"])
def test_a_hurt_frame_costs_no_more_than_itself(tmp_path: Path, place: float, hurt: str) -> None:
    at = round(place * len(FLAC))
    data = {
        "bit": FLAC[:at] + bytes([FLAC[at] ^ 8]) + FLAC[at + 1 :],
        "zeros": FLAC[:at] + bytes(300) + FLAC[at + 300 :],
        "inserted": FLAC[:at] + bytes(range(1, 250)) + FLAC[at:],
    }[hurt]
    (tmp_path / "a.flac").write_bytes(data)
    found = read_audio(tmp_path / "a.flac", sample_rate=None)
    assert found.audio.shape == (1, SAMPLES)
    wrong = np.abs(found.audio[0] - noise()) > 1e-4
    assert 0 < wrong.sum() <= 2 * FRAME
    assert "damaged" in found.warnings[0]


def test_a_whole_file_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(FLAC)
    found = read_audio(tmp_path / "a.flac", sample_rate=None)
    assert found.warnings == ()
    assert np.abs(found.audio[0] - noise()).max() < 1e-4
