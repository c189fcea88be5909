"""A worker that sees the library: ``celery -A src.workers.celery_app worker -Q cpu``."""

import threading
from typing import Any

from celery import signals

from src.core.config import Settings
from src.core.errors import InvalidInputError
from src.core.logs import set_up_logging
from src.core.memory import give_back_freed
from src.services.jobs.kinds import GPU, Ticket
from src.wiring import Services, build_services
from src.workers.broker import RUN_JOB, make_app, queue_of
from src.workers.gpu import GpuPresence, started_presence


class JobWorker:
    """What one worker process works with, built when it begins and not before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._services: Services | None = None
        self._presence: GpuPresence | None = None

    def begin(self, **_: Any) -> None:
        """Build the services, keep the claims of this process, and send again what waits.

        Workers sweep too: who finds a job that waits for too long has to send it himself.
        """
        set_up_logging(self._settings.log_level, self._settings.log_format)
        services = build_services(self._settings)
        services.prepare_jobs()
        self._services = services
        lock_file = self._settings.processed_path / "jobs.lock"
        services.runner.start(services.jobs, lock_file=lock_file)

    def ready(self, sender: Any, **_: Any) -> None:
        """Say what this process works on, as soon as it is known which queues it reads.

        One that reads the GPU's says with which model it makes music, too.
        """
        if self._services is None:
            return
        jobs, queues = self._services.jobs, sender.app.amqp.queues.consume_from
        tickets = {kind: Ticket("", kind, what.lane) for kind, what in jobs.kinds.items()}
        jobs.workers.join(kind for kind, one in tickets.items() if queue_of(one) in queues)
        if GPU in queues:
            self._presence = started_presence(self._services.generator)

    def run(self, job_id: str) -> None:
        """Work on a job; one that is not queued (any more) is left alone."""
        if self._services is None:
            raise InvalidInputError("jobs are worked on by a Celery worker alone")
        self._services.jobs.run(job_id, stopping=self._stopping.is_set)
        give_back_freed()

    def shut_down(self, **_: Any) -> None:
        """Let running jobs put themselves back at their next step."""
        self._stopping.set()

    def end(self, **_: Any) -> None:
        """Give back what was opened."""
        if self._presence is not None:
            self._presence.stop()
        if self._services is not None:
            self._services.runner.stop()
            self._services.close()


_settings = Settings()
if _settings.redis_url is None:
    raise InvalidInputError("a worker needs REDIS_URL, such as redis://localhost:6379/0")

app = make_app(_settings.redis_url, threads=_settings.job_threads)
_worker = JobWorker(_settings)
app.task(_worker.run, name=RUN_JOB, ignore_result=True)
signals.worker_init.connect(_worker.begin, weak=False)
signals.worker_ready.connect(_worker.ready, weak=False)
signals.worker_shutting_down.connect(_worker.shut_down, weak=False)
signals.worker_shutdown.connect(_worker.end, weak=False)
