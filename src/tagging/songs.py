"""Songs in a folder, the files that belong to each, and paths from any system."""

import os
import re
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from src.core.errors import InvalidInputError, NotFoundError
from src.storage.atomic import TEMPORARY_PREFIX
from src.storage.paths import shown

SONG_ENDINGS = (
    ".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma",
)  # fmt: skip
STUDIO_FOLDER = ".studio"
"""Folder beside the songs in which the studio keeps what it knows of each."""


@dataclass(frozen=True)
class SongFiles:
    """The files of one song, those that may not be there yet among them.

    prompt, lyrics: of ACE-Step 1; caption, plain_lyrics: of ACE-Step 1.5; record: the studio's
    """

    song: Path

    @property
    def stem(self) -> str:
        """Name without its ending; other songs of that name keep theirs."""
        return self.song.stem

    @property
    def prompt(self) -> Path:
        """Tags, joined by commas."""
        return self.song.with_name(f"{self.stem}_prompt.txt")

    @property
    def lyrics(self) -> Path:
        """Cleaned lyrics."""
        return self.song.with_name(f"{self.stem}_lyrics.txt")

    @property
    def caption(self) -> Path:
        """Tags without tempo and key, which ACE-Step 1.5 takes apart from them."""
        return self.song.with_name(f"{self.stem}.caption.txt")

    @property
    def plain_lyrics(self) -> Path:
        """The same lyrics under the newer name."""
        return self.song.with_name(f"{self.stem}.lyrics.txt")

    @property
    def record(self) -> Path:
        """What is known of the song, with the source of each field."""
        return self.song.parent / STUDIO_FOLDER / f"{self.song.name}.json"


def songs_in(folder: Path) -> list[SongFiles]:
    """List the songs of a folder by name; folders within it are left out.

    Raises NotFoundError for no folder, InvalidInputError where two songs of one stem would
    share their texts ("a.wav" and "a.mp3").
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {shown(folder)}")
    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SONG_ENDINGS
        and path.is_file()
        and not path.name.startswith((TEMPORARY_PREFIX, "."))
    )
    stems: dict[str, Path] = {}
    for path in found:
        known = stems.setdefault(path.stem.casefold(), path)
        if known != path:
            raise InvalidInputError(
                f"songs of one name would share their texts: {shown(known.name)} and"
                f" {shown(path.name)}"
            )
    return [SongFiles(path) for path in found]


def understood_path(text: str, *, windows: bool = os.name == "nt") -> Path:
    r"""Read a path as people of any system write it: ``data\audio``, ``C:\songs``, ``./x``.

    windows: whether this system is one. Elsewhere backslashes part folders, and a drive is looked
        for where Windows' drives are mounted (``/mnt/c``). Not run on Windows so far.

    Raises InvalidInputError for an empty path, and for a drive that this system does not have.
    """
    bare = text.strip().strip("\"'")
    if not bare or "\0" in bare:
        raise InvalidInputError(f"a path must not be empty or hold NUL, got {text!r}")
    if windows or ("\\" not in bare and not re.match(r"[A-Za-z]:", bare)):
        return Path(bare).expanduser()
    path = PureWindowsPath(bare)
    if not path.drive:
        return Path(path.as_posix()).expanduser()
    mounted = Path("/mnt") / path.drive[0].lower()
    if len(path.drive) != 2 or not mounted.is_dir():
        raise InvalidInputError(f"this system has no drive {path.drive!r}, got {text!r}")
    return mounted.joinpath(*path.parts[1:])
