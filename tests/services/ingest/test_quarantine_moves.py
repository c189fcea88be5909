"""Moving without overwriting, and names that say why."""

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.services.ingest.quarantine_moves import relocate, stored_name


def test_a_stored_name_says_why_and_what() -> None:
    assert stored_name("empty", "kick.wav", bad_id="ab12", taken=()) == "ERROR_empty_kick.wav"


def test_a_taken_name_gets_a_mark_of_its_own() -> None:
    name = stored_name("empty", "kick.wav", bad_id="ab12", taken={"ERROR_empty_kick.wav"})
    assert name == "ERROR_empty_kick_ab12.wav"


@given(st.text(max_size=300), st.booleans())
def test_any_name_can_be_stored(name: str, is_taken: bool) -> None:
    plain = stored_name("not_audio", name, bad_id="0123456789abcdef", taken=())
    taken = {plain} if is_taken else set()
    stored = stored_name("not_audio", name, bad_id="0123456789abcdef", taken=taken)
    assert len(stored.encode()) <= 200
    assert stored.startswith("ERROR_")
    assert not set(stored) & set("/\\\x00\n")
    assert stored not in taken


@pytest.mark.parametrize("other", ["yours", "miNe"])
def test_another_file_is_never_overwritten(tmp_path: Path, other: str) -> None:
    (tmp_path / "a").write_text("mine")
    (tmp_path / "b").write_text(other)
    with pytest.raises(FileExistsError):
        relocate(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_text() == "mine"
    assert (tmp_path / "b").read_text() == other


def test_a_move_that_stopped_after_the_copy_is_finished(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("same")
    (tmp_path / "b").write_text("same")
    assert relocate(tmp_path / "a", tmp_path / "b")
    assert not (tmp_path / "a").exists()


def test_links_are_moved_as_links(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    assert relocate(tmp_path / "link", tmp_path / "deep" / "moved")
    assert os.readlink(tmp_path / "deep" / "moved") == "nowhere"


def test_between_disks_files_are_copied_with_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_disk(source: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "another disk")

    (tmp_path / "a").write_text("sound")
    os.utime(tmp_path / "a", ns=(5, 5))
    monkeypatch.setattr(os, "rename", other_disk)
    assert relocate(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "sound"
    assert (tmp_path / "b").stat().st_mtime_ns == 5
    assert not (tmp_path / "a").exists()


def test_what_may_not_be_removed_is_copied_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_paths: Path) -> None:
        raise OSError(errno.EROFS, "read-only")

    (tmp_path / "a").write_text("sound")
    monkeypatch.setattr(os, "rename", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    assert not relocate(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text() == "sound"
