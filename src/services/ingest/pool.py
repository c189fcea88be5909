"""Worker processes that may hang, crash or run out of memory without taking us along."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, TimeoutError
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from src.core.cores import usable_cores
from src.core.errors import BackendUnavailableError
from src.core.parent import die_with_parent
from src.services.ingest.contents import FAILED, Failure

log = logging.getLogger(__name__)

TASKS_PER_WORKER = 400
"""After so many tasks a worker is replaced, so that its memory can't creep up."""

_LISTEN_EVERY_S = 0.5
"""How long a task may keep us from hearing that the whole work is to stop."""

_WORKER_SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
}
"""Of processes that do one stem after the other.

One worker per core with threads for all cores each spends most of its time waiting for the
others: twice the CPU time per stem. Memory that is given back to the system after each array
and fetched again for the next costs a seventh of the analysis; the limits are those to which
glibc itself moves when large arrays are freed.
"""

Task = TypeVar("Task")
Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True)
class Running(Generic[Task, Result_co]):
    """A task under way, with all that is needed to start it once more."""

    task: Task
    function: Callable[[Task], Result_co]
    timeout_s: float
    future: "Future[Result_co]"

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self.future.done()


class WorkPool:
    """Runs functions in worker processes, each task with a time limit.

    The processes start with the first task, and end with this object's ``with`` block or
    with our process, however that ends.

    preload: modules that every task needs; they are imported once, not once per worker
    waiting: called twice a second while we wait for a task; what it raises ends the waiting
    """

    def __init__(
        self,
        *,
        workers: int,
        timeout_s: float,
        preload: Sequence[str] = (),
        waiting: Callable[[], None] | None = None,
    ) -> None:
        self.workers = workers if workers > 0 else usable_cores()
        self.timeout_s = timeout_s
        self.preload = ["src.services.ingest.work", *preload]
        self.waiting = waiting
        self._listen_at = time.monotonic() + _LISTEN_EVERY_S
        self._pool: ProcessPool | None = None
        self._first: Future[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        if kind is None:
            pool.close()  # type: ignore[no-untyped-call]
            pool.join()
        elif self._begun():
            _end(pool)
        else:
            # the fork server is still importing: nothing was done, and nobody waits for it
            threading.Thread(target=_end, args=(pool,), name="pool-end", daemon=True).start()

    def start(
        self, function: Callable[[Task], Result_co], task: Task, *, timeout_s: float | None = None
    ) -> Running[Task, Result_co]:
        """Hand a task to the workers; ask for its outcome later."""
        limit = self.timeout_s if timeout_s is None else timeout_s
        if self._pool is None:
            self._pool = self._new_pool()
        future = self._pool.schedule(function, args=(task,), timeout=limit)
        if self._first is None:
            self._first = future
        return Running(task, function, limit, future)

    def outcome(self, running: Running[Task, Result_co]) -> Result_co | Failure:
        """Wait for a task.

        One whose worker died is tried once more, alone, since another task may have used up the
        memory.

        Raises BackendUnavailableError where workers can't be started or can't write.
        """
        for chance in range(2):
            self._wait(running)
            try:
                return running.future.result()
            except TimeoutError:
                return Failure("timeout", f"took longer than {running.timeout_s:g} s")
            except ProcessExpired as error:
                if chance == 1:
                    return Failure("crashed", f"its worker died twice: {error}")
                log.warning("a worker died, its task is tried once more: %s", error)
                running = self.start(running.function, running.task, timeout_s=running.timeout_s)
            except BrokenProcessPool as error:
                raise BackendUnavailableError(f"workers can't be started: {error}") from error
            except OSError as error:
                raise BackendUnavailableError(f"a worker can't go on: {error}") from error
            except Exception as error:  # the boundary of one file's job: logged and reported
                log.exception("a task failed")
                return Failure(FAILED, f"{type(error).__name__}: {error}")
        raise AssertionError("unreachable")

    def _wait(self, running: Running[Any, Any]) -> None:
        """Wait for a task, listening as often as is due, however short the tasks are."""
        if self.waiting is None:
            return
        done = False
        while not done:
            left_s = max(0.0, self._listen_at - time.monotonic())
            done = bool(wait_for([running.future], timeout=left_s).done)
            if time.monotonic() >= self._listen_at:
                self._listen_at = time.monotonic() + _LISTEN_EVERY_S
                self.waiting()

    def ordered(
        self, function: Callable[[Task], Result_co], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result_co | Failure]]:
        """Return outcomes in the order of the tasks, with only a few tasks under way at a time."""
        window: deque[Running[Task, Result_co]] = deque()
        for task in tasks:
            window.append(self.start(function, task))
            if len(window) >= 3 * self.workers:
                first = window.popleft()
                yield first.task, self.outcome(first)
        for first in window:
            yield first.task, self.outcome(first)

    def _begun(self) -> bool:
        """Tell whether a worker has taken up any task; the first comes first."""
        return self._first is not None and (self._first.running() or self._first.done())

    def _new_pool(self) -> ProcessPool:
        # A fork server starts workers fast and never copies the threads of an API.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(self.preload)
        with _worker_settings():
            forkserver.ensure_running()
        return ProcessPool(
            max_workers=self.workers,
            max_tasks=TASKS_PER_WORKER,
            initializer=prepare_worker,
            context=context,
        )


def _end(pool: ProcessPool) -> None:
    """Kill the workers, and see them dead."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


@contextmanager
def _worker_settings() -> Iterator[None]:
    """Let processes that start now work as workers; what the user set stays."""
    mine = {name: value for name, value in _WORKER_SETTINGS.items() if name not in os.environ}
    os.environ.update(mine)
    try:
        yield
    finally:
        for name in mine:
            del os.environ[name]


def prepare_worker() -> None:
    """Make a fresh worker quiet, deaf to Ctrl-C (the parent decides), and mortal with its parent.

    Decoders write notes on odd files straight to standard error: nobody is told anything
    by them that the report doesn't tell.
    """
    die_with_parent()  # of the fork server, which ends with our process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # told to end, it ends at once, even within a computation that lets no handler run
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    os.close(quiet)
    parent: Any = multiprocessing.parent_process()
    threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def _die_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)
