"""Jobs as rows: every way that one can go."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.core.progress import Progress
from src.db import crud
from src.db.database import Database
from src.services.jobs.service import JobKind, JobRunningError, JobService, Task, plain, problem_of
from tests.db.stocked import fresh_database
from tests.patience import PATIENCE_S


@pytest.fixture
def database(settings: Settings) -> Database:
    return fresh_database(settings)


def service(database: Database, task: Task, *, alone: bool = False) -> JobService:
    kind = JobKind(task, (("work", 1.0),), alone=alone)
    return JobService(database, {"work": kind}, lambda job_id: None)


def doubled(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    return {"answer": params["number"] * 2}


def test_a_job_goes_from_queued_to_succeeded_with_its_result(database: Database) -> None:
    jobs = service(database, doubled)
    queued = jobs.submit("work", {"number": 21})
    assert (queued.status, queued.progress, queued.finished) == ("queued", 0.0, False)
    jobs.run(queued.id)
    done = jobs.get(queued.id)
    assert (done.status, done.progress, done.result) == ("succeeded", 1.0, {"answer": 42})
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.created_at <= done.started_at <= done.finished_at


def test_running_a_job_twice_does_the_work_once(database: Database) -> None:
    calls = []

    def count(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        calls.append(1)
        return {}

    jobs = service(database, count)
    job = jobs.submit("work", {})
    jobs.run(job.id)
    jobs.run(job.id)
    jobs.run("a job that is not there")
    assert calls == [1]


def test_the_id_is_sent_only_after_the_row_can_be_seen(database: Database) -> None:
    seen: list[str] = []
    jobs = JobService(
        database, {"work": JobKind(doubled)}, lambda job_id: seen.append(jobs.get(job_id).status)
    )
    jobs.submit("work", {"number": 1})
    assert seen == ["queued"]


def test_an_error_for_the_user_is_kept_with_its_code(database: Database) -> None:
    def fail(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        raise ConflictError("the library is empty", code="library_empty")

    jobs = service(database, fail)
    job = jobs.submit("work", {})
    jobs.run(job.id)
    failed = jobs.get(job.id)
    assert failed.status == "failed"
    assert failed.problem == {
        "code": "library_empty", "error": "ConflictError", "detail": "the library is empty",
    }  # fmt: skip


def test_a_defect_keeps_its_details_to_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        raise ZeroDivisionError("secret detail")

    jobs = service(database, fail)
    job = jobs.submit("work", {})
    jobs.run(job.id)
    problem = jobs.get(job.id).problem
    assert problem is not None
    assert problem["code"] == "internal_error"
    assert "secret" not in problem["detail"]
    assert "secret detail" in caplog.text


def test_a_queued_job_is_cancelled_at_once_and_never_runs(database: Database) -> None:
    jobs = service(database, doubled)
    job = jobs.submit("work", {"number": 1})
    assert jobs.cancel(job.id).status == "cancelled"
    jobs.run(job.id)
    assert jobs.get(job.id).status == "cancelled"
    assert jobs.cancel(job.id).status == "cancelled"


def test_a_running_job_ends_at_its_next_step(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        progress("work", 1, 2)
        raise AssertionError("it was to end above")

    jobs = service(database, work)
    job = jobs.submit("work", {})
    thread = threading.Thread(target=jobs.run, args=(job.id,))
    thread.start()
    assert begun.wait(PATIENCE_S)
    told = jobs.cancel(job.id)
    assert (told.status, told.cancel_requested) == ("running", True)
    go_on.set()
    thread.join(PATIENCE_S)
    assert jobs.get(job.id).status == "cancelled"


def test_what_has_ended_can_not_be_cancelled(database: Database) -> None:
    jobs = service(database, doubled)
    job = jobs.submit("work", {"number": 1})
    jobs.run(job.id)
    with pytest.raises(ConflictError, match="succeeded already"):
        jobs.cancel(job.id)
    with pytest.raises(NotFoundError):
        jobs.cancel("nothing")


def test_a_kind_that_runs_alone_names_the_job_that_is_open(database: Database) -> None:
    jobs = service(database, doubled, alone=True)
    first = jobs.submit("work", {"number": 1})
    with pytest.raises(JobRunningError) as refused:
        jobs.submit("work", {"number": 2})
    assert refused.value.job_id == first.id
    jobs.run(first.id)
    assert jobs.submit("work", {"number": 3}).status == "queued"


def test_of_many_at_once_only_one_job_that_runs_alone_is_taken(database: Database) -> None:
    jobs = service(database, doubled, alone=True)
    refused = []

    def submit() -> None:
        try:
            jobs.submit("work", {"number": 1})
        except JobRunningError as error:
            refused.append(error.job_id)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert len(set(refused)) == 1


def test_a_kind_that_nobody_can_do_is_refused(database: Database) -> None:
    with pytest.raises(InvalidInputError, match="must be one of work"):
        service(database, doubled).submit("magic", {})


def test_what_a_dead_process_left_is_put_in_order(database: Database) -> None:
    sent: list[str] = []
    before = service(database, doubled)
    running, waiting = before.submit("work", {"number": 1}), before.submit("work", {"number": 2})
    with database.transaction() as session:
        crud.change_job(session, running.id, when=("queued",), values={"status": "running"})
    after = JobService(database, before.kinds, sent.append)
    assert after.recover() == sent == [waiting.id]
    problem = after.get(running.id).problem
    assert after.get(running.id).status == "failed"
    assert problem is not None
    assert problem["code"] == "interrupted"
    after.run(waiting.id)
    assert after.get(waiting.id).result == {"answer": 4}


def test_progress_is_seen_while_it_runs_and_written_seldom(database: Database) -> None:
    seen = []

    def work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        progress("work", 1, 4)
        seen.append(jobs.get(job.id))
        for number in range(5_000):
            progress("work", number, 10_000)
        seen.append(jobs.get(job.id))
        return {}

    jobs = service(database, work)
    job = jobs.submit("work", {})
    jobs.run(job.id)
    assert (seen[0].stage, seen[0].message, seen[0].progress) == ("work", "work: 1 of 4", 0.25)
    assert seen[1].progress >= 0.25


def test_a_stopping_process_fails_the_job_as_interrupted(database: Database) -> None:
    def work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        progress("work", 1, 2)
        return {}

    jobs = service(database, work)
    job = jobs.submit("work", {})
    jobs.run(job.id, stopping=lambda: True)
    problem = jobs.get(job.id).problem
    assert problem is not None
    assert problem["code"] == "interrupted"


def test_results_hold_no_number_that_json_lacks() -> None:
    assert plain({"a": (1, float("-inf")), 2: {"b": float("nan")}}) == {
        "a": [1, None], "2": {"b": None},
    }  # fmt: skip


def test_a_subclass_of_an_error_is_named_by_its_house_class() -> None:
    assert problem_of(JobRunningError("x", job_id="1"))["error"] == "ConflictError"
