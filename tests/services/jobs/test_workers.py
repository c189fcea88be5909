"""Who works on jobs, and who has not been heard of."""

from src.db.database import Database
from src.services.jobs.kinds import JobKind, JobRules
from src.services.jobs.service import JobService
from src.services.jobs.workers import WorkerRegister
from tests.services.jobs.conftest import SetClock

RULES = JobRules(lease_s=20.0)


def register(database: Database, clock: SetClock, name: str) -> WorkerRegister:
    return WorkerRegister(database, name=name, rules=RULES, clock=clock)


def test_a_worker_is_listed_with_what_it_can_do(database: Database, clock: SetClock) -> None:
    own = register(database, clock, "attic:12:ab")
    own.join(["render", "export"])
    assert own.states() == []
    own.report()
    (state,) = own.states()
    assert (state.name, state.host, state.kinds) == ("attic:12:ab", "attic", ("render", "export"))
    assert state.alive
    assert state.started_at == state.seen_at == clock.moment


def test_who_sends_jobs_and_does_none_is_no_worker(database: Database, clock: SetClock) -> None:
    own = register(database, clock, "attic:12:ab")
    own.report()
    own.leave()
    assert own.states() == []


def test_one_that_died_is_told_from_those_that_live_and_forgotten_after_a_day(
    database: Database, clock: SetClock
) -> None:
    register_of = {name: register(database, clock, f"{name}:1:a") for name in ("dead", "alive")}
    for one in register_of.values():
        one.join(["render"])
        one.report()
    clock.forward(61.0)
    late = register(database, clock, "late:1:a")
    late.join(["render"])
    late.report()
    assert {one.host: one.alive for one in late.states()} == {
        "late": True, "dead": False, "alive": False,
    }  # fmt: skip
    assert late.states()[0].host == "late"
    clock.forward(24 * 3600.0 - 30.0)
    late.forget_silent()
    assert [one.host for one in late.states()] == ["late"]


def test_one_that_ends_by_itself_is_gone_at_once(database: Database, clock: SetClock) -> None:
    own = register(database, clock, "attic:12:ab")
    own.join(["render"])
    own.report()
    own.leave()
    assert own.states() == []


def test_a_worker_is_listed_with_the_jobs_that_it_runs(database: Database, clock: SetClock) -> None:
    jobs = JobService(
        database, {"work": JobKind(lambda *_: {})}, lambda _: None, rules=RULES, clock=clock
    )
    jobs.workers.join(["work"])
    jobs.renew()
    jobs.submit("work", {})
    jobs.submit("work", {})
    assert jobs.claim_next(["work"]) is not None
    assert [one.running for one in jobs.workers.states()] == [1]
