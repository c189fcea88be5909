"""Threads that work off jobs."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from src.core.config import Settings
from src.core.progress import Progress
from src.services.jobs.service import JobKind, JobService, Task
from src.workers.local import LocalRunner
from tests.db.stocked import fresh_database
from tests.patience import PATIENCE_S, until

HOLD_LOCK = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
input()
"""


def engine(settings: Settings, task: Task, *, threads: int = 2) -> tuple[JobService, LocalRunner]:
    runner = LocalRunner(threads=threads, grace_s=PATIENCE_S)
    jobs = JobService(fresh_database(settings), {"work": JobKind(task)}, runner.send)
    return jobs, runner


def nothing(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    return {}


def test_jobs_run_beside_each_other(settings: Settings, tmp_path: Path) -> None:
    together = threading.Barrier(2)

    def meet(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        together.wait(PATIENCE_S)
        return {}

    jobs, runner = engine(settings, meet)
    runner.start(jobs, lock_file=tmp_path / "lock")
    ids = [jobs.submit("work", {}).id for _ in range(2)]
    until(lambda: all(jobs.get(job_id).status == "succeeded" for job_id in ids))
    runner.stop()


def test_stopping_asks_running_jobs_to_end(settings: Settings, tmp_path: Path) -> None:
    begun = threading.Event()

    def long(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        begun.set()
        for step in range(10_000):
            progress("work", step, 10_000)
            time.sleep(0.01)
        return {}

    jobs, runner = engine(settings, long, threads=1)
    runner.start(jobs, lock_file=tmp_path / "lock")
    running, waiting = jobs.submit("work", {}), jobs.submit("work", {})
    assert begun.wait(PATIENCE_S)
    runner.stop()
    problem = jobs.get(running.id).problem
    assert problem is not None
    assert problem["code"] == "interrupted"
    assert jobs.get(waiting.id).status == "queued"


def test_a_start_takes_up_what_was_queued(settings: Settings, tmp_path: Path) -> None:
    jobs, _ = engine(settings, nothing)
    job = jobs.submit("work", {})
    second = LocalRunner(threads=1)
    again = JobService(jobs.database, jobs.kinds, second.send)
    second.start(again, lock_file=tmp_path / "lock")
    until(lambda: again.get(job.id).status == "succeeded")
    second.stop()


@pytest.mark.parametrize("held", [True, False])
def test_only_the_first_process_of_a_library_puts_old_jobs_in_order(
    settings: Settings, tmp_path: Path, held: bool
) -> None:
    jobs, _ = engine(settings, nothing, threads=1)
    job = jobs.submit("work", {})
    lock = tmp_path / "lock"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdin is not None
    assert other.stdout is not None
    other.stdout.readline()
    if not held:
        other.kill()
        other.wait()
    second = LocalRunner(threads=1)
    again = JobService(jobs.database, jobs.kinds, second.send)
    second.start(again, lock_file=lock)
    if held:
        time.sleep(0.2)
        assert again.get(job.id).status == "queued"
    else:
        until(lambda: again.get(job.id).status == "succeeded")
    second.stop()
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
