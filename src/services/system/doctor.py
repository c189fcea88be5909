"""Looks the house over: can it read, write, store and render here?"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from src.core.config import Settings
from src.core.cores import usable_cores
from src.db import crud
from src.db.database import Database, DatabaseError
from src.db.rows import quarantine
from src.services.tracks.render_store import render_cache

PACKAGES = ("numpy", "scipy", "soundfile", "soxr", "python-stretch", "fastapi", "sqlalchemy")
LOW_DISK_GB = 2.0


@dataclass(frozen=True)
class Check:
    """One finding. ``fail`` means that the engine cannot work, ``warn`` that it may not."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """Run every check; none of them changes anything that lasts."""
    checks: tuple[Callable[[Settings], list[Check]], ...] = (
        _python, _packages, _formats, _folders, _disk, _library, _embedder,
    )  # fmt: skip
    return [finding for check in checks for finding in check(settings)]


def _python(_settings: Settings) -> list[Check]:
    seen = ".".join(str(part) for part in sys.version_info[:3])
    fine = sys.version_info >= (3, 11)
    return [Check("python", "ok" if fine else "fail", f"{seen}, 3.11 or newer is needed")]


def _packages(_settings: Settings) -> list[Check]:
    found = []
    for name in PACKAGES:
        try:
            found.append(Check(name, "ok", version(name)))
        except PackageNotFoundError:
            found.append(Check(name, "fail", "not installed: pip install -r requirements.txt"))
    return found


def _formats(_settings: Settings) -> list[Check]:
    import soundfile

    known = soundfile.available_formats()
    missing = [name for name in ("WAV", "AIFF", "FLAC", "OGG", "MP3", "RF64") if name not in known]
    detail = f"libsndfile {soundfile.__libsndfile_version__}"
    if missing:
        return [Check("audio formats", "warn", f"{detail} cannot read {', '.join(missing)}")]
    return [Check("audio formats", "ok", f"{detail} reads WAV, AIFF, FLAC, OGG, MP3, RF64")]


def _folders(settings: Settings) -> list[Check]:
    named = {
        "kits folder": settings.raw_path,
        "processed folder": settings.processed_path,
        "tracks folder": settings.tracks_path,
    }
    return [Check(name, *_writable(path)) for name, path in named.items()]


def _writable(path: Path) -> tuple[Literal["ok", "warn", "fail"], str]:
    if not path.exists():
        return "warn", f"{path} does not exist yet; it is created when needed"
    try:
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        return "fail", f"cannot write to {path}: {error.strerror}"
    return "ok", str(path.resolve())


def _disk(settings: Settings) -> list[Check]:
    folder = settings.processed_path
    while not folder.exists():
        folder = folder.parent
    free_gb = shutil.disk_usage(folder).free / 1e9
    state: Literal["ok", "warn"] = "ok" if free_gb >= LOW_DISK_GB else "warn"
    return [
        Check("disk", state, f"{free_gb:.1f} GB free"),
        Check("cores", "ok", f"{usable_cores()} cores, {settings.workers or 'all'} used"),
        Check("render cache", "ok", _render_cache(settings)),
    ]


def _render_cache(settings: Settings) -> str:
    if settings.render_cache_mb == 0:
        return "switched off (RENDER_CACHE_MB=0)"
    size = render_cache(settings).size()
    return f"{size.size_bytes / 1e6:.0f} of {settings.render_cache_mb} MB, {size.entries} entries"


def _library(settings: Settings) -> list[Check]:
    if settings.database_url is None and not (settings.processed_path / "stems.db").exists():
        return [Check("library", "warn", "empty: put kits into the kits folder, then preprocess")]
    database = Database(settings.sql_url)
    try:
        with database.transaction() as session:
            stems = crud.stem_count(session)
            refused = quarantine.refused_count(session)
    except DatabaseError as error:
        return [Check("library", "fail", f"database cannot be read: {error.__class__.__name__}")]
    finally:
        database.close()
    if not stems:
        return [Check("library", "warn", f"no stems yet, {refused} files in quarantine")]
    return [Check("library", "ok", f"{stems} stems, {refused} files in quarantine")]


def _embedder(settings: Settings) -> list[Check]:
    from src.core.errors import BackendUnavailableError
    from src.embeddings.choice import build_embedder, embedder_status

    try:
        embedder = build_embedder(settings)
    except BackendUnavailableError as error:
        return [Check("embedder", "fail", error.message)]
    detail = f"{embedder.model_id}, {embedder.dimension} dimensions"
    return [
        Check("embedder", "ok", detail),
        Check("embedder choice", "ok", embedder_status(settings)),
    ]
