"""Small sound files and a look at the tables, for tests of imports."""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from src.db.database import Database
from src.db.models import Base


def write_sound(path: Path, *, seed: int = 0, length_s: float = 0.05, level: float = 0.3) -> Path:
    """A short stereo noise burst at 48 kHz, another one for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).uniform(-level, level, (round(length_s * 48_000), 2))
    with path.open("wb") as file:
        soundfile.write(file, noise, 48_000, subtype="PCM_24", format="WAV")
    return path


def refuse_to_list(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the system refuse a folder as it does where rights lack, which root never meets."""
    scandir = os.scandir

    def refusing(path: str | os.PathLike[str] = ".") -> Any:
        if os.path.realpath(path) == os.path.realpath(folder):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    patch.setattr(os, "scandir", refusing)


def rows_of(database: Database, table: str, *columns: str) -> list[Any]:
    """Some columns of all rows, sorted; single values where there is one column."""
    requested = [Base.metadata.tables[table].columns[name] for name in columns]
    with database.transaction() as session:
        rows = [tuple(row) for row in session.execute(select(*requested))]
    return sorted(rows) if len(columns) > 1 else sorted(row[0] for row in rows)


def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables, timestamps too."""
    found = {}
    with database.transaction() as session:
        for name, table in Base.metadata.tables.items():
            found[name] = sorted(repr(tuple(row)) for row in session.execute(select(table)))
    return found
