"""What a job told is kept, and nothing that others told."""

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from src.core.config import Settings
from src.core.errors import InvalidInputError, NotFoundError
from src.core.progress import Progress
from src.services.jobs import logs as job_logs
from src.services.jobs.kinds import JobKind
from src.services.jobs.logs import JobLogs
from src.services.jobs.service import JobService
from tests.db.stocked import fresh_database

log = logging.getLogger("tests.of.a.task")


@pytest.fixture(autouse=True)
def reported() -> Iterator[None]:
    root = logging.getLogger()
    before = root.level
    root.setLevel("INFO")
    yield
    root.setLevel(before)


def task(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    progress("hearing", 0, 2)
    beside = threading.Thread(target=log.warning, args=("of another job",))
    beside.start()
    beside.join()
    log.warning("kick.wav was refused: %s", "no sound")
    log.debug("too much detail")
    progress("hearing", 1, 2)
    progress("writing", 0, 1)
    if params.get("break"):
        raise InvalidInputError("that can't be")
    return {}


def service(settings: Settings) -> JobService:
    kind = JobKind(task, (("hearing", 0.5), ("writing", 0.5)))
    logs = JobLogs(settings.job_logs_path)
    return JobService(fresh_database(settings), {"work": kind}, lambda _: None, logs=logs)


def said(lines: list[str]) -> list[str]:
    return [line.split(" ", 2)[2] for line in lines]


def test_a_log_has_stages_and_warnings_of_its_own_job_only(settings: Settings) -> None:
    jobs = service(settings)
    job = jobs.submit("work", {})
    assert jobs.log_tail(job.id, 10) == ([], 0), "it has not begun"
    jobs.run(job.id)
    log.warning("after the job")
    lines, total = jobs.log_tail(job.id, 10)
    assert total == len(lines) == 5
    assert said(lines) == [
        f"INFO job {job.id} (work) starts",
        "INFO hearing",
        "WARNING kick.wav was refused: no sound",
        "INFO writing",
        f"INFO job {job.id} (work) succeeded",
    ]
    assert said(jobs.log_tail(job.id, 2)[0]) == said(lines)[-2:]


def test_a_failure_stands_in_the_log(settings: Settings) -> None:
    jobs = service(settings)
    job = jobs.submit("work", {"break": True})
    jobs.run(job.id)
    lines, _ = jobs.log_tail(job.id, 10)
    assert f"INFO job {job.id} (work) failed: that can't be" in said(lines)
    assert said(lines)[-1] == f"INFO job {job.id} (work) failed"


def test_an_unknown_job_has_no_log(settings: Settings) -> None:
    with pytest.raises(NotFoundError):
        service(settings).log_tail("../../stems", 10)


def test_a_folder_that_cannot_be_written_costs_the_log_and_not_the_job(settings: Settings) -> None:
    settings.job_logs_path.parent.mkdir(parents=True, exist_ok=True)
    settings.job_logs_path.write_text("a file where a folder should be")
    jobs = service(settings)
    job = jobs.submit("work", {})
    jobs.run(job.id)
    assert jobs.get(job.id).status == "succeeded"


def test_a_log_ends_at_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_logs, "MOST_BYTES", 300)
    logs = JobLogs(tmp_path)
    with logs.recording("one"):
        for number in range(50):
            log.warning("line %d", number)
    lines, total = logs.tail("one", 100)
    assert total < 12
    assert lines[-1] == "... more than 300 bytes: the rest is left out"


def test_a_log_goes_once_nothing_was_written_in_it_for_so_long(tmp_path: Path) -> None:
    logs = JobLogs(tmp_path / "logs")
    logs.remove_older(0.0)
    for name, moment in (("old", 1_000), ("new", 2_000)):
        with logs.recording(name):
            log.warning("here")
        os.utime(tmp_path / "logs" / f"{name}.log", (moment, moment))
    logs.remove_older(1_500.0)
    assert logs.tail("old", 5) == ([], 0)
    assert logs.tail("new", 5)[1] == 1
