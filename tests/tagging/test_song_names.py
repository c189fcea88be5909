import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.tagging.song_names import SongName, read_song_name


@pytest.mark.parametrize(
    ("name", "title", "artist"),
    [
        ("track_01_x.mp3", "x", ""),
        ("Song_93.mp3", "Song 93", ""),
        ("bpm120_key_Am_dark.wav", "dark", ""),
        ("01 - Artist - Title (feat. X).flac", "Title", "Artist"),
        ("Artist - Title [Official Video].mp3", "Title", "Artist"),
        ("03. Nachtfahrt.ogg", "Nachtfahrt", ""),
        ("Die_Band_-_Das_Lied_128bpm_F#m.wav", "Das Lied", "Die Band"),
        (r"C:\Musik\Band ft. Gast - Lied.mp3", "Lied", "Band"),
        ("1979.mp3", "1979", ""),
        ("24 Hours.mp3", "24 Hours", ""),
        ("07 Regen.mp3", "Regen", ""),
        ("(untitled).wav", "(untitled)", ""),
    ],
)
def test_title_and_artist_are_read_from_the_name(name: str, title: str, artist: str) -> None:
    found = read_song_name(name)
    assert (found.title, found.artist) == (title, artist)


def test_numbers_that_count_are_no_tempo() -> None:
    for name in ("track_01_x.mp3", "Song_93.mp3", "01 - Artist - Title.flac", "1 bpm.wav"):
        assert read_song_name(name).bpm is None


def test_tempo_and_key_are_read_where_they_are_stated() -> None:
    found = read_song_name("bpm120_key_Am_dark.wav")
    assert (found.bpm, found.key) == (120.0, "Am")
    found = read_song_name("x/Band - Lied 92.5 bpm Eb minor.flac")
    assert (found.bpm, found.key, found.artist) == (92.5, "Ebm", "Band")


def test_guests_are_named_apart() -> None:
    assert read_song_name("01 - Artist - Title (feat. X).flac").featured == "X"
    assert read_song_name("01 - Artist - Title (feat. X).flac").number == 1


def test_tags_beat_the_name() -> None:
    tags = {"TITLE": "True (feat. Y) [HD]", "ARTIST": "Her", "BPM": "93", "INITIALKEY": "8A"}
    assert read_song_name("02 - wrong 120bpm Cmaj.mp3", tags) == SongName(
        "True", "Her", featured="Y", bpm=93.0, key="Am", number=2
    )


def test_tags_that_make_no_sense_leave_the_name() -> None:
    found = read_song_name("a 120bpm.mp3", {"BPM": "0", "INITIALKEY": "loud", "TITLE": " "})
    assert (found.title, found.bpm, found.key) == ("a", 120.0, None)


@given(st.text(max_size=40))
def test_any_name_gives_a_title_without_a_line_end(name: str) -> None:
    found = read_song_name(name + "x.mp3")
    assert found.title.strip()
    assert len(found.title.splitlines()) == 1
