"""Walking a folder for sounds: nothing on the disk may hang or stop the walk."""

import logging
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from src.music.evidence.name_shapes import without_variants
from src.storage.paths import library_path, printable, shown
from src.storage.second_decoder import second_decoder

log = logging.getLogger(__name__)

ENDINGS = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga",
    ".opus", ".mp3", ".mp2", ".caf", ".au", ".snd",
)  # fmt: skip
"""File name endings that are looked into; what a file really is, its content says."""

FOREIGN_ENDINGS = (
    ".m4a", ".m4b", ".m4r", ".aac", ".alac", ".wma", ".ape", ".wv", ".tta", ".mpc", ".tak", ".dsf",
    ".dff", ".amr", ".mka", ".weba", ".webm", ".spx", ".ac3", ".3ga",
)  # fmt: skip
"""Endings that are looked into where there is a second decoder; else they are counted."""

OTHER_AUDIO = (*FOREIGN_ENDINGS, ".rx2", ".rex", ".mp4")
"""Endings of sounds; the report counts those that are not read."""


Stamps = frozenset[tuple[str, int, int]]
"""Where each file lies, its bytes and its time."""


def readable_endings() -> tuple[str, ...]:
    """Return endings of the files that an import looks into on this machine."""
    return ENDINGS if second_decoder() is None else ENDINGS + FOREIGN_ENDINGS


@dataclass(frozen=True)
class FoundFile:
    """A file that may be a sound.

    place: how the database writes its path; hint_path: its name with the folders that may
    give hints, never those above the library
    size_bytes, modified_ns: of what a link points to, of the link itself where it dangles
    """

    path: Path
    location: str
    hint_path: str
    size_bytes: int
    modified_ns: int

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and time: as long as they stay, the file counts as the same."""
        return (self.size_bytes, self.modified_ns)


@dataclass
class Scan:
    """What a walk found, in the order of places.

    unread: folders that can't be read in whole; what was known below them may still be there
    """

    files: list[FoundFile] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)
    other_audio: int = 0
    folder_links: int = 0

    def notes(self) -> list[str]:
        """Put in words what the user should know."""
        reported = [f"the folder {shown(path)} may not be read" for path in self.unread]
        if self.other_audio:
            kinds = "of kinds that are not read (m4a, wma ...; ffmpeg, once installed, reads most)"
            reported.append(f"{self.other_audio} files are {kinds}")
        if self.folder_links:
            reported.append(f"{self.folder_links} links to folders were not followed")
        return reported


def scan_folder(
    folder: Path,
    *,
    raw_root: Path,
    excluded: Sequence[Path],
    endings: Sequence[str] = ENDINGS,
) -> Scan:
    """List all files below ``folder`` whose ending is that of a sound, sorted.

    excluded: folders of our own that may lie inside and are never entered
    endings: what is looked into; other endings of sounds are counted

    Hidden files and folders, links to folders, links to files that are found anyway, pipes,
    sockets and devices are left out. A dangling link is kept, so that it can be reported.
    What the disk refuses is noted as unread, and the walk goes on.
    """
    scan = Scan()
    walk = _Walk(_real(folder), _real(raw_root), frozenset(endings))
    closed = {_real(path) for path in excluded} - {walk.folder}
    waiting = [walk.folder]
    while waiting:
        folder = waiting.pop()
        for entry in _entries(folder, scan):
            try:
                if not entry.is_dir(follow_symlinks=False):
                    _look_at(entry, scan, walk)
                elif Path(entry.path) not in closed:
                    waiting.append(Path(entry.path))
            except FileNotFoundError:
                log.info("%s went while its folder was being read", shown(entry.path))
            except OSError as error:
                _leave_unread(folder, error, scan)
    scan.files.sort(key=lambda found: found.location)
    plain = without_variants(found.hint_path for found in scan.files)
    scan.files = [replace(found, hint_path=plain[found.hint_path]) for found in scan.files]
    return scan


@dataclass(frozen=True)
class _Walk:
    """Where the walk started and where the library lies, both without links in their paths.

    endings: of files that are looked into
    """

    folder: Path
    raw_root: Path
    endings: frozenset[str]

    def hint_path(self, path: Path) -> str:
        """Cut a path to what lies below the library, or below the parent of the walked folder."""
        inside = path.is_relative_to(self.raw_root)
        root = self.raw_root if inside else self.folder.parent
        return printable(path.relative_to(root).as_posix())

    def finds(self, target: Path) -> bool:
        """Tell whether a file has a place of its own in the folders that are walked."""
        for root in (self.folder, self.raw_root):
            if target.is_relative_to(root):
                return not any(part.startswith(".") for part in target.relative_to(root).parts)
        return False


def _entries(folder: Path, scan: Scan) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        _leave_unread(folder, error, scan)
        return []


def _leave_unread(folder: Path, error: OSError, scan: Scan) -> None:
    """Note a folder once, however many of its files can't be looked at."""
    if scan.unread[-1:] != [folder]:
        log.warning("the folder %s can't be read: %s", shown(folder), error)
        scan.unread.append(folder)


def _look_at(entry: os.DirEntry[str], scan: Scan, walk: _Walk) -> None:
    ending = os.path.splitext(entry.name)[1].strip().lower()
    scan.other_audio += ending in OTHER_AUDIO and ending not in walk.endings
    state = _state(entry)
    if stat.S_ISDIR(state.st_mode):
        scan.folder_links += 1
        return
    dangling = stat.S_ISLNK(state.st_mode)
    if ending not in walk.endings or not (stat.S_ISREG(state.st_mode) or dangling):
        return
    path = Path(entry.path)
    if entry.is_symlink() and not dangling and walk.finds(_real(path)):
        return
    scan.files.append(
        FoundFile(
            path=path,
            location=library_path(path, walk.raw_root),
            hint_path=walk.hint_path(path),
            size_bytes=state.st_size,
            modified_ns=state.st_mtime_ns,
        )
    )


def _state(entry: os.DirEntry[str]) -> os.stat_result:
    """Read the state of what a link points to; of the link itself where that is not there."""
    try:
        return entry.stat()
    except OSError:
        return entry.stat(follow_symlinks=False)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
