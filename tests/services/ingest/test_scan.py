"""Walking a folder that holds anything at all."""

import os
from pathlib import Path

from src.services.ingest.scan import scan_folder
from src.storage.paths import path_of
from tests.services.library_files import write_sound


def places(folder: Path, excluded: tuple[Path, ...] = ()) -> list[str]:
    """What a walk of the whole library finds."""
    return [found.place for found in scan_folder(folder, raw_root=folder, excluded=excluded).files]


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
    assert [found.place for found in scan.files] == ["dangling.wav", "linked.wav", "real.wav"]
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
    assert [(found.place, found.hint_path) for found in scan.files] == [
        (str(sound), "Packs/Kit/a.wav")
    ]


def test_sounds_of_kinds_that_are_not_read_are_counted(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.m4a")
    scan = scan_folder(tmp_path, raw_root=tmp_path, excluded=())
    assert scan.files == []
    assert scan.notes() == ["1 files are of kinds that are not read (m4a, wma ...)"]
