"""Where a track lies: its name by time, and the description beside it."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from src.core.errors import ConflictError
from src.storage.atomic import TEMPORARY_PREFIX, write_json
from src.storage.paths import library_path

MAX_SAME_SECOND = 10_000


@contextmanager
def rendering_file(folder: Path, track_id: str) -> Iterator[Path]:
    """Choose a hidden name in the folder for a track that is still being rendered.

    Whoever finishes the track moves it, and the description beside it, to their own names;
    what still lies there at the end, also on an exception, is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_unfinished(track_id)}{uuid.uuid4().hex[:8]}.wav"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        sidecar_of(path).unlink(missing_ok=True)


def unfinished_files(folder: Path, track_id: str) -> list[Path]:
    """Return what lies in the folder of renders of a track that are under way or were cut off."""
    return sorted(folder.glob(f"{_unfinished(track_id)}*"))


def _unfinished(track_id: str) -> str:
    return f"{TEMPORARY_PREFIX}{track_id}-"


def free_path(folder: Path, moment: datetime, number: int) -> Path | None:
    """Find the path of the nth track of a second, None where a file lies there.

    moment: in UTC; 20261121_150000.wav is the first of its second, ..._2.wav the second
    """
    if number > MAX_SAME_SECOND:
        raise ConflictError(f"no free name {moment:%Y%m%d_%H%M%S}_N.wav in {folder}")
    name = f"{moment:%Y%m%d_%H%M%S}"
    path = folder / (f"{name}.wav" if number == 1 else f"{name}_{number}.wav")
    return None if path.exists() or sidecar_of(path).exists() else path


@contextmanager
def chosen_track(path: Path) -> Iterator[Path]:
    """Prepare a path that the user chose; what lay there is replaced only by a whole track."""
    if path.is_dir():
        raise ConflictError(f"{path} is a folder: give the name of a WAV file")
    made = [one for one in (path, sidecar_of(path)) if not one.exists()]
    try:
        yield path
    except BaseException:
        for one in made:
            one.unlink(missing_ok=True)
        raise


def sidecar_of(path: Path) -> Path:
    """Name the description beside a track: the same name with .json."""
    return path.with_suffix(".json")


def exports_of(path: Path) -> Path:
    """Name the folder beside a track that holds its exports."""
    return path.with_name(f"{path.stem}_exports")


def remove_exports(path: Path) -> None:
    """Remove the folder of a track's exports, where there is one."""
    folder = exports_of(path)
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def write_sidecar(path: Path, description: dict[str, Any]) -> None:
    """Write the description beside a track."""
    write_json(sidecar_of(path), description)


def shown_path(path: Path, home: Path) -> str:
    """Write a track's path relative to the home, or absolute outside of it."""
    return library_path(path, home)
