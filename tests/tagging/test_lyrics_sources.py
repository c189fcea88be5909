from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.tagging.lyrics_sources import find_lyrics
from src.tagging.song_names import SongName

NAME = SongName("a")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "a.flac"
    soundfile.write(path, np.zeros(4_800), 48_000)
    return path


def id3_song(folder: Path, lyrics: str) -> Path:
    """An MP3's tag with unsynchronised lyrics, and no sound."""
    text = b"\x01eng" + "\0".encode("utf-16") + lyrics.encode("utf-16")
    frame = b"USLT" + len(text).to_bytes(4, "big") + b"\0\0" + text
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path = folder / "b.mp3"
    path.write_bytes(b"ID3\x03\0\0" + size + frame + b"\xff\xfb\x90\x00" + bytes(413))
    return path


def test_timed_lyrics_beat_plain_ones(song: Path) -> None:
    song.with_suffix(".lrc").write_text("[00:01.00]One\n", encoding="utf-8")
    song.with_suffix(".txt").write_text("Two", encoding="utf-8")
    found = find_lyrics(song, NAME)
    assert (found.state, found.text, found.source) == ("found", "One", "file")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts_of_any_usual_encoding_are_read(song: Path, encoding: str) -> None:
    song.with_suffix(".txt").write_bytes("Schöne Grüße\r\nvon hier".encode(encoding))
    assert find_lyrics(song, NAME).text == "Schöne Grüße\nvon hier"


def test_lyrics_within_the_file_are_found_with_their_lines(tmp_path: Path) -> None:
    found = find_lyrics(id3_song(tmp_path, "[Chorus]\nEins\nZwei"), NAME)
    assert (found.text, found.source) == ("[chorus]\nEins\nZwei", "embedded")


@pytest.mark.parametrize("marker", ["Lyrics not found", "[no lyrics]", "", "N/A", "\0\0binary"])
def test_the_markers_of_other_tools_are_no_lyrics(song: Path, marker: str) -> None:
    song.with_suffix(".txt").write_text(marker, encoding="utf-8")
    found = find_lyrics(song, NAME)
    assert (found.state, found.text) == ("off", "")


def test_a_file_that_calls_the_song_instrumental_is_believed(song: Path) -> None:
    song.with_suffix(".txt").write_text("(Instrumental)", encoding="utf-8")
    assert find_lyrics(song, NAME).state == "instrumental"
