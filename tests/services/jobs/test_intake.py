"""A request is taken once, and not more than may wait."""

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from src.core.errors import InvalidInputError
from src.core.progress import Progress
from src.db.database import Database
from src.db.rows.jobs import JobFilter
from src.services.jobs.intake import JobRunningError, QueueFullError, RequestMark
from src.services.jobs.kinds import JobKind, JobRules, Ticket
from src.services.jobs.service import JobService

MARK = RequestMark("key", "digest")


def nothing(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    return {}


@pytest.fixture
def sent() -> list[Ticket]:
    return []


@pytest.fixture
def jobs(database: Database, sent: list[Ticket]) -> JobService:
    kinds = {"work": JobKind(nothing), "import": JobKind(nothing, alone=True)}
    return JobService(database, kinds, sent.append, rules=JobRules(most_queued=3))


def test_the_same_request_gets_the_same_job(jobs: JobService, sent: list[Ticket]) -> None:
    first = jobs.submit("work", {"a": 1}, mark=MARK)
    jobs.run(first.id)
    again = jobs.submit("work", {"a": 1}, mark=MARK)
    assert (again.id, again.status) == (first.id, "succeeded")
    assert len(sent) == 1
    known = jobs.known(MARK)
    assert known is not None
    assert known.id == first.id


def test_another_request_under_the_same_key_is_refused(jobs: JobService) -> None:
    jobs.submit("work", {}, mark=MARK)
    with pytest.raises(InvalidInputError, match="'key' was used for another request") as refused:
        jobs.submit("work", {}, mark=RequestMark("key", "another digest"))
    assert refused.value.code == "idempotency_key_reused"
    with pytest.raises(InvalidInputError):
        jobs.known(RequestMark("key", "another digest"))


def test_a_kind_that_runs_alone_knows_its_own_request(jobs: JobService) -> None:
    first = jobs.submit("import", {}, mark=MARK)
    assert jobs.submit("import", {}, mark=MARK).id == first.id
    with pytest.raises(JobRunningError):
        jobs.submit("import", {}, mark=RequestMark("other key", "digest"))
    with pytest.raises(JobRunningError):
        jobs.submit("import", {})


def test_of_the_same_request_at_once_one_job_is_made(jobs: JobService, sent: list[Ticket]) -> None:
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(jobs.submit("work", {}, mark=MARK).id))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == len(sent) == 1


def test_no_more_wait_than_may(jobs: JobService, sent: list[Ticket]) -> None:
    ids = [jobs.submit("work", {}).id for _ in range(3)]
    with pytest.raises(QueueFullError, match="3 jobs may wait") as refused:
        jobs.submit("work", {})
    assert refused.value.retry_after_s == 10
    assert len(sent) == 3
    assert jobs.submit("import", {}).status == "queued", "of these there is one at most"
    jobs.cancel_many(JobFilter(kinds=("import",)))
    jobs.run(ids[0])
    assert jobs.submit("work", {}).status == "queued"
