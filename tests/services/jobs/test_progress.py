"""Progress never falls, and does not invent anything."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from src.db.database import Database
from src.db.rows import jobs
from src.services.jobs.kinds import JobKind
from src.services.jobs.leases import Claim, LeaseLostError
from src.services.jobs.progress import WRITE_EVERY_S, JobProgress, StageScale, remaining_s
from src.services.jobs.service import JobService

STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "unknown"]), st.integers(0, 9), st.integers(0, 9))
)


@given(STEPS)
def test_progress_never_falls_and_stays_in_its_range(steps: list[tuple[str, int, int]]) -> None:
    scale = StageScale((("a", 3.0), ("b", 1.0)))
    seen = [scale.step(*step) for step in steps]
    assert seen == sorted(seen)
    assert all(0.0 <= value <= 1.0 for value in seen)


def test_stages_share_the_scale_by_their_weight() -> None:
    scale = StageScale((("a", 3.0), ("b", 1.0)))
    assert scale.step("a", 1, 2) == 0.375
    assert scale.step("b", 0, 4) == 0.75
    assert scale.step("b", 4, 4) == 1.0


def test_an_unknown_total_moves_nothing() -> None:
    scale = StageScale((("a", 1.0),))
    assert scale.step("a", 5, 0) == 0.0


def test_time_to_go_follows_what_was_done() -> None:
    assert remaining_s(0.25, 10.0) == 30.0
    assert remaining_s(0.0, 10.0) is None
    assert remaining_s(0.5, 0.1) is None


def running(database: Database) -> Claim:
    """A job that this process holds."""
    service = JobService(
        database, {"work": JobKind(lambda params, progress: {})}, lambda ticket: None
    )
    claim = service.claim(service.submit("work", {}).id)
    assert claim is not None
    return claim


def progress_of(database: Database, claim: Claim) -> JobProgress:
    return JobProgress(database, claim, stages=(("a", 1.0),), stopping=lambda: False, lease_s=20.0)


def test_a_hurry_of_steps_is_written_few_times(database: Database) -> None:
    claim = running(database)
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    progress = progress_of(database, claim)
    started = time.monotonic()
    for step in range(2_000):
        progress("a", step, 2_000)
    most = 1 + (time.monotonic() - started) / WRITE_EVERY_S
    assert 1 <= len(commits) <= most


def test_a_later_attempt_never_shows_less_than_an_earlier_one() -> None:
    scale = StageScale((("a", 1.0),), start=0.6)
    assert scale.step("a", 1, 10) == 0.6
    assert scale.covered == 0.0
    assert scale.step("a", 8, 10) == 0.8
    assert scale.covered == pytest.approx(0.5)


def test_a_step_of_a_lost_claim_is_refused(database: Database) -> None:
    claim = running(database)
    progress = progress_of(database, claim)
    with database.transaction() as session:
        row = jobs.get_job(session, claim.job_id)
        row.attempt = 2
    with pytest.raises(LeaseLostError, match=r"attempt 1 of job .* has lost its claim"):
        progress("a", 1, 2)
    with database.transaction() as session:
        assert jobs.get_job(session, claim.job_id).progress == 0.0


def test_a_step_prolongs_the_claim(database: Database) -> None:
    claim = running(database)
    with database.transaction() as session:
        before = jobs.get_job(session, claim.job_id).lease_until
    progress_of(database, claim)("a", 1, 2)
    with database.transaction() as session:
        after = jobs.get_job(session, claim.job_id).lease_until
    assert before is not None
    assert after is not None
    assert after > before
