"""Which folder is a stem's kit, and what its name says."""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from src.core.plain_text import one_line
from src.music.evidence.names import name_hints
from src.storage.fingerprint import text_hash
from src.words.vocabulary import vocabulary

_DEEPEST = 8
"""How many sorting folders above a file are passed over at most."""

_DEEPEST_OUTSIDE = 3
"""The same outside the library, where the folders of the user's home lie above."""


def kit_path(location: str) -> str | None:
    """Find the folder that is the kit of a file: its own, or the next named one above.

    ``Kit 01 - 128 - Am/Drums/kick.wav`` belongs to ``Kit 01 - 128 - Am``. A folder without
    anything above it is a kit whatever its name. A file that lies in no folder has no kit.
    """
    folder = PurePosixPath(location).parent
    if folder.name == "":
        return None
    candidate = folder
    for _ in range(_DEEPEST_OUTSIDE if location.startswith("/") else _DEEPEST):
        if not only_sorts(candidate.name):
            return candidate.as_posix()
        if candidate.parent.name == "":
            break
        candidate = candidate.parent
    return folder.as_posix() if only_sorts(candidate.name) else candidate.as_posix()


def kit_id(path: str) -> str:
    """Derive the id of the kit that lies there."""
    return text_hash(f"kit:{path}")[:16]


def kit_row(path: str) -> Mapping[str, Any]:
    """Fill the columns of a kit: its name and what the name says of tempo and key."""
    near = PurePosixPath(path).parts[-2:]
    hints = name_hints("/".join((*near, "x.wav")))
    return {
        "id": kit_id(path),
        "path": path,
        "name": one_line(PurePosixPath(path).name) or PurePosixPath(path).name,
        "bpm_hint": None if hints.kit_bpm is None else hints.kit_bpm.value,
        "key_hint": None if hints.kit_key is None else hints.kit_key.value,
    }


def only_sorts(name: str) -> bool:
    """Tell whether a folder only sorts the sounds of a kit: "Drums", "One Shots"."""
    plain = unicodedata.normalize("NFC", name.lower())
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return bool(words) and vocabulary().names.sorting.issuperset(words)
