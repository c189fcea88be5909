"""Loading the demo kits over HTTP."""

from fastapi.testclient import TestClient

from src.core.config import Settings
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate
from tests.patience import PATIENCE_S


def test_the_demo_kits_come_into_the_kits_folder_and_are_analysed(
    client: TestClient, job_probe: JobProbe, settings: Settings, gate: Gate
) -> None:
    gate.close()  # at the analysis: until then a second request is told of the first
    answer = client.post("/api/v1/demo-kits")
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == job["url"]
    second = client.post("/api/v1/demo-kits")
    assert assert_problem(second, 409, "job_running")["job_id"] == job["id"]
    assert gate.reached.wait(PATIENCE_S)
    gate.open.set()
    done = job_probe.ended(job["id"])
    assert (done["status"], done["progress"]) == ("succeeded", 1.0)
    assert len(list(settings.raw_path.rglob("*.wav"))) == 63
    assert done["result"]["found"] == 0, "the stand-in for the analysis told its report"
