"""Which library a command works on."""

import argparse
import hashlib
from pathlib import Path

from src.core.config import Settings
from src.core.errors import NotFoundError


def settings_of(options: argparse.Namespace) -> Settings:
    """Read the settings of the environment, or of the library that ``--library`` names."""
    settings = Settings()
    if options.library is None:
        return settings
    folder = Path(options.library)
    # Models belong to the machine, not to a library.
    settings = settings.model_copy(update={"models_dir": settings.models_path.resolve()})
    if (folder / "stems.db").is_file():
        return settings.model_copy(update={"processed_dir": folder.resolve(), "database_url": None})
    if _is_home(folder, settings) or options.fills_library:
        return settings.model_copy(update={"home": folder.resolve(), "database_url": None})
    if not folder.is_dir():
        raise NotFoundError(f"--library must be a folder, got {options.library!r}")
    return _library_of_folder(folder.resolve(), settings)


def _is_home(folder: Path, settings: Settings) -> bool:
    return any((folder / name).is_dir() for name in (settings.raw_dir, settings.processed_dir))


def _library_of_folder(folder: Path, settings: Settings) -> Settings:
    """Choose the library of a folder of sounds: below ours; the folder itself is only read."""
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    processed = settings.processed_path / "libraries" / f"{folder.name}-{digest}"
    return settings.model_copy(
        update={"raw_dir": folder, "processed_dir": processed.resolve(), "database_url": None}
    )
