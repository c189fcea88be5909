"""Opening files from outside without hanging on pipes or being surprised by devices."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from src.core.errors import UnreadableAudioError
from src.storage.paths import shown


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """Open a regular file for reading.

    Raises UnreadableAudioError with reason "missing", "no_permission", "not_a_file" or
    "unreadable" (the disk refused). A named pipe is refused, not waited for.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        what = "is a link to nothing" if path.is_symlink() else "is not there"
        raise UnreadableAudioError(f"{shown(path)} {what}", reason="missing") from error
    except PermissionError as error:
        raise UnreadableAudioError(
            f"{shown(path)} may not be read", reason="no_permission"
        ) from error
    except OSError as error:
        raise UnreadableAudioError(f"{shown(path)} can't be opened: {error}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableAudioError(f"{shown(path)} is not a regular file", reason="not_a_file")
    with open(descriptor, "rb") as file:
        try:
            yield file
        except OSError as error:
            raise UnreadableAudioError(f"{shown(path)} can't be read: {error}") from error
