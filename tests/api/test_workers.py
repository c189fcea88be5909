"""Who works on jobs, asked over HTTP."""

from src.services.jobs.kinds import GPU
from src.services.jobs.service import JobService
from tests.api.conftest import TestClient
from tests.api.stand_ins import StandIns
from tests.patience import until


def test_the_engine_itself_is_listed_as_a_worker(client: TestClient, services: StandIns) -> None:
    jobs: JobService = services.jobs
    until(lambda: bool(jobs.workers.states()), "the first sign of life")
    (worker,) = client.get("/api/v1/workers").json()["items"]
    assert worker["alive"]
    ours = {name for name, kind in jobs.kinds.items() if kind.lane != GPU}
    assert set(worker["kinds"]) == ours
    assert worker["running"] == 0
    assert worker["started_at"] <= worker["seen_at"]
