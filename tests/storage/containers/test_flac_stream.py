"""Damaged FLAC: its own checksums say that it is not what was written, so that it is refused."""

from pathlib import Path

import numpy as np
import pytest

from src.core.errors import UnreadableAudioError
from src.storage.decode import read_audio
from tests.storage.made_files import encoded, noise

FLAC = encoded(noise(), "FLAC", "PCM_16")


@pytest.mark.parametrize("place", [0.3, 0.8])
@pytest.mark.parametrize("damage", ["bit", "zeros"])
def test_damage_in_the_middle_is_refused_with_its_reason(
    tmp_path: Path, place: float, damage: str
) -> None:
    at = round(place * len(FLAC))
    data = {
        "bit": FLAC[:at] + bytes([FLAC[at] ^ 8]) + FLAC[at + 1 :],
        "zeros": FLAC[:at] + bytes(300) + FLAC[at + 300 :],
    }[damage]
    (tmp_path / "a.flac").write_bytes(data)
    with pytest.raises(UnreadableAudioError) as caught:
        read_audio(tmp_path / "a.flac", sample_rate=None)
    assert caught.value.reason == "corrupt"


def test_a_whole_file_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(FLAC)
    found = read_audio(tmp_path / "a.flac", sample_rate=None)
    assert found.warnings == ()
    assert np.abs(found.audio[0] - noise()).max() < 1e-4
