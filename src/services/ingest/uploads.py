"""Files from outside: taken in piece by piece, and put among the construction kits."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self
from uuid import uuid4

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.db import crud
from src.db.database import Database
from src.services.ingest.kits import only_sorts
from src.services.ingest.scan import readable_endings
from src.storage.fingerprint import content_hash
from src.storage.licence_texts import LARGEST_FILE, is_licence_text
from src.storage.paths import library_path, path_of, safe_name
from src.storage.zips.reading import ZipLimits, extract_zip

MAX_FILES = 10_000
"""Most files of one upload, a zip's members not counted."""

_INCOMING = ".incoming-"
_STALE_S = 24 * 3600.0
_BAD_FOLDER = re.compile(r"^(\.\.?|[A-Za-z]:)$")


class UploadTooLargeError(InvalidInputError):
    """More bytes than the settings allow."""

    code = "upload_too_large"


@dataclass(frozen=True)
class UploadOutcome:
    """What became of one file.

    status: "known" when the same content is there already; nothing was stored then
    path: below the raw folder; None for a refused file
    reason: of a refusal, as a short name
    """

    name: str
    status: Literal["accepted", "known", "refused"]
    path: str | None = None
    size_bytes: int = 0
    stem_id: str | None = None
    reason: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class _Arrived:
    """A file that came in whole. name: as it was sent."""

    name: str
    file: Path
    size_bytes: int
    digest: str


class UploadBatch:
    """The files of one upload, on their way in.

    They gather in a hidden folder of the raw folder (on the same disk, where no import
    looks), and move to their places at :meth:`finish`. Closing removes what has not moved.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._root = settings.raw_path
        self._limit_bytes = settings.max_upload_mb * 1_000_000
        self._folder = self._root / f"{_INCOMING}{uuid4().hex}"
        self._arrived: list[_Arrived] = []
        self._taken_bytes = 0
        self._unpacked_bytes = 0
        self._name = ""
        self._sink: IO[bytes] | None = None
        self._digest = hashlib.sha256()
        self._folder.mkdir(parents=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what has not moved to its place."""
        if self._sink is not None:
            self._sink.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_file(self, name: str) -> None:
        """Begin the next file."""
        if len(self._arrived) >= MAX_FILES:
            raise UploadTooLargeError(f"an upload may have {MAX_FILES} files")
        self._name = name
        self._digest = hashlib.sha256()
        self._sink = (self._folder / f"{len(self._arrived)}").open("xb")

    def write(self, data: bytes) -> None:
        """Take the next bytes of the present file. Raises UploadTooLargeError."""
        assert self._sink is not None, "start_file comes before write"
        self._taken_bytes += len(data)
        if self._taken_bytes > self._limit_bytes:
            raise UploadTooLargeError(
                f"an upload may have {self._limit_bytes // 1_000_000} MB (MAX_UPLOAD_MB)"
            )
        self._digest.update(data)
        self._sink.write(data)

    def end_file(self) -> None:
        """End the present file."""
        assert self._sink is not None, "start_file comes before end_file"
        size = self._sink.tell()
        self._sink.flush()
        os.fsync(self._sink.fileno())
        self._sink.close()
        file = self._folder / f"{len(self._arrived)}"
        self._arrived.append(_Arrived(self._name, file, size, self._digest.hexdigest()))
        self._sink = None

    def finish(self, kit: str | None) -> list[UploadOutcome]:
        """Put everything in its place; what became of each file, zips member by member.

        kit: name of the folder that the files go to; None leaves them where their own
            folders say, and a zip in a folder of its name
        """
        folder = safe_name(kit) if kit else ""
        outcomes: list[UploadOutcome] = []
        for number, arrived in enumerate(self._arrived):
            if arrived.name.lower().endswith(".zip"):
                outcomes += self._unpack(arrived, folder, self._folder / f"zip-{number}")
            else:
                outcomes.append(self._location(arrived, folder, inner_parts(arrived.name)))
        return outcomes

    def _unpack(self, arrived: _Arrived, kit: str, scratch: Path) -> list[UploadOutcome]:
        left_out: list[str] = []

        def is_taken(name: str) -> bool:
            if not _is_taken(name):
                left_out.append(name)
            return _is_taken(name)

        scratch.mkdir()
        try:
            limits = ZipLimits(total_bytes=self._limit_bytes - self._unpacked_bytes)
            files = sorted(extract_zip(arrived.file, scratch, limits=limits, wanted=is_taken))
        except InvalidInputError as error:
            return [_refused(arrived, "bad_archive", error.message)]
        self._unpacked_bytes += sum(file.stat().st_size for file in files)
        if not any(_is_sound(file.name) for file in files):
            return [_refused(arrived, "no_audio", "the archive holds no sound")]
        parts = [file.relative_to(scratch).parts for file in files]
        shared = len({part[0] for part in parts}) == 1 and all(len(part) > 1 for part in parts)
        named = shared and not only_sorts(parts[0][0])
        folder = kit or ("" if named else safe_name(arrived.name[: -len(".zip")]))
        outcomes = []
        for file, inner in zip(files, parts, strict=True):
            name = f"{arrived.name}/{'/'.join(inner)}"
            member = _Arrived(name, file, file.stat().st_size, content_hash(file))
            outcomes.append(self._location(member, folder, inner[1:] if kit and named else inner))
        refused = (_Arrived(f"{arrived.name}/{name}", arrived.file, 0, "") for name in left_out)
        return outcomes + [_refused(item, *_not_taken()) for item in refused]

    def _location(self, arrived: _Arrived, kit: str, inner: tuple[str, ...]) -> UploadOutcome:
        if not _is_taken("/".join(inner)):
            return _refused(arrived, *_not_taken())
        if not _is_sound(inner[-1]) and arrived.size_bytes > LARGEST_FILE:
            return _refused(arrived, "too_big", f"a text may have {LARGEST_FILE} bytes")
        if arrived.size_bytes == 0:
            return _refused(arrived, "empty", "the file has no bytes")
        folder = self._root.joinpath(*([kit] if kit else []), *inner[:-1])
        known = self._known(arrived, folder)
        if known is not None:
            return known
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            return _refused(arrived, "name_taken", "one of its folders is the name of a file")
        target = _placed(arrived, folder / inner[-1])
        path = library_path(target.file, self._root)
        status: Literal["accepted", "known"] = "accepted" if target.is_new else "known"
        return UploadOutcome(arrived.name, status, path, arrived.size_bytes)

    def _known(self, arrived: _Arrived, folder: Path) -> UploadOutcome | None:
        """Find the stem with this content, if it lies in the same folder.

        For the raw folder itself any place will do: such a file belongs to no kit.
        """
        with self._database.transaction() as session:
            stem = crud.stem_of_content(session, arrived.digest)
            locations = [] if stem is None else [p.path for p in stem.locations if not p.missing]
        for location in locations:
            file = path_of(location, self._root)
            if file.is_file() and (folder == self._root or file.parent == folder.absolute()):
                stem_id = None if stem is None else stem.id
                return UploadOutcome(arrived.name, "known", location, arrived.size_bytes, stem_id)
        return None


