"""What a job reported while it ran: its log, one file for each, read from the end."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
"""A longer log ends with a line that says so."""

_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_SUFFIX = ".log"


class JobLogs:
    """The logs of jobs, below one folder.

    What belongs to a job is what its thread logs. A log that can't be written costs the lines,
    never the job.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def recording(self, job_id: str) -> Iterator[None]:
        """Keep what this thread logs from now on, at the level that the process logs at."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handler = _JobHandler(self._path(job_id))
        except OSError as error:
            log.warning("the log of job %s can't be written: %s", job_id, error)
            yield
            return
        root = logging.getLogger()
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)
            handler.close()

    def tail(self, job_id: str, lines: int) -> tuple[list[str], int]:
        """Return the last lines of a job's log, and how many there are in all; none where none
        is kept.
        """
        total = 0
        last: deque[str] = deque(maxlen=lines)
        try:
            with self._path(job_id).open(encoding="utf-8", errors="replace") as file:
                for total, line in enumerate(file, 1):  # noqa: B007
                    last.append(line.rstrip("\n"))
        except FileNotFoundError:
            return [], 0
        return list(last), total

    def remove_older(self, moment_s: float) -> None:
        """Remove the logs in which nothing was written since a moment (seconds, Unix time)."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if path.stat().st_mtime < moment_s:
                path.unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}{_SUFFIX}"


class _JobHandler(logging.FileHandler):
    """Writes what one thread logs, up to a size."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        self.setFormatter(logging.Formatter(_FORMAT))
        self._thread = threading.get_ident()
        self._left = MOST_BYTES - path.stat().st_size

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of the job's own thread."""
        if record.thread != self._thread or self._left <= 0:
            return
        self._left -= len(self.format(record).encode()) + 1
        super().emit(record)
        if self._left <= 0 and self.stream is not None:
            self.stream.write(f"... more than {MOST_BYTES} bytes: the rest is left out\n")
            self.flush()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing of a full disk here: the line still goes to the process's own log."""
