"""Where a track lies: its name by time, and the description beside it."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from src.core.errors import ConflictError
from src.storage.atomic import TEMPORARY_PREFIX, write_json
from src.storage.paths import library_path

MAX_SAME_SECOND = 10_000


@contextmanager
def rendering_file(folder: Path) -> Iterator[Path]:
    """A hidden name in the folder for a track that is still being rendered.

    Whoever finishes the track moves it to its own name; what still lies there at the end,
    also on an exception, is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}.wav"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def reserved_track(folder: Path, moment: datetime) -> Iterator[Path]:
    """A WAV name below the folder that nobody else has, such as 20261121_150000.wav.

    moment: in UTC. A second track of the same second ends in _2, also when another
    process names it. On an exception neither the WAV nor its description stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _reserve(folder, f"{moment:%Y%m%d_%H%M%S}")
    try:
        yield path
    except BaseException:
        path.unlink(missing_ok=True)
        sidecar_of(path).unlink(missing_ok=True)
        raise


@contextmanager
def chosen_track(path: Path) -> Iterator[Path]:
    """A place that the user chose; what lay there is replaced only by a whole track."""
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
    """The description beside a track: the same name with .json."""
    return path.with_suffix(".json")


def exports_of(path: Path) -> Path:
    """The folder beside a track that holds its exports."""
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
    """How a track's place is told: relative to the home, or absolute outside of it."""
    return library_path(path, home)


def _reserve(folder: Path, name: str) -> Path:
    """Create an empty file under the first free name; its creation is the reservation."""
    for number in count(1):
        path = folder / (f"{name}.wav" if number == 1 else f"{name}_{number}.wav")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError as error:
            if number >= MAX_SAME_SECOND:
                raise ConflictError(f"no free name {name}_N.wav in {folder}") from error
            continue
        return path
    raise AssertionError("count() never ends")
