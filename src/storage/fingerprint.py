"""What a file is, whatever its name: a digest of its bytes."""

import hashlib
from pathlib import Path

from src.storage.files import open_regular

STEM_ID_LENGTH = 16
"""How many characters of the digest name a stem."""


def content_hash(path: Path) -> str:
    """Return SHA-256 of a file's bytes, in hex. Raises UnreadableAudioError where it can't be
    read.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_hash(text: str) -> str:
    """Return SHA-256 of a text in hex, for ids that come from a path."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def stem_id(digest: str) -> str:
    """Derive the id of the stem with this content."""
    return digest[:STEM_ID_LENGTH]
