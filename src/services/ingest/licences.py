"""What the licence files of a kit say, for stems that say nothing themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from src.core.errors import UnreadableAudioError
from src.services.ingest.kits import kit_path
from src.storage.files import open_regular
from src.storage.paths import path_of

FILE_NAMES = tuple(
    f"{name}{ending}"
    for name in ("LICENSE", "LICENCE", "COPYING")
    for ending in (".txt", "", ".md")
)
"""What a licence's file is called, by precedence."""

MAX_CHARACTERS = 200

_READ_BYTES = 4_096


@dataclass
class KitLicences:
    """Reads each kit's licence once. raw: the folder that relative places start from."""

    raw: Path
    _known: dict[str, str | None] = field(default_factory=dict)

    def of(self, place: str) -> str | None:
        """The first line of the nearest licence file, from the file's folder up to its kit.

        None where there is none, or none that can be read.
        """
        for folder in _folders(place):
            if folder not in self._known:
                self._known[folder] = _told_in(path_of(folder, self.raw))
            if self._known[folder] is not None:
                return self._known[folder]
        return None


def _folders(place: str) -> Iterator[str]:
    kit = kit_path(place)
    if kit is None:
        return
    for folder in PurePosixPath(place).parents:
        yield folder.as_posix()
        if folder.as_posix() == kit:
            return


def _told_in(folder: Path) -> str | None:
    for name in FILE_NAMES:
        try:
            with open_regular(folder / name) as file:
                text = file.read(_READ_BYTES).decode("utf-8-sig", errors="replace")
        except UnreadableAudioError:
            continue  # not there, or nothing that a licence could be read from
        for line in text.splitlines():
            words = " ".join("".join(s if s.isprintable() else " " for s in line).split())
            if words.strip("#*=- "):
                return words.strip("#*=- ")[:MAX_CHARACTERS]
    return None
