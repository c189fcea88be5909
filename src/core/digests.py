"""Names for what values describe, and for what files hold."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileDigest:
    """What a file must be. sha256: of its bytes, in hex"""

    sha256: str
    size_bytes: int


def digest(*parts: object) -> str:
    """Name plain values (numbers, texts, None, tuples, dataclasses) by their content."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def digest_of(path: Path) -> FileDigest:
    """Compute digest and size of a file."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return FileDigest(found, path.stat().st_size)
