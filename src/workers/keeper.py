"""Keeps a process's claims on jobs, and looks after jobs that nobody looks after."""

import fcntl
import logging
import threading
import time
from pathlib import Path
from typing import IO, Protocol

from src.db.database import DATABASE_DOWN
from src.services.jobs.kinds import BrokerState, Ticket
from src.services.jobs.service import JobService

log = logging.getLogger(__name__)

FORGET_EVERY_S = 3600.0
"""How often jobs go that are kept no longer."""


class JobCarrier(Protocol):
    """Carries jobs to where they are worked off."""

    def send(self, ticket: Ticket) -> None: ...

    def start(self, jobs: JobService, *, lock_file: Path) -> None: ...

    def stop(self) -> None: ...

    def broker_state(self) -> BrokerState: ...


class JobKeeper:
    """A thread that prolongs claims, sweeps, and forgets old jobs, until it is stopped."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock: IO[bytes] | None = None
        self._jobs: JobService | None = None

    def start(self, jobs: JobService, *, lock_file: Path) -> None:
        """Start the thread.

        The lock file says for as long as this process lives that an engine works on the
        library; a second one may, and shares the jobs with the first.
        """
        self._jobs = jobs
        self._lock = _locked(lock_file)
        self._thread = threading.Thread(
            target=self._keep, args=(jobs,), name="job-keeper", daemon=True
        )
        self._thread.start()

    def stop(self, *, within_s: float = 1.0) -> None:
        """End the thread, waiting for it a while, leave the list of workers, and give the lock
        file free.
        """
        self._ended.set()
        if self._thread is not None:
            self._thread.join(within_s)
        if self._jobs is not None:
            self._leave(self._jobs)
        if self._lock is not None:
            self._lock.close()

    def _leave(self, jobs: JobService) -> None:
        try:
            jobs.workers.leave()
        except DATABASE_DOWN as error:
            log.warning("the database does not answer, this worker stays listed: %s", error)

    def _keep(self, jobs: JobService) -> None:
        forget_at = time.monotonic()
        while True:
            try:
                jobs.renew()
                jobs.sweep()
                if time.monotonic() >= forget_at:
                    forget_at = time.monotonic() + FORGET_EVERY_S
                    jobs.forget_old()
            except DATABASE_DOWN as error:
                log.warning("the database does not answer, claims were not renewed: %s", error)
            except Exception:
                log.exception("jobs could not be looked after")
            if self._ended.wait(jobs.rules.beat_s):
                return


def _locked(path: Path) -> IO[bytes] | None:
    """Open the lock file, or return None when another process holds it.

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
