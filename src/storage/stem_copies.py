"""Names of the standardised copies: no other module knows ``stems/{id}.wav``."""

import re
from pathlib import Path

from src.core.config import STEMS_FOLDER
from src.storage.fingerprint import STEM_ID_LENGTH

_COPY = re.compile(rf"([0-9a-f]{{{STEM_ID_LENGTH}}})\.wav")


def copy_path(stem_id: str) -> str:
    """Name a stem's copy as its row does: relative to the processed folder."""
    return f"{STEMS_FOLDER}/{stem_id}.wav"


def copy_in(folder: Path, stem_id: str) -> Path:
    """Name the file of a stem's copy. folder: ``Settings.stems_path``"""
    return folder / f"{stem_id}.wav"


def stem_of_copy(name: str) -> str | None:
    """Tell whose copy a file is by its name; None for a file that is no copy."""
    found = _COPY.fullmatch(name)
    return None if found is None else found[1]


def copied_stems(folder: Path) -> set[str]:
    """List the ids of all stems that have a copy; none where the folder is missing."""
    if not folder.is_dir():
        return set()
    return {one for path in folder.iterdir() if (one := stem_of_copy(path.name)) is not None}
