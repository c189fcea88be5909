"""Runs jobs on threads of this process."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from src.core.memory import give_back_freed
from src.db.database import DATABASE_DOWN
from src.services.jobs.kinds import BrokerState, Ticket
from src.services.jobs.leases import Claim
from src.services.jobs.service import JobService
from src.workers.keeper import JobKeeper

log = logging.getLogger(__name__)

_WITHOUT_DATABASE_S = 2.0


class LocalRunner:
    """Lanes of threads that take queued jobs from the database, and one that keeps their claims.

    Each lane has its own threads, so that jobs of one never wait for those of another; within
    a lane the kinds take turns. Threads are daemons: a job that does not listen can delay the
    end of the process by ``grace_s`` seconds, not prevent it.

    lanes: how many jobs of each lane run at once
    """

    def __init__(self, *, lanes: Mapping[str, int], grace_s: float = 10.0) -> None:
        self._counts = dict(lanes)
        self._lanes = {name: _Lane() for name in lanes}
        self._grace_s = grace_s
        self._stopping = threading.Event()
        self._workers: list[threading.Thread] = []
        self._keeper = JobKeeper()

    def send(self, ticket: Ticket) -> None:
        """Wake the lane of a job that waits. After :meth:`stop` it waits for the next start."""
        lane = self._lanes.get(ticket.lane)
        if lane is not None:
            lane.wake()

    def start(self, jobs: JobService, *, lock_file: Path) -> None:
        """Start the threads, and the keeper with its lock file."""
        jobs.workers.join(kind for kind, what in jobs.kinds.items() if what.lane in self._lanes)
        for name, lane in self._lanes.items():
            lane.serve(kind for kind, what in jobs.kinds.items() if what.lane == name)
            for number in range(self._counts[name]):
                work = partial(self._work, jobs, lane)
                self._workers.append(_started(f"job-{name}-{number}", work))
        self._keeper.start(jobs, lock_file=lock_file)

    def stop(self) -> None:
        """Ask running jobs to end at their next step, and wait for that a while."""
        self._stopping.set()
        for lane in self._lanes.values():
            lane.wake()
        deadline = time.monotonic() + self._grace_s
        for thread in self._workers:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("a job on %s goes on; the process ends without it", thread.name)
        self._keeper.stop(within_s=max(1.0, deadline - time.monotonic()))

    def broker_state(self) -> BrokerState:
        """Say that no broker is needed here."""
        return "unused"

    def _work(self, jobs: JobService, lane: "_Lane") -> None:
        while not self._stopping.is_set():
            seen = lane.calls
            try:
                claim = lane.next_claim(jobs)
                if claim is None:
                    lane.wait(seen)
                    continue
                jobs.work(claim, stopping=self._stopping.is_set)
            except DATABASE_DOWN as error:
                log.warning("the database does not answer, jobs wait: %s", error)
                self._stopping.wait(_WITHOUT_DATABASE_S)
            except Exception:
                # The row could not be read or written; the claim ends, and a sweep puts it right.
                log.exception("a job could not be run")
                self._stopping.wait(_WITHOUT_DATABASE_S)
            give_back_freed()


class _Lane:
    """What the threads of one lane share: whose turn it is, and whether there is news."""

    def __init__(self) -> None:
        self.calls = 0
        self._news = threading.Condition()
        self._turn: deque[str] = deque()

    def serve(self, kinds: Iterable[str]) -> None:
        """Take up jobs of these kinds."""
        self._turn.extend(kinds)

    def wake(self) -> None:
        """Let all threads look whether there is something to do."""
        with self._news:
            self.calls += 1
            self._news.notify_all()

    def wait(self, seen: int) -> None:
        """Wait until somebody called since."""
        with self._news:
            self._news.wait_for(lambda: self.calls != seen)

    def next_claim(self, jobs: JobService) -> Claim | None:
        """Take the next job; its kind goes to the end of the line."""
        with self._news:
            kinds = tuple(self._turn)
        claim = jobs.claim_next(kinds)
        if claim is not None:
            with self._news:
                self._turn.remove(claim.kind)
                self._turn.append(claim.kind)
        return claim


def _started(name: str, work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread
