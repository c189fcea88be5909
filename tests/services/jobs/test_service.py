"""Jobs as rows: every way that one can go."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.core.progress import Progress
from src.db.database import Database
from src.db.rows.jobs import JobFilter
from src.services.jobs.intake import JobRunningError
from src.services.jobs.kinds import JobKind, Task
from src.services.jobs.running import plain, problem_of
from src.services.jobs.service import JobService


def service(
    database: Database, task: Task, *, alone: bool = False, again: bool = False
) -> JobService:
    kind = JobKind(task, (("work", 1.0),), alone=alone, again=again)
    return JobService(database, {"work": kind}, lambda ticket: None)


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
        database,
        {"work": JobKind(doubled)},
        lambda ticket: seen.append(jobs.get(ticket.job_id).status),
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
        assert go_on.wait(10)
        progress("work", 1, 2)
        raise AssertionError("it was to end above")

    jobs = service(database, work)
    job = jobs.submit("work", {})
    thread = threading.Thread(target=jobs.run, args=(job.id,))
    thread.start()
    assert begun.wait(10)
    reported = jobs.cancel(job.id)
    assert (reported.status, reported.cancel_requested) == ("running", True)
    go_on.set()
    thread.join(10)
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


def stopped_at_once(database: Database, *, again: bool) -> tuple[JobService, str]:
    def work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        progress("work", 1, 2)
        return {}

    jobs = service(database, work, again=again)
    job = jobs.submit("work", {})
    jobs.run(job.id, stopping=lambda: True)
    return jobs, job.id


def test_a_stopping_process_puts_back_what_can_be_run_again(database: Database) -> None:
    jobs, job_id = stopped_at_once(database, again=True)
    assert jobs.get(job_id).status == "queued"
    jobs.run(job_id)
    done = jobs.get(job_id)
    assert (done.status, done.attempt) == ("succeeded", 2)


def test_a_stopping_process_fails_what_can_not_be_run_again(database: Database) -> None:
    jobs, job_id = stopped_at_once(database, again=False)
    problem = jobs.get(job_id).problem
    assert problem is not None
    assert problem["code"] == "interrupted"


def test_a_job_that_is_to_stop_is_not_put_back_by_a_stopping_process(database: Database) -> None:
    def work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        elsewhere = service(database, work)
        elsewhere.cancel(job.id)
        progress("work", 1, 2)
        return {}

    jobs = service(database, work, again=True)
    job = jobs.submit("work", {})
    jobs.run(job.id, stopping=lambda: True)
    assert jobs.get(job.id).status == "cancelled"


def test_many_are_cancelled_by_kind(database: Database) -> None:
    kinds = {"render": JobKind(doubled), "export": JobKind(doubled)}
    jobs = JobService(database, kinds, lambda ticket: None)
    renders = [jobs.submit("render", {"number": 1}).id for _ in range(3)]
    export = jobs.submit("export", {"number": 1}).id
    reported = jobs.cancel_many(JobFilter(kinds=("render",)))
    assert (reported.cancelled, reported.stopping) == (3, 0)
    assert [jobs.get(job_id).status for job_id in renders] == ["cancelled"] * 3
    assert jobs.get(export).status == "queued"


def test_kinds_of_one_lane_take_turns_in_the_queue(database: Database) -> None:
    kinds = {
        "render": JobKind(doubled), "export": JobKind(doubled),
        "import": JobKind(doubled, lane="library"),
    }  # fmt: skip
    jobs = JobService(database, kinds, lambda ticket: None)
    requested = ["render", "render", "render", "import", "export"]
    ids = [jobs.submit(kind, {"number": 1}).id for kind in requested]
    assert [jobs.get(job_id).queue_position for job_id in ids] == [1, 3, 4, 1, 2]
    jobs.run(ids[0])
    assert [jobs.get(job_id).queue_position for job_id in ids] == [None, 1, 3, 1, 2]


def test_every_change_is_told_once_and_in_order(database: Database) -> None:
    def work(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
        progress("work", 1, 4)
        return {}

    jobs = service(database, work)
    job = jobs.submit("work", {})
    jobs.run(job.id)
    reported = jobs.events(job.id)
    assert [news.number for news in reported] == [1, 2, 3, 4]
    assert [(news.kind, news.data["status"]) for news in reported] == [
        ("state", "queued"), ("state", "running"), ("progress", "running"), ("state", "succeeded"),
    ]  # fmt: skip
    assert [news.last for news in reported] == [False, False, False, True]
    assert jobs.events(job.id, after=2, limit=1) == [reported[2]]
    assert jobs.newest_events([job.id, "nobody"]) == {job.id: 4}


def test_results_hold_no_number_that_json_lacks() -> None:
    assert plain({"a": (1, float("-inf")), 2: {"b": float("nan")}}) == {
        "a": [1, None], "2": {"b": None},
    }  # fmt: skip


def test_a_subclass_of_an_error_is_named_by_its_house_class() -> None:
    assert problem_of(JobRunningError("x", job_id="1"))["error"] == "ConflictError"
