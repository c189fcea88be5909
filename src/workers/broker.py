"""Sends the ids of jobs over Celery to workers elsewhere.

A message holds a job's id and is acknowledged before the work begins, since Redis would deliver
it again to others while a long job runs. That loses nothing: the job's row is the truth, claims
on it keep two workers from doing it twice, and what is lost on the way is sent again.
"""

import logging
import queue
import threading
from pathlib import Path

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from src.services.jobs.kinds import GPU, BrokerState, Ticket
from src.services.jobs.service import JobService
from src.workers.keeper import JobKeeper

log = logging.getLogger(__name__)

RUN_JOB = "jobs.run"
"""The one task: works on the job whose id it is given."""

SOFT_SHUTDOWN_S = 15.0
"""How long running jobs may take to put themselves back when a worker is told to end."""

ASK_EVERY_S = 10.0
"""How often the broker is asked whether it is there while nothing is sent."""

_ANSWER_WITHIN_S = 5.0

_BROKER_DOWN = (OperationalError, RedisError, OSError)


def make_app(redis_url: str, *, threads: int) -> Celery:
    """Build the application that sends, and that workers run.

    threads: how many jobs a worker does at once, unless its ``--concurrency`` says otherwise
    """
    made = Celery("tasks", broker=redis_url, set_as_current=False)
    made.conf.update(
        worker_pool="threads",  # one process: models are loaded once, imports may have children
        worker_concurrency=threads,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=SOFT_SHUTDOWN_S,
        task_acks_late=False,
        task_ignore_result=True,
        task_default_queue="cpu",
        task_serializer="json",
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "socket_timeout": 10.0,
            "socket_connect_timeout": 5.0,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 1,
        },
    )
    return made


class BrokerRunner:
    """Hands job ids to a broker from a thread of its own, so that no request waits for it.

    What is not sent, because the broker is down or this process ends, is no loss: rows that
    wait are sent again by whoever sweeps.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._tickets: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._keeper = JobKeeper()
        self._thread: threading.Thread | None = None
        self._answered = False

    def send(self, ticket: Ticket) -> None:
        """Take a job's id along; returns at once."""
        self._tickets.put(ticket)

    def start(self, jobs: JobService, *, lock_file: Path) -> None:
        """Start sending, and looking after jobs whose workers went."""
        self._thread = threading.Thread(target=self._send_all, name="job-sender", daemon=True)
        self._thread.start()
        self._keeper.start(jobs, lock_file=lock_file)

    def stop(self) -> None:
        """End the threads; running jobs go on at their workers."""
        self._keeper.stop(within_s=2.0)
        self._tickets.put(None)
        if self._thread is not None:
            self._thread.join(2.0)

    def broker_state(self) -> BrokerState:
        """Say whether the broker answered when last asked, at most ``ASK_EVERY_S`` ago."""
        return "ok" if self._answered else "away"

    def _send_all(self) -> None:
        self._ask()
        while True:
            try:
                ticket = self._tickets.get(timeout=ASK_EVERY_S)
            except queue.Empty:
                self._ask()
                continue
            if ticket is None:
                return
            self._send(ticket)

    def _send(self, ticket: Ticket) -> None:
        try:
            self._app.send_task(
                RUN_JOB, args=[ticket.job_id], queue=queue_of(ticket), retry=False,
                ignore_result=True,
            )  # fmt: skip
        except _BROKER_DOWN as error:
            self._answered = False
            log.warning("the broker does not answer, job %s waits: %s", ticket.job_id, error)
        else:
            self._answered = True

    def _ask(self) -> None:
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=0, timeout=_ANSWER_WITHIN_S)
        except _BROKER_DOWN as error:
            self._answered = False
            log.warning("the broker does not answer: %s", error)
        else:
            self._answered = True


def queue_of(ticket: Ticket) -> str:
    """Name the queue of a job: "gpu" for what needs one, else "cpu"."""
    return "gpu" if ticket.lane == GPU else "cpu"
