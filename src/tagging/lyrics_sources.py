"""Where a song's lyrics come from: files beside it, the file itself, then Genius if allowed."""

from pathlib import Path

from src.core.errors import InvalidInputError
from src.storage.files import open_regular
from src.storage.tags import read_embedded_lyrics
from src.tagging.genius import Genius, Lyrics
from src.tagging.lyrics_text import INSTRUMENTAL, clean_lyrics, is_instrumental, lyrics_of_lrc
from src.tagging.song_names import SongName
from src.tagging.texts import read_text
from src.tagging.whitelist import plain

_NO_LYRICS = frozenset({
    "lyrics not found", "no lyrics found", "not found", "no lyrics", "none", "n a", "404", "",
    "keine lyrics gefunden", "nicht gefunden", "songtext nicht gefunden",
})  # fmt: skip
"""What other tools write where they found nothing, in plain spelling."""


def find_lyrics(song: Path, name: SongName, genius: Genius | None = None) -> Lyrics:
    """Find a song's lyrics: ``.lrc`` and ``.txt`` beside it, within it, then on Genius.

    Raises UnreadableAudioError where the song itself can't be opened.
    """
    local = local_lyrics(song)
    if local is not None:
        return local
    if genius is None:
        return Lyrics("off", reason="no lyrics beside the song or in it; nobody else was asked")
    return genius.find(name.title, name.artist)


def local_lyrics(song: Path) -> Lyrics | None:
    """Find lyrics beside a song or in its tags; None where there are none."""
    for ending in (".lrc", ".txt"):
        path = song.with_suffix(ending)
        if path.is_file() and path != song:
            found = _stated(_readable(path), "file", timed=ending == ".lrc")
            if found is not None:
                return found
    with open_regular(song) as file:
        embedded = read_embedded_lyrics(file)
    return _stated(embedded, "embedded", timed=True)


def _readable(path: Path) -> str:
    try:
        return read_text(path)
    except InvalidInputError:
        return ""  # A cover or a log of that name holds no lyrics.


def _stated(text: str, source: str, *, timed: bool) -> Lyrics | None:
    clean = lyrics_of_lrc(text) if timed else clean_lyrics(text)
    bare = plain(clean.strip("[](){}!.*: "))
    if not clean or bare in _NO_LYRICS:
        return None
    if is_instrumental(clean) or bare == "instrumental":
        return Lyrics("instrumental", INSTRUMENTAL, source)
    return Lyrics("found", clean, source)
