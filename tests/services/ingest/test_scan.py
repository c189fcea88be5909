"""Walking a folder that holds anything at all."""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from src.services.ingest.scan import readable_endings, scan_folder
from src.storage.paths import path_of
from tests.services.library_files import refuse_to_list, write_sound


def places(folder: Path, excluded: tuple[Path, ...] = ()) -> list[str]:
    """What a walk of the whole library finds."""
    return [
        found.location for found in scan_folder(folder, raw_root=folder, excluded=excluded).files
    ]


def test_sounds_of_all_endings_are_found_in_the_order_of_their_places(tmp_path: Path) -> None:
    for name in ("b/x.FLAC", "a.mp3", "b/y.Wav", "c.aiff", "notes.txt", "cover.jpg", "z.ogg "):
        write_sound(tmp_path / name)
    assert places(tmp_path) == ["a.mp3", "b/x.FLAC", "b/y.Wav", "c.aiff", "z.ogg "]


def test_hidden_things_pipes_and_folders_named_like_sounds_are_left_out(tmp_path: Path) -> None:
    write_sound(tmp_path / ".hidden.wav")
    write_sound(tmp_path / "._resource.wav")
    write_sound(tmp_path / ".git" / "x.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    write_sound(tmp_path / "folder.wav" / "inside.wav")
    assert places(tmp_path) == ["folder.wav/inside.wav"]


def test_links_are_followed_only_to_files_that_are_not_found_anyway(tmp_path: Path) -> None:
    library = tmp_path / "library"
    write_sound(library / "real.wav")
    write_sound(tmp_path / "outside.wav")
    (library / "again.wav").symlink_to("real.wav")
    (library / "linked.wav").symlink_to(tmp_path / "outside.wav")
    (library / "dangling.wav").symlink_to("nowhere.wav")
    (library / "loop").symlink_to(".")
    scan = scan_folder(library, raw_root=library, excluded=())
    assert [found.location for found in scan.files] == ["dangling.wav", "linked.wav", "real.wav"]
    assert scan.notes() == ["1 links to folders were not followed"]


def test_names_that_are_no_text_are_kept_as_text_and_found_again(tmp_path: Path) -> None:
    odd = os.fsdecode(b"bad_\xff\xfe.wav")
    write_sound(tmp_path / odd)
    write_sound(tmp_path / "new\nline.wav")
    found = places(tmp_path)
    assert found == ["bad_\\xff\\xfe.wav", "new\nline.wav"]
    assert path_of(found[0], tmp_path).name == odd


def test_excluded_folders_are_not_entered(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav")
    write_sound(tmp_path / "ours" / "b.wav")
    assert places(tmp_path, (tmp_path / "ours",)) == ["a.wav"]


def test_outside_the_library_places_are_absolute_and_hints_are_not(tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "Packs" / "Kit" / "a.wav")
    scan = scan_folder(tmp_path / "Packs", raw_root=tmp_path / "raw", excluded=())
    assert [(found.location, found.hint_path) for found in scan.files] == [
        (str(sound), "Packs/Kit/a.wav")
    ]


def test_sounds_of_kinds_that_are_not_read_are_counted(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.m4a")
    scan = scan_folder(tmp_path, raw_root=tmp_path, excluded=())
    assert scan.files == []
    assert scan.notes() == [
        "1 files are of kinds that are not read (m4a, wma ...; ffmpeg, once installed, reads most)"
    ]


def test_with_a_second_decoder_they_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.touch(mode=0o755)
    write_sound(tmp_path / "raw" / "a.M4A")
    write_sound(tmp_path / "raw" / "a.rx2")

    def found() -> tuple[int, int]:
        raw = tmp_path / "raw"
        scan = scan_folder(raw, raw_root=raw, excluded=(), endings=readable_endings())
        return len(scan.files), scan.other_audio

    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert found() == (0, 2)
    monkeypatch.setenv("PATH", str(program.parent))
    assert found() == (1, 1)


def test_a_folder_that_may_not_be_read_is_told_and_the_others_are_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.wav", "closed/b.wav", "closed/inner/c.wav", "open/d.wav"):
        write_sound(tmp_path / name)
    refuse_to_list(tmp_path / "closed", monkeypatch)
    scan = scan_folder(tmp_path, raw_root=tmp_path, excluded=())
    assert [found.location for found in scan.files] == ["a.wav", "open/d.wav"]
    assert scan.unread == [tmp_path / "closed"]
    assert scan.notes() == [f"the folder {tmp_path / 'closed'} may not be read"]
    assert "Permission denied" in caplog.text


class ListedOnly:
    """An entry of a folder that may be listed but not entered."""

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self.name, self.path = entry.name, entry.path
        self.is_dir, self.is_symlink = entry.is_dir, entry.is_symlink

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.path)


def test_a_folder_whose_files_may_not_be_looked_at_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("closed/a.wav", "closed/b.wav", "open/c.wav"):
        write_sound(tmp_path / name)
    scandir = os.scandir

    @contextmanager
    def listing(path: Path) -> Iterator[Iterator[os.DirEntry[str] | ListedOnly]]:
        with scandir(path) as entries:
            yield map(ListedOnly, entries) if path == tmp_path / "closed" else entries

    monkeypatch.setattr(os, "scandir", listing)
    scan = scan_folder(tmp_path, raw_root=tmp_path, excluded=())
    assert [found.location for found in scan.files] == ["open/c.wav"]
    assert scan.unread == [tmp_path / "closed"]


def test_a_file_that_goes_during_the_walk_is_gone_and_the_walk_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        write_sound(tmp_path / name)
    scandir = os.scandir

    @contextmanager
    def listing(path: Path) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(path) as entries:
            listed = list(entries)
        (tmp_path / "b.wav").unlink()
        yield listed

    monkeypatch.setattr(os, "scandir", listing)
    with caplog.at_level(logging.INFO):
        scan = scan_folder(tmp_path, raw_root=tmp_path, excluded=())
    assert [found.location for found in scan.files] == ["a.wav", "c.wav"]
    assert scan.unread == []
    assert f"{tmp_path / 'b.wav'} went" in caplog.text
