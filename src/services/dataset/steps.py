"""One step at a time: a lock on a folder of songs that the system gives back."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from src.core.errors import ConflictError
from src.storage.atomic import remove_temporaries
from src.storage.paths import shown
from src.tagging.songs import STUDIO_FOLDER

LOCK_NAME = "step.lock"


class StepRunningError(ConflictError):
    """Another step works on the same folder."""

    code = "step_running"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, and tidy up after whoever held it and died.

    Raises StepRunningError where another step holds it. Windows' way was not run so far.
    """
    studio = folder / STUDIO_FOLDER
    studio.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(studio / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(descriptor)
        except OSError as error:
            raise StepRunningError(f"another step is working on {shown(folder)}") from error
        remove_temporaries(folder)
        remove_temporaries(studio)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Take the lock or raise OSError; closing the file gives it back."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
