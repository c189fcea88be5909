"""Following a job: each event once, also for who was cut off."""

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from typing import Any, cast

import pytest
from fastapi import routing
from fastapi.testclient import TestClient

from src.api.job_watch import JobWatch
from src.db.rows.jobs import JobFilter
from src.services.jobs.service import JobService
from src.services.jobs.states import JobNews
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate, StandIns


@pytest.fixture
def database_url(each_database_url: str | None) -> str | None:
    return each_database_url


def reported(text: str) -> list[dict[str, Any]]:
    """The events of a stream."""
    events = []
    for block in text.strip().split("\n\n"):
        lines = [line.partition(": ") for line in block.splitlines() if not line.startswith(":")]
        fields = {name: value for name, _, value in lines}
        if fields:
            events.append({**fields, "data": json.loads(fields["data"])})
    return events


def generate(client: TestClient) -> str:
    answer = client.post("/generate-track?wait=false", json={"prompt": "techno"})
    job_id: str = answer.json()["id"]
    return job_id


def test_a_finished_job_tells_all_its_past(client: TestClient, job_probe: JobProbe) -> None:
    job_id = generate(client)
    job_probe.ended(job_id)
    answer = client.get(f"/api/v1/jobs/{job_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = reported(answer.text)
    assert [int(event["id"]) for event in events] == list(range(1, len(events) + 1))
    assert events[0]["data"]["status"] == "queued"
    assert (events[-1]["event"], events[-1]["data"]["status"]) == ("state", "succeeded")
    assert "mixing" in [event["data"]["stage"] for event in events]


def test_who_was_cut_off_goes_on_where_he_was(client: TestClient, job_probe: JobProbe) -> None:
    job_id = generate(client)
    job_probe.ended(job_id)
    url = f"/api/v1/jobs/{job_id}/events"
    every = reported(client.get(url).text)
    for seen in range(1, len(every)):
        rest = reported(client.get(url, headers={"Last-Event-ID": str(seen)}).text)
        assert rest == every[seen:]
        assert reported(client.get(url, params={"after": seen}).text) == rest
    over = client.get(url, headers={"Last-Event-ID": every[-1]["id"]})
    assert (over.status_code, over.content) == (204, b"")


def test_who_follows_sees_what_happens_as_it_happens(client: TestClient, gate: Gate) -> None:
    gate.close()
    job_id = generate(client)
    assert gate.reached.wait(10)
    threading.Timer(0.3, gate.open.set).start()
    events = reported(client.get(f"/api/v1/jobs/{job_id}/events").text)
    assert [int(event["id"]) for event in events] == list(range(1, len(events) + 1))
    assert [event["data"]["status"] for event in events][-1] == "succeeded"


def test_many_follow_one_job_and_each_sees_each_event_once(client: TestClient, gate: Gate) -> None:
    gate.close()
    job_id = generate(client)
    streams: list[list[str]] = []

    def follow() -> None:
        events = reported(client.get(f"/api/v1/jobs/{job_id}/events").text)
        streams.append([event["id"] for event in events])

    threads = [threading.Thread(target=follow) for _ in range(20)]
    for thread in threads:
        thread.start()
    assert gate.reached.wait(10)
    gate.open.set()
    for thread in threads:
        thread.join(60)
    assert len(streams) == 20
    assert all(stream == streams[0] for stream in streams)
    assert streams[0] == [str(number) for number in range(1, len(streams[0]) + 1)]


def test_a_stream_without_news_shows_that_it_lives(
    client: TestClient, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "_PING_INTERVAL", 0.05)
    gate.close()
    job_id = generate(client)
    assert gate.reached.wait(10)
    threading.Timer(1.0, gate.open.set).start()
    assert ": ping" in client.get(f"/api/v1/jobs/{job_id}/events").text


def test_a_stream_ends_when_its_job_is_removed(
    client: TestClient, services: StandIns, gate: Gate
) -> None:
    from sqlalchemy import delete

    from src.db.models import Job

    gate.close()
    job_id = generate(client)
    assert gate.reached.wait(10)

    def remove() -> None:
        with services.database.transaction() as session:
            session.execute(delete(Job).where(Job.id == job_id))

    threading.Timer(0.3, remove).start()
    events = reported(client.get(f"/api/v1/jobs/{job_id}/events").text)
    assert events[-1]["data"]["status"] == "running"
    gate.open.set()


@pytest.mark.parametrize("seen", ["x", "-1"])
def test_a_place_that_is_none_is_refused(
    client: TestClient, job_probe: JobProbe, seen: str
) -> None:
    job_id = generate(client)
    job_probe.ended(job_id)
    answer = client.get(f"/api/v1/jobs/{job_id}/events", headers={"Last-Event-ID": seen})
    assert_problem(answer, 422, "validation_failed")


def test_an_unknown_job_can_not_be_followed(client: TestClient) -> None:
    assert_problem(client.get("/api/v1/jobs/00/events"), 404, "not_found")


def test_what_waits_and_is_cancelled_ends_the_stream(client: TestClient, gate: Gate) -> None:
    gate.close()
    ids = [generate(client) for _ in range(3)]
    engine = client.app.state.engine  # type: ignore[attr-defined]
    threading.Timer(0.3, engine.jobs.cancel_many, [JobFilter(ids=(ids[2],))]).start()
    events = reported(client.get(f"/api/v1/jobs/{ids[2]}/events").text)
    assert [event["data"]["status"] for event in events] == ["queued", "cancelled"]
    gate.open.set()


def test_who_waits_for_the_end_finds_no_question_under_way() -> None:
    class Jobs:
        asking = False

        def newest_events(self, job_ids: Sequence[str]) -> dict[str, int]:
            self.asking = True
            time.sleep(0.2)
            self.asking = False
            return dict.fromkeys(job_ids, 0)

        def events(self, job_id: str, *, after: int, limit: int) -> list[JobNews]:
            return []

    async def follow_and_end() -> bool:
        jobs = Jobs()
        watch = JobWatch(cast(JobService, jobs), every_s=0.0)
        following = asyncio.create_task(anext(watch.events("1", 0), None))
        while not jobs.asking:
            await asyncio.sleep(0.001)
        watch.close()
        await watch.ended()
        await following
        return jobs.asking

    assert not asyncio.run(follow_and_end())
