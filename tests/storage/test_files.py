"""Only regular files are opened."""

import os
from pathlib import Path

import pytest

from src.core.errors import UnreadableAudioError
from src.storage.files import open_regular


def test_folders_pipes_and_links_to_nothing_are_refused_and_nothing_stays_open(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    lowest = os.dup(0)
    os.close(lowest)
    for name, reason in (("pipe", "not_a_file"), ("folder", "not_a_file"), ("link", "missing")):
        with pytest.raises(UnreadableAudioError) as stated, open_regular(tmp_path / name):
            pass
        assert stated.value.reason == reason
    again = os.dup(0)
    os.close(again)
    assert again == lowest
