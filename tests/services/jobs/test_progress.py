"""Progress never falls, and does not invent anything."""

import time

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from src.core.config import Settings
from src.db import crud
from src.services.jobs.progress import WRITE_EVERY_S, JobProgress, StageScale, remaining_s
from tests.db.stocked import fresh_database

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


def test_a_hurry_of_steps_is_written_few_times(settings: Settings) -> None:
    database = fresh_database(settings)
    with database.transaction() as session:
        crud.add_job(session, job_id="j", kind="work", params={}).status = "running"
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    progress = JobProgress(database, "j", stages=(("a", 1.0),), stopping=lambda: False)
    started = time.monotonic()
    for step in range(2_000):
        progress("a", step, 2_000)
    most = 1 + (time.monotonic() - started) / WRITE_EVERY_S
    assert 1 <= len(commits) <= most
    database.close()
