"""Jobs in numbers."""

from src.db.database import Database
from src.services.jobs.figures import job_figures
from src.services.jobs.kinds import JobKind
from src.services.jobs.service import JobService
from tests.services.jobs.conftest import SetClock


def test_jobs_are_counted_by_kind_and_state_with_their_waits_and_durations(
    database: Database, clock: SetClock
) -> None:
    def takes_three_seconds(*_: object) -> dict[str, object]:
        clock.forward(3.0)
        return {}

    kinds = {"work": JobKind(takes_three_seconds), "rest": JobKind(lambda *_: {})}
    jobs = JobService(database, kinds, lambda _: None, clock=clock)
    first = jobs.submit("work", {})
    jobs.submit("work", {})
    jobs.cancel(jobs.submit("rest", {}).id)
    clock.forward(5.0)
    jobs.run(first.id)
    found = job_figures(database, clock)
    assert found.counts == {
        ("work", "succeeded"): 1, ("work", "queued"): 1, ("rest", "cancelled"): 1,
    }  # fmt: skip
    assert found.waits_s == {"work": 8.0}
    assert found.took_s == {"work": [3.0]}
    clock.forward(3601.0)
    assert job_figures(database, clock).took_s == {}
