"""What the licence files of a kit say, for stems that say nothing themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from src.core.errors import UnreadableAudioError
from src.services.ingest.kits import kit_path
from src.storage.files import open_regular
from src.storage.paths import path_of

MAX_CHARACTERS = 200
LARGEST_FILE = 1 << 20
"""Bytes of a licence or readme that is kept."""

_READ_BYTES = 262_144
_ENDINGS = ("", ".txt", ".md", ".rst", ".nfo")
_NAMED = re.compile(r"licen[cs]e|copying|copyright|lizenz|terms", re.I)
_ABOUT = re.compile(r"read[ _-]?me|lies[ _-]?mich|credits|attribution", re.I)
_SOUND = re.compile(r"[\w@#%&+=,.!()\[\]' -]+\.(?:wav|aiff?|flac|ogg|mp3|m4a|caf)\b", re.I)
_STATED = re.compile(r"^(?:sound )?(?:licen[cs]e|lizenz)(?: type)?\s*[:=]\s*(\S.*)$", re.I)
_KNOWN = re.compile(
    r"creative commons|\bcc[ -]?(?:0|by)\b|public domain|royalty[ -]free|gemeinfrei"
    r"|all rights reserved|licen[cs]ed under",
    re.I,
)
_BOM = "\ufeff"


@dataclass(frozen=True)
class _FolderLicences:
    """What the texts of a folder say: of each sound by its name without ending, and of all."""

    by_sound: dict[str, str]
    of_all: str | None


@dataclass
class KitLicences:
    """Reads each kit's licence once. raw: the folder that relative places start from."""

    raw: Path
    _known: dict[str, _FolderLicences] = field(default_factory=dict)

    def of(self, location: str) -> str | None:
        """Read what the nearest texts say, from the file's folder up to its kit.

        A licence that is reported of the very sound comes first, as Freesound's packs tell it; then
        the first line of a licence file; then a line of a readme that names a licence. None
        where there is none, or none that can be read.
        """
        name = PurePosixPath(location).stem.casefold()
        for folder in _folders(location):
            if folder not in self._known:
                self._known[folder] = _licences_in(path_of(folder, self.raw))
            stated = self._known[folder]
            found = stated.by_sound.get(name, stated.of_all)
            if found is not None:
                return found
        return None


_LEGAL_CODE = "creative commons legal code"
"""Heads every text of theirs; the name of the licence follows."""


def is_licence_text(name: str) -> bool:
    """Tell whether a file is called like a licence or a readme, and is a text."""
    path = PurePosixPath(name)
    named = _NAMED.search(path.stem) or _ABOUT.search(path.stem)
    return path.suffix.lower() in _ENDINGS and bool(named)


def _folders(location: str) -> Iterator[str]:
    kit = kit_path(location)
    if kit is None:
        return
    for folder in PurePosixPath(location).parents:
        yield folder.as_posix()
        if folder.as_posix() == kit:
            return


def _licences_in(folder: Path) -> _FolderLicences:
    """Return what the texts of a folder say, licences before readmes."""
    by_sound: dict[str, str] = {}
    of_all: list[str] = []
    for path in _texts(folder):
        lines = _lines(path)
        listed = dict(_per_sound(lines))
        by_sound = listed | by_sound
        if listed:
            continue
        is_licence = bool(_NAMED.search(path.stem))
        of_all += [
            line for line in lines if is_licence or _STATED.match(line) or _KNOWN.search(line)
        ]
    return _FolderLicences(by_sound, _value(of_all[0]) if of_all else None)


def _texts(folder: Path) -> list[Path]:
    """Return licences and readmes of a folder, the plainest name of a licence first."""
    try:
        found = [path for path in folder.iterdir() if is_licence_text(path.name)]
    except OSError:
        return []  # gone or not to be entered: it says nothing
    return sorted(
        found,
        key=lambda path: (not _NAMED.search(path.stem), bool(_ABOUT.search(path.stem)),
                          path.suffix.lower() != ".txt", len(path.name), path.name),
    )  # fmt: skip


def _lines(path: Path) -> list[str]:
    """Return lines that say something, without marks of lists and headings."""
    try:
        with open_regular(path) as file:
            data = file.read(_READ_BYTES)
    except UnreadableAudioError:
        return []  # nothing that a licence could be read from
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    plain = (
        " ".join("".join(s if s.isprintable() else " " for s in line).split()).strip("#*=- ")
        for line in text.removeprefix(_BOM).splitlines()
    )
    return [line for line in plain if line and line.casefold() != _LEGAL_CODE]


def _per_sound(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Return each sound that a list names, with the licence that is stated behind it."""
    sound: str | None = None
    for line in lines:
        if match := _SOUND.fullmatch(line):
            sound = PurePosixPath(match[0]).stem.casefold()
        elif sound is not None and (stated := _STATED.match(line)):
            yield sound, stated[1][:MAX_CHARACTERS]
            sound = None


def _value(line: str) -> str:
    match = _STATED.match(line)
    return (match[1] if match else line)[:MAX_CHARACTERS]
