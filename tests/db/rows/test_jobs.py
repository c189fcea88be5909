"""Rows of jobs and their events, by many hands at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from src.db.database import Database
from src.db.rows import job_leases, jobs
from src.db.rows.clock import database_time
from src.db.rows.job_leases import Lease
from src.db.rows.jobs import JobFilter, NewJob

MOMENT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
LEASE = Lease("worker", MOMENT, MOMENT + timedelta(seconds=20))


def add(database: Database, job_id: str, kind: str = "render", after_s: float = 0.0) -> None:
    with database.transaction() as session:
        moment = MOMENT + timedelta(seconds=after_s)
        assert jobs.add_job(session, NewJob(job_id, kind, {"n": job_id}), moment)


def together(work: Callable[[], Any], count: int = 8) -> list[Any]:
    """What several threads that start together get."""
    found: list[Any] = []
    start = threading.Barrier(count)

    def run() -> None:
        start.wait(10)
        found.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == count
    return found


def test_of_several_who_claim_a_job_one_gets_it(database: Database) -> None:
    add(database, "a")

    def claim() -> bool:
        with database.transaction() as session:
            return job_leases.claim(session, "a", LEASE) is not None

    assert sorted(together(claim)) == [False] * 7 + [True]


def test_several_who_take_what_comes_take_each_job_once_and_leave_none(database: Database) -> None:
    for number in range(40):
        add(database, f"{number:02}", after_s=number)

    def claim_all() -> list[str]:
        mine = []
        while True:
            with database.transaction() as session:
                row = job_leases.claim_next(session, "render", LEASE)
                if row is None:
                    return mine
                mine.append(row.id)

    taken = together(claim_all, 4)
    # One that is passed over for a moment while another claims it is that other's.
    assert sorted(chain.from_iterable(taken)) == [f"{number:02}" for number in range(40)]


def test_the_job_that_waits_longest_is_next(database: Database) -> None:
    add(database, "b", after_s=1)
    add(database, "a", after_s=2)
    add(database, "c", "export")
    with database.transaction() as session:
        row = job_leases.claim_next(session, "render", LEASE)
        assert row is not None
        assert (row.id, row.params, row.attempt) == ("b", {"n": "b"}, 1)


def test_events_of_many_writers_are_numbered_without_gaps(database: Database) -> None:
    add(database, "a")

    def write() -> None:
        for _ in range(10):
            with database.transaction() as session:
                jobs.change_job(
                    session, "a", when=("queued",), values={"stage": "x"}, moment=MOMENT
                )

    together(write, 4)
    with database.transaction() as session:
        numbers = [row.number for row in jobs.events_after(session, "a", 0, 100)]
        assert numbers == list(range(1, 42))
        assert jobs.newest_events(session, ["a"]) == {"a": 41}


def test_a_change_that_does_not_fit_changes_and_tells_nothing(database: Database) -> None:
    add(database, "a")
    with database.transaction() as session:
        change = {"values": {"stage": "x"}, "moment": MOMENT}
        assert jobs.change_job(session, "a", when=("running",), **change) is None
        assert jobs.change_job(session, "a", when=("queued",), attempt=1, **change) is None
        assert jobs.newest_events(session, ["a"]) == {"a": 1}
        assert jobs.get_job(session, "a").stage == ""


def test_pages_follow_each_other_whatever_comes_in_between(database: Database) -> None:
    for number in range(6):
        add(database, str(number), after_s=number // 2)
    seen: list[str] = []
    after = None
    with database.transaction() as session:
        while True:
            page, total = jobs.list_jobs(session, JobFilter(), limit=2, after=after)
            if not page:
                break
            seen += [row.id for row in page]
            after = jobs.After(page[-1].created_at, page[-1].id)
            new = NewJob(f"new{total}", "render", {})
            jobs.add_job(session, new, MOMENT + timedelta(seconds=60))
    assert seen == ["4", "5", "2", "3", "0", "1"]


def test_jobs_are_found_by_kind_and_state(database: Database) -> None:
    add(database, "a")
    add(database, "b", "export")
    with database.transaction() as session:
        job_leases.claim(session, "b", LEASE)

        def found(which: JobFilter) -> list[str]:
            return [row.id for row in jobs.list_jobs(session, which, limit=9)[0]]

        assert found(JobFilter(kinds=("render",))) == ["a"]
        assert found(JobFilter(statuses=("running",))) == ["b"]
        assert found(JobFilter(ids=("a", "b"), statuses=("queued",))) == ["a"]


def test_the_database_tells_the_time_with_its_zone(database: Database) -> None:
    with database.transaction() as session:
        first, second = database_time(session), database_time(session)
    assert first.utcoffset() == timedelta(0)
    assert first <= second
    assert abs((first - datetime.now(UTC)).total_seconds()) < 60
