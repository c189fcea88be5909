"""Which workers can make music at the moment, as they themselves say in the shared folder."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from src.core.errors import BackendUnavailableError, InvalidInputError
from src.generation.protocol import ModelCard
from src.generation.request import BASE_TASKS, Task
from src.storage.atomic import write_json

BEAT_S = 5.0
GONE_AFTER_S = 30.0
"""A worker that was not heard of for so long is gone; clocks of machines differ a little."""

HOW_TO_START = (
    "no GPU worker is running, so that nobody could make this. On a machine with a GPU that shares"
    " the library's folders and database: 'pip install -r requirements/gpu.txt', 'python -m src.cli"
    " models pull ace-step', then 'python -m src.cli gpu-worker', or with REDIS_URL 'celery -A"
    " src.workers.celery_app worker -Q gpu --concurrency=1'"
)


@dataclass(frozen=True)
class GpuWorker:
    """A worker that said a moment ago that it is there."""

    name: str
    card: ModelCard


class WorkerPresence:
    """Files by which workers say that they are there; who reads them needs no network.

    folder: shared by all who work on the library
    clock: seconds since 1970, as the file system writes them
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def announce(self, name: str, card: ModelCard) -> None:
        """Say that a worker is there; to be said again every few seconds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._path(name), {**asdict(card), "at": self._clock()})

    def leave(self, name: str) -> None:
        """Say that a worker ends."""
        self._path(name).unlink(missing_ok=True)

    def workers(self) -> list[GpuWorker]:
        """Return those that are there, by name."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                reported = json.loads(path.read_text(encoding="utf-8"))
                said_at = float(reported.pop("at"))
                card = ModelCard(**reported)
            except (OSError, ValueError, TypeError, KeyError):
                continue  # it leaves at this moment, or is of another version
            if self._clock() - said_at <= GONE_AFTER_S:
                found.append(GpuWorker(path.stem, card))
        return found

    def missing(self) -> str | None:
        """Tell what to start where nobody is there; None: somebody is."""
        return None if self.workers() else HOW_TO_START

    def check(self, task: Task) -> None:
        """Raise unless somebody is there who can do a task.

        BackendUnavailableError (``no_generator``) says what to start, InvalidInputError
        (``task_needs_base``) which checkpoint is missing.
        """
        workers = self.workers()
        if not workers:
            raise BackendUnavailableError(HOW_TO_START, code="no_generator")
        if task in BASE_TASKS and not any(task in one.card.tasks for one in workers):
            there = ", ".join(sorted({f"{one.card.name} ({one.card.family})" for one in workers}))
            raise InvalidInputError(
                f"{task} needs a worker with a base checkpoint (ACE_STEP_MODEL), there is {there}",
                code="task_needs_base",
            )

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"
