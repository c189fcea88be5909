"""One import at a time: a lock that the system gives back when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.core.errors import ConflictError

LOCK_NAME = ".import.lock"


@contextmanager
def import_lock(processed: Path) -> Iterator[None]:
    """Hold the library's import lock. Raises ConflictError where another holds it."""
    processed.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(processed / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError("another import of this library is running") from error
        yield
    finally:
        os.close(descriptor)
