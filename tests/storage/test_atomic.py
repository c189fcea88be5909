"""Files are whole or not there."""

import json
import os
from pathlib import Path

import pytest

from src.storage.atomic import (
    TEMPORARY_PREFIX,
    remove_temporaries,
    replacing,
    write_bytes,
    write_json,
    write_text,
)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    write_text(target, "old")

    def fail_half_way() -> None:
        with replacing(target) as temporary:
            temporary.write_text("new")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_nothing_is_seen_under_the_name_before_the_end(tmp_path: Path) -> None:
    target = tmp_path / "track.wav"
    with replacing(target) as temporary:
        temporary.write_bytes(b"1")
        assert not target.exists()
        assert temporary.parent == target.parent
    assert target.read_bytes() == b"1"


def test_a_name_at_the_limit_of_the_file_system_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 251 + ".wav")
    write_bytes(target, b"sound")
    assert target.read_bytes() == b"sound"


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "b" / "c.bin", b"x")
    assert (tmp_path / "a" / "b" / "c.bin").read_bytes() == b"x"


def test_json_keeps_letters_readable_and_refuses_nan(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"mood": "düster"})
    assert "düster" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"mood": "düster"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "b.json", float("nan"))
    assert not (tmp_path / "b.json").exists()


def test_only_what_writers_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"{TEMPORARY_PREFIX}123-0.wav").write_bytes(b"half")
    (tmp_path / "whole.wav").write_bytes(b"whole")
    assert remove_temporaries(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["whole.wav"]
    assert remove_temporaries(tmp_path / "nowhere") == 0


def test_what_was_written_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "track.wav"
    named_at_sync: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: named_at_sync.append(target.exists()))
    write_bytes(target, b"1")
    assert named_at_sync == [False]


def test_what_is_being_written_of_an_unfinished_file_is_found_by_its_name(tmp_path: Path) -> None:
    target = tmp_path / f"{TEMPORARY_PREFIX}track-1.wav"
    with replacing(target) as temporary:
        temporary.write_bytes(b"half")
        assert list(tmp_path.glob(f"{TEMPORARY_PREFIX}track-*")) == [temporary]
