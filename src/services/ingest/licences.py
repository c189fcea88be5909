"""What the licence files of a kit say, for stems that say nothing themselves."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from src.db.database import Database
from src.db.rows import imports
from src.services.ingest.kits import kit_path
from src.storage.licence_texts import (
    LicenceText,
    is_licence_folder,
    is_licence_text,
    read_licence_text,
    reading_order,
)
from src.storage.paths import path_of, printable


@dataclass
class KitLicences:
    """Reads the texts of each folder once.

    raw: the folder that relative places start from; its own texts are of no kit
    source: the folder that is imported, if another one; above it nothing is asked
    """

    raw: Path
    source: Path | None = None
    _known: dict[str, tuple[LicenceText, ...]] = field(default_factory=dict)

    def of(self, location: str) -> str | None:
        """Read what the nearest texts say, from the file's folder up to the library's.

        A licence that is stated of the very sound comes first, as Freesound's packs tell it; then
        what a licence file says; then a line of a readme that names a licence. A folder that only
        holds licences speaks for the one it lies in. None where nothing can be read.
        """
        name = PurePosixPath(location).stem
        for folder in self._folders(location):
            if folder not in self._known:
                self._known[folder] = tuple(_texts_for(path_of(folder, self.raw)))
            texts = self._known[folder]
            said = [text.of(name) for text in texts] + [text.of_all for text in texts]
            found = next((licence for licence in said if licence is not None), None)
            if found is not None:
                return found
        return None

    def _folders(self, location: str) -> Iterator[str]:
        """Return the folders above a file, the nearest first; outside up to kit and source."""
        above = [folder.as_posix() for folder in PurePosixPath(location).parents]
        if not location.startswith("/"):
            yield from above[:-1]
            return
        tops = [kit_path(location), None if self.source is None else _real(self.source)]
        yield from above[: max(above.index(top) for top in tops if top in above) + 1]


def _real(folder: Path) -> str:
    return printable(Path(os.path.realpath(folder)).as_posix())


def add_late_licences(database: Database, licences: KitLicences) -> int:
    """Give stems without a licence what a text says that came after them; to how many."""
    with database.transaction() as session:
        waiting = imports.without_licence(session)
    found = {
        stem: licence
        for stem, location in waiting
        if (licence := licences.of(location)) is not None
    }
    if found:
        with database.transaction() as session:
            return imports.put_licences(session, found)
    return 0


def _texts_for(folder: Path) -> Iterator[LicenceText]:
    """Return what the texts of a folder say, licences before readmes, then its licence folders."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError:
        return  # gone or not to be entered: it says nothing
    yield from _read(path for path in entries if is_licence_text(path.name))
    for inner in entries:
        if is_licence_folder(inner.name) and inner.is_dir() and not inner.is_symlink():
            yield from _read(_inner_texts(inner))


def _inner_texts(folder: Path) -> Iterator[Path]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    yield from (path for path in entries if is_licence_text(f"{folder.name}/{path.name}"))


def _read(paths: Iterable[Path]) -> Iterator[LicenceText]:
    for path in sorted(paths, key=lambda path: reading_order(path.name)):
        yield read_licence_text(path)
