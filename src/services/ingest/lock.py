"""One import at a time: a lock that the system gives back when its holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from src.core.errors import ConflictError
from src.core.progress import Progress

LOCK_NAME = ".import.lock"

_PAUSE_S = 0.2

Result = TypeVar("Result")


class LibraryBusyError(ConflictError):
    """Another import or re-analysis of this library is running."""


@contextmanager
def import_lock(processed: Path) -> Iterator[None]:
    """Hold the library's import lock. Raises LibraryBusyError where another holds it."""
    processed.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(processed / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LibraryBusyError("another import of this library is running") from error
        yield
    finally:
        os.close(descriptor)


def when_free(work: Callable[[], Result], progress: Progress) -> Result:
    """Do work that takes the import lock, waiting while another holds it.

    ``progress`` is reported meanwhile, and may end the waiting.
    """
    while True:
        try:
            return work()
        except LibraryBusyError:
            progress("waiting for another import", 0, 0)
            time.sleep(_PAUSE_S)
