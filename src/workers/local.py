"""Runs jobs on threads of this process."""

import fcntl
import logging
import queue
import threading
import time
from pathlib import Path
from typing import IO

from src.core.memory import give_back_freed
from src.services.jobs.service import JobService

log = logging.getLogger(__name__)


class LocalRunner:
    """A queue of job ids and the threads that work it off.

    Threads are daemons: a job that does not listen can delay the end of the process by
    ``grace_s`` seconds, not prevent it.
    """

    def __init__(self, *, threads: int, grace_s: float = 10.0) -> None:
        self._ids: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._count = threads
        self._grace_s = grace_s
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock: IO[bytes] | None = None

    def send(self, job_id: str) -> None:
        """Queue a job. After :meth:`stop` its row simply waits for the next start."""
        self._ids.put(job_id)

    def start(self, jobs: JobService, *, lock_file: Path) -> None:
        """Start the threads.

        Of several processes on one library only the first puts in order what dead ones
        left: it holds the lock file while it lives.
        """
        self._lock = _locked(lock_file)
        if self._lock is not None:
            jobs.recover()
        for number in range(self._count):
            thread = threading.Thread(
                target=self._work, args=(jobs,), name=f"job-{number}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Ask running jobs to end at their next step, and wait for that a while."""
        self._stopping.set()
        for _ in self._threads:
            self._ids.put(None)
        deadline = time.monotonic() + self._grace_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("a job on %s goes on; the process ends without it", thread.name)
        if self._lock is not None:
            self._lock.close()

    def _work(self, jobs: JobService) -> None:
        while not self._stopping.is_set():
            job_id = self._ids.get()
            if job_id is None or self._stopping.is_set():
                return
            try:
                jobs.run(job_id, stopping=self._stopping.is_set)
            except Exception:
                # The row could not be read or written; the next start puts it in order.
                log.exception("job %s could not be run", job_id)
            give_back_freed()


def _locked(path: Path) -> IO[bytes] | None:
    """The open lock file, or None when another process holds it.

    A record lock: child processes do not inherit it, the system drops it on any death.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
