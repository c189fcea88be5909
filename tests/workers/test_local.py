"""Threads that work off jobs."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from src.core.progress import Progress
from src.db.database import Database
from src.db.rows.jobs import get_job
from src.services.jobs.kinds import LIBRARY, TRACKS, JobKind, JobRules, Task
from src.services.jobs.service import JobService
from src.workers.local import LocalRunner
from tests.patience import PATIENCE_S, until

QUICK = JobRules(lease_s=1.0, resend_after_s=0.2)


@pytest.fixture
def database(each_database: Database) -> Database:
    return each_database


class Engine:
    """A process: jobs, and the threads that work on them."""

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        folder: Path,
        *,
        rules: JobRules = QUICK,
        threads: int = 1,
    ) -> None:
        self.runner = LocalRunner(lanes={LIBRARY: 1, TRACKS: threads}, grace_s=PATIENCE_S)
        self.jobs = JobService(database, kinds, self.runner.send, rules=rules)
        self.folder = folder

    def start(self) -> None:
        self.runner.start(self.jobs, lock_file=self.folder / "lock")

    def submit(self, kind: str = "work") -> str:
        return self.jobs.submit(kind, {}).id

    def status(self, job_id: str) -> str:
        return self.jobs.get(job_id).status


@pytest.fixture
def engine(database: Database, tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def make(task: Task, *, start: bool = True, **more: Any) -> Engine:
        kinds = more.pop("kinds", {"work": JobKind(task, again=True)})
        made.append(Engine(database, kinds, tmp_path, **more))
        if start:
            made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.runner.stop()


def nothing(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    return {}


class Door:
    """A task that waits until a test lets it go on."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self, params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        self.begun.set()
        while not self.open.wait(0.01):
            progress("waiting", 0, 0)
        return {}


def test_jobs_of_one_lane_run_beside_each_other(engine: Callable[..., Engine]) -> None:
    together = threading.Barrier(2)

    def meet(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        together.wait(PATIENCE_S)
        return {}

    one = engine(meet, threads=2)
    ids = [one.submit() for _ in range(2)]
    until(lambda: all(one.status(job_id) == "succeeded" for job_id in ids))


def test_a_long_import_holds_up_no_render_even_with_one_thread(
    engine: Callable[..., Engine],
) -> None:
    door = Door()
    kinds = {
        "preprocess": JobKind(door, lane=LIBRARY, again=True),
        "demo": JobKind(nothing, lane=LIBRARY, again=True),
        "render": JobKind(nothing, again=True),
    }
    one = engine(nothing, kinds=kinds)
    running = one.submit("preprocess")
    assert door.begun.wait(PATIENCE_S)
    waiting = one.submit("demo")
    renders = [one.submit("render") for _ in range(3)]
    until(lambda: all(one.status(job_id) == "succeeded" for job_id in renders))
    assert (one.status(running), one.status(waiting)) == ("running", "queued")
    door.open.set()
    until(lambda: one.status(waiting) == "succeeded")


def test_kinds_of_one_lane_take_turns(engine: Callable[..., Engine]) -> None:
    order: list[str] = []

    def noting(name: str) -> Task:
        def task(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
            order.append(name)
            return {}

        return task

    kinds = {name: JobKind(noting(name), again=True) for name in ("render", "export")}
    one = engine(nothing, kinds=kinds, start=False)
    requested = ["render"] * 4 + ["export"] * 2
    ids = [one.submit(kind) for kind in requested]
    one.start()
    until(lambda: all(one.status(job_id) == "succeeded" for job_id in ids))
    assert order == ["render", "export", "render", "export", "render", "render"]


def test_stopping_puts_running_jobs_back(engine: Callable[..., Engine]) -> None:
    door = Door()
    one = engine(door)
    running, waiting = one.submit(), one.submit()
    assert door.begun.wait(PATIENCE_S)
    one.runner.stop()
    assert [one.status(job_id) for job_id in (running, waiting)] == ["queued", "queued"]
    door.open.set()
    again = engine(nothing)
    until(lambda: again.status(running) == again.status(waiting) == "succeeded")


def test_a_start_takes_up_what_was_queued(engine: Callable[..., Engine]) -> None:
    job_id = engine(nothing, start=False).submit()
    again = engine(nothing)
    until(lambda: again.status(job_id) == "succeeded")


def test_what_a_dead_process_was_doing_is_done_by_another(engine: Callable[..., Engine]) -> None:
    dead = engine(nothing, start=False)
    job_id = dead.submit()
    assert dead.jobs.claim(job_id) is not None
    living = engine(nothing)
    until(lambda: living.status(job_id) == "succeeded")
    assert living.jobs.get(job_id).attempt == 2


def test_the_claim_of_a_job_that_says_nothing_is_prolonged(engine: Callable[..., Engine]) -> None:
    begun, done = threading.Event(), threading.Event()

    def silent_work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        begun.set()
        assert done.wait(PATIENCE_S)
        return {}

    one = engine(silent_work)
    job_id = one.submit()
    assert begun.wait(PATIENCE_S)

    def held_until() -> datetime | None:
        with one.jobs.database.transaction() as session:
            return get_job(session, job_id).lease_until

    for _ in range(2):
        before = held_until()
        until(lambda before=before: held_until() > before)  # type: ignore[misc]
    done.set()
    until(lambda: one.status(job_id) == "succeeded")


def test_a_message_that_was_lost_costs_time_and_no_job(engine: Callable[..., Engine]) -> None:
    one = engine(nothing)
    deaf = JobService(one.jobs.database, one.jobs.kinds, lambda ticket: None, rules=QUICK)
    job_id = deaf.submit("work", {}).id
    until(lambda: one.status(job_id) == "succeeded")


def test_cancelling_a_running_job_is_heard_at_its_next_step(engine: Callable[..., Engine]) -> None:
    door = Door()
    one = engine(door)
    job_id = one.submit()
    assert door.begun.wait(PATIENCE_S)
    one.jobs.cancel(job_id)
    until(lambda: one.status(job_id) == "cancelled")
