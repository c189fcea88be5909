import os
import time

import pytest

from src.services.export.records import (
    NOTHING,
    ExportRecord,
    publish,
    read_record,
    remove_abandoned,
    write_record,
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exports" / "stems").mkdir(parents=True)
    return tmp_path / "exports"


def test_a_record_is_read_as_it_was_written(folder):
    record = ExportRecord("track", "digest", {"stems/01 kick.wav": 5})
    write_record(folder, "stems", record)
    assert read_record(folder, "stems") == record
    assert read_record(folder, "midi") == NOTHING


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"track_id": 1}', "\x00"])
def test_a_record_that_is_damaged_is_none(folder, text):
    (folder / ".made-midi.json").write_text(text)
    assert read_record(folder, "midi") == NOTHING


def test_a_record_holds_only_while_its_files_are_whole(folder):
    record = ExportRecord("t", "d", {"stems/a.wav": 3})
    assert not record.holds(folder)
    (folder / "stems" / "a.wav").write_bytes(b"abc")
    assert record.holds(folder)
    (folder / "stems" / "a.wav").write_bytes(b"ab")
    assert not record.holds(folder)


def test_files_are_moved_and_those_of_before_go(folder, tmp_path):
    (folder / "stems" / "old.wav").write_bytes(b"old")
    (folder / "other.mid").write_bytes(b"other")
    built = tmp_path / "built"
    (built / "stems").mkdir(parents=True)
    (built / "stems" / "new.wav").write_bytes(b"new!")
    (built / "premaster.wav").write_bytes(b"p")

    sizes = publish(built, folder, ExportRecord("t", "d", {"stems/old.wav": 3}))

    assert sizes == {"premaster.wav": 1, "stems/new.wav": 4}
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == [
        "new.wav", "other.mid", "premaster.wav",
    ]  # fmt: skip


def test_only_what_was_left_long_ago_is_removed(folder):
    for name in (".part-old", ".part-new", "kept"):
        (folder / name).mkdir()
        (folder / name / "a.wav").write_bytes(b"a")
    day_before = time.time() - 25 * 3600
    for name in (".part-old", "kept"):
        os.utime(folder / name, (day_before, day_before))
    remove_abandoned(folder)
    assert sorted(path.name for path in folder.iterdir()) == [".part-new", "kept", "stems"]
