"""Workers that go without a word, and messages that get lost."""

from collections.abc import Mapping
from typing import Any

import pytest

from src.core.progress import Progress
from src.db.database import Database
from src.db.rows import jobs as rows
from src.services.jobs.kinds import JobKind, JobRules, Ticket
from src.services.jobs.leases import LeaseLostError
from src.services.jobs.running import Ending
from src.services.jobs.service import JobService
from tests.services.jobs.conftest import SetClock

RULES = JobRules(lease_s=20.0, resend_after_s=30.0, most_deaths=3, kept_days=2.0)


def nothing(params: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    return {"done": True}


class Fleet:
    """Several workers on one database and one clock. tidied: parameters, as often as tidied"""

    def __init__(self, database: Database, clock: SetClock, *, again: bool = True) -> None:
        self.database, self.clock = database, clock
        self.sent: list[Ticket] = []
        self.tidied: list[Mapping[str, Any]] = []
        self.kinds = {"work": JobKind(nothing, again=again, tidy=self.tidied.append)}

    def worker(self) -> JobService:
        return JobService(
            self.database, self.kinds, self.sent.append, rules=RULES, clock=self.clock
        )


@pytest.fixture
def fleet(database: Database, clock: SetClock) -> Fleet:
    return Fleet(database, clock)


def test_what_lost_its_worker_goes_on_with_another(fleet: Fleet) -> None:
    dead, other = fleet.worker(), fleet.worker()
    job = dead.submit("work", {"a": 1})
    dead.claim(job.id)
    fleet.clock.forward(19.0)
    other.sweep()
    assert other.get(job.id).status == "running", "its claim holds for another second"
    fleet.clock.forward(2.0)
    other.sweep()
    assert other.get(job.id).status == "queued"
    assert [ticket.job_id for ticket in fleet.sent] == [job.id, job.id]
    other.run(job.id)
    done = other.get(job.id)
    assert (done.status, done.attempt, done.result) == ("succeeded", 2, {"done": True})
    assert fleet.tidied == [{"a": 1}]


def test_what_waits_for_somebody_who_does_not_come_fails_in_the_end(fleet: Fleet) -> None:
    nobody: list[str | None] = ["start one"]
    fleet.kinds["gpu"] = JobKind(nothing, missing=lambda: nobody[0])
    api = fleet.worker()
    waiting, other = api.submit("gpu", {}), api.submit("work", {})
    api.sweep()
    fleet.clock.forward(RULES.nobody_s - 1.0)
    api.sweep()
    assert api.get(waiting.id).status == "queued", "a worker that starts anew finds it"
    nobody[0] = None
    api.sweep()
    nobody[0] = "start one"
    api.sweep()
    fleet.clock.forward(RULES.nobody_s - 1.0)
    api.sweep()
    assert api.get(waiting.id).status == "queued", "somebody was there in between"
    fleet.clock.forward(2.0)
    api.sweep()
    failed = api.get(waiting.id)
    assert failed.status == "failed"
    assert failed.problem == {
        "code": "no_worker", "error": "BackendUnavailableError", "detail": "start one"
    }  # fmt: skip
    assert api.get(other.id).status == "queued"


def test_a_worker_that_says_that_it_lives_keeps_its_job(fleet: Fleet) -> None:
    living, other = fleet.worker(), fleet.worker()
    job = living.submit("work", {})
    living.claim(job.id)
    for _ in range(5):
        fleet.clock.forward(15.0)
        living.renew()
        other.sweep()
    assert other.get(job.id).status == "running"


def test_a_worker_that_wakes_too_late_is_refused(fleet: Fleet) -> None:
    paused, other = fleet.worker(), fleet.worker()
    job = paused.submit("work", {})
    late = paused.claim(job.id)
    assert late is not None
    fleet.clock.forward(25.0)
    other.sweep()
    second = other.claim(job.id)
    assert second is not None
    paused.renew()
    with pytest.raises(LeaseLostError, match="attempt 1"):
        late.check()
    paused.work(late)
    assert other.get(job.id).status == "running", "the result of the late one was refused"
    other.work(second)
    assert [news.data["status"] for news in other.events(job.id)].count("succeeded") == 1


def test_a_refusal_has_a_code(fleet: Fleet) -> None:
    worker = fleet.worker()
    claim = worker.claim(worker.submit("work", {}).id)
    assert claim is not None
    with pytest.raises(LeaseLostError) as refused:
        worker._runner.finish(claim.job_id, claim.attempt + 1, Ending("succeeded"))
    assert refused.value.code == "lease_lost"


def test_a_claim_that_lapsed_unseen_is_still_held(fleet: Fleet) -> None:
    worker = fleet.worker()
    claim = worker.claim(worker.submit("work", {}).id)
    assert claim is not None
    fleet.clock.forward(1000.0)
    worker.renew()
    worker.sweep()
    worker.work(claim)
    assert worker.get(claim.job_id).status == "succeeded"


def test_of_several_sweepers_one_takes_a_job_up(fleet: Fleet) -> None:
    workers = [fleet.worker() for _ in range(3)]
    job = workers[0].submit("work", {})
    workers[0].claim(job.id)
    fleet.clock.forward(21.0)
    for worker in workers:
        worker.sweep()
    assert len(fleet.sent) == 2
    assert [news.data["status"] for news in workers[0].events(job.id)] == [
        "queued", "running", "queued",
    ]  # fmt: skip


def test_a_job_over_which_three_workers_died_fails_with_that_reason(fleet: Fleet) -> None:
    worker = fleet.worker()
    job = worker.submit("work", {"a": 1})
    for _ in range(3):
        assert fleet.worker().claim(job.id) is not None
        fleet.clock.forward(21.0)
        worker.sweep()
    failed = worker.get(job.id)
    assert failed.status == "failed"
    assert failed.problem is not None
    assert failed.problem["code"] == "worker_died"
    assert "3 workers died" in failed.problem["detail"]
    assert fleet.tidied == [{"a": 1}], "what the last of them left is removed"
    assert worker.claim(job.id) is None


def test_a_worker_that_ends_in_order_is_no_death(fleet: Fleet) -> None:
    worker = fleet.worker()
    fleet.kinds["work"] = JobKind(lambda _, progress: {"n": progress("a", 1, 1)}, again=True)
    worker = fleet.worker()
    job = worker.submit("work", {})
    for _ in range(5):
        worker.run(job.id, stopping=lambda: True)
    worker.run(job.id)
    assert worker.get(job.id).status == "succeeded"


def test_what_must_not_run_twice_fails_when_its_worker_dies(
    database: Database, clock: SetClock
) -> None:
    fleet = Fleet(database, clock, again=False)
    worker = fleet.worker()
    job = worker.submit("work", {})
    worker.claim(job.id)
    clock.forward(21.0)
    worker.sweep()
    problem = worker.get(job.id).problem
    assert problem is not None
    assert problem["code"] == "interrupted"


def test_a_cancelled_job_whose_worker_dies_is_not_begun_again(fleet: Fleet) -> None:
    worker = fleet.worker()
    job = worker.submit("work", {})
    fleet.worker().claim(job.id)
    assert worker.cancel(job.id).status == "running"
    fleet.clock.forward(21.0)
    worker.sweep()
    assert worker.get(job.id).status == "cancelled"
    assert len(fleet.tidied) == 1


def test_a_job_of_a_version_without_claims_is_taken_up(fleet: Fleet) -> None:
    worker = fleet.worker()
    job = worker.submit("work", {})
    with fleet.database.transaction() as session:
        rows.get_job(session, job.id).status = "running"
    worker.sweep()
    assert worker.get(job.id).status == "queued"


def test_what_waits_for_too_long_is_sent_again(fleet: Fleet) -> None:
    worker = fleet.worker()
    job = worker.submit("work", {})
    fleet.sent.clear()
    for seconds, times in ((29.0, 0), (2.0, 1), (29.0, 1), (2.0, 2)):
        fleet.clock.forward(seconds)
        worker.sweep()
        assert [ticket.job_id for ticket in fleet.sent] == [job.id] * times


def test_what_ended_long_ago_goes_with_its_events(fleet: Fleet) -> None:
    worker = fleet.worker()
    old, waiting = worker.submit("work", {}), worker.submit("work", {})
    worker.run(old.id)
    fleet.clock.forward(2 * 86_400 - 1)
    assert worker.forget_old() == 0
    fleet.clock.forward(2)
    new = worker.submit("work", {})
    worker.run(new.id)
    assert worker.forget_old() == 1
    assert worker.events(old.id) == []
    assert worker.newest_events([old.id, waiting.id, new.id]).keys() == {waiting.id, new.id}
