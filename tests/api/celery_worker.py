"""One Celery worker for all tests of this process: it does the jobs of whoever starts last."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery, signals
from celery.contrib.testing.worker import start_worker

from src.services.jobs.kinds import GPU
from src.services.jobs.service import JobService
from src.workers.broker import RUN_JOB, BrokerRunner, make_app
from tests.patience import until

THREADS = 2


class SharedWorker:
    """A worker over a real broker. jobs: of the app under test; None between tests"""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.jobs: JobService | None = None
        self._running = 0
        self._lock = threading.Lock()
        app.task(self._run, name=RUN_JOB, ignore_result=True)

    def _run(self, job_id: str) -> None:
        with self._lock:
            jobs = self.jobs
            self._running += jobs is not None
        if jobs is None:
            return
        try:
            jobs.run(job_id, stopping=lambda: self.jobs is not jobs)
        finally:
            with self._lock:
                self._running -= 1

    def rest(self) -> None:
        """Do no more jobs of the app under test, and let those that run come to their end."""
        with self._lock:
            self.jobs = None
        until(lambda: self._running == 0, "the end of the jobs that run")


class SharedRunner(BrokerRunner):
    """Sends ids over the broker to the shared worker, and lends it this app's jobs."""

    def __init__(self, worker: SharedWorker) -> None:
        super().__init__(worker.app)
        self._worker = worker

    def start(self, jobs: JobService, *, lock_file: Path) -> None:
        # the worker is of this process and goes by its name
        jobs.workers.join(name for name, kind in jobs.kinds.items() if kind.lane != GPU)
        self._worker.jobs = jobs
        super().start(jobs, lock_file=lock_file)

    def stop(self) -> None:
        self._worker.rest()
        super().stop()


@contextmanager
def shared_worker(redis_url: str) -> Iterator[SharedWorker]:
    """Start the worker, and end it."""

    def leave_logging_alone(**_: object) -> None:
        """Whoever is connected sets up the logging, in Celery's stead."""

    signals.setup_logging.connect(leave_logging_alone)
    worker = SharedWorker(make_app(redis_url, threads=THREADS))
    with start_worker(worker.app, concurrency=THREADS, pool="threads", perform_ping_check=False):
        yield worker
    signals.setup_logging.disconnect(leave_logging_alone)
