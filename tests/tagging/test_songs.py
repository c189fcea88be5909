from pathlib import Path

import pytest

from src.core.errors import InvalidInputError, NotFoundError
from src.tagging.songs import SongFiles, songs_in, understood_path


def test_songs_are_listed_by_name_without_texts_and_unfinished_files(tmp_path: Path) -> None:
    for name in ("b.MP3", "a.wav", "a_prompt.txt", ".part-1-1.wav", "notes.md"):
        (tmp_path / name).write_bytes(b"")
    assert [files.song.name for files in songs_in(tmp_path)] == ["a.wav", "b.MP3"]


def test_two_songs_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.wav", "A.mp3"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(InvalidInputError, match="share their texts"):
        songs_in(tmp_path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        songs_in(tmp_path / "x")


def test_texts_lie_beside_their_song() -> None:
    files = SongFiles(Path("d/My.Song v1.2.mp3"))
    assert [path.as_posix() for path in (files.prompt, files.lyrics, files.caption)] == [
        "d/My.Song v1.2_prompt.txt", "d/My.Song v1.2_lyrics.txt", "d/My.Song v1.2.caption.txt",
    ]  # fmt: skip


def test_backslashes_part_folders_on_every_system() -> None:
    assert understood_path(r"data\audio", windows=False) == Path("data/audio")
    assert understood_path('"data/audio" ', windows=False) == Path("data/audio")
    assert understood_path(r"data\audio", windows=True) == Path(r"data\audio")


@pytest.mark.parametrize("text", ["", "  ", "a\0b", r"Q:\songs", r"\\server\share\x"])
def test_paths_that_this_system_cannot_have_are_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        understood_path(text, windows=False)