class UploadService:
    """Opens uploads, and clears away what broken ones left."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def begin(self) -> UploadBatch:
        """Begin a new upload."""
        return UploadBatch(self._database, self._settings)

    def remove_stale(self) -> int:
        """Remove the hidden folders of uploads that died a day ago or more; how many."""
        root = self._settings.raw_path
        if not root.is_dir():
            return 0
        limit = time.time() - _STALE_S
        stale = [path for path in root.glob(f"{_INCOMING}*") if path.stat().st_mtime < limit]
        for path in stale:
            shutil.rmtree(path, ignore_errors=True)
        return len(stale)


def inner_parts(name: str) -> tuple[str, ...]:
    """Return folders and file name of what a client called a file, made safe.

    A name that tries to leave its folder, or is absolute, keeps only its last part.
    """
    parts = [part for part in re.split(r"[/\\]", name) if part]
    if not parts:
        return (safe_name(name),)
    outside = name.startswith(("/", "\\")) or any(_BAD_FOLDER.match(part) for part in parts)
    kept = parts[-1:] if outside else parts
    return tuple(safe_name(part) for part in kept)


def _is_sound(name: str) -> bool:
    return name.lower().endswith(readable_endings())


def _is_taken(name: str) -> bool:
    """Return sounds, and the texts that tell their licence."""
    return _is_sound(name) or is_licence_text(name)


def _not_taken() -> tuple[str, str]:
    """Reason and detail of a file that is no sound by its name."""
    return (
        "unsupported_type",
        f"only {', '.join(sorted(readable_endings()))} , licences and .zip are taken",
    )


def _refused(arrived: _Arrived, reason: str, detail: str) -> UploadOutcome:
    return UploadOutcome(
        arrived.name, "refused", size_bytes=arrived.size_bytes, reason=reason, detail=detail
    )


@dataclass(frozen=True)
class _Target:
    file: Path
    is_new: bool


def _placed(arrived: _Arrived, requested: Path) -> _Target:
    """Move a file to its place or, where that is taken, beside it; never overwrites.

    A file that is there with the same bytes is left as it is.
    """
    for candidate in _candidates(requested):
        if not candidate.exists() and _moved(arrived.file, candidate):
            return _Target(candidate, is_new=True)
        if _holds(candidate, arrived):
            return _Target(candidate, is_new=False)
    raise ConflictError(f"too many files are called {requested.name!r}")


def _holds(file: Path, arrived: _Arrived) -> bool:
    """Tell whether a file has the bytes that arrived."""
    same_size = file.is_file() and file.stat().st_size == arrived.size_bytes
    return same_size and content_hash(file) == arrived.digest


def _candidates(requested: Path) -> Iterator[Path]:
    yield requested
    for number in range(2, MAX_FILES):
        yield requested.with_name(f"{requested.stem} ({number}){requested.suffix}")


def _moved(file: Path, target: Path) -> bool:
    """Move a file unless something is there; whether it was moved."""
    try:
        os.link(file, target)
    except FileExistsError:
        return False
    except OSError:
        return _moved_without_links(file, target)
    file.unlink()
    return True


def _moved_without_links(file: Path, target: Path) -> bool:
    """Reserve the name, then rename over it, for file systems without hard links."""
    try:
        target.open("xb").close()
    except FileExistsError:
        return False
    os.replace(file, target)
    return True
