import os
import time

import pytest

from src.services.ingest.pool import WorkPool

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_")


def test_workers_compute_in_one_thread_and_keep_their_memory_while_we_stay_as_we_were() -> None:
    before = {name: os.environ.get(name) for name in LIMITS}
    with WorkPool(workers=1, timeout_s=60.0) as pool:
        reported = [pool.outcome(pool.start(os.getenv, name)) for name in LIMITS]
    assert all(reported)
    assert {name: os.environ.get(name) for name in LIMITS} == before


class _Stopped(Exception):
    """Whoever waits does not want it any more."""


@pytest.mark.parametrize(("tasks", "seconds"), [(1, 60.0), (100_000, 0.001)])
def test_waiting_for_tasks_long_or_short_can_be_ended(tasks: int, seconds: float) -> None:
    def stop() -> None:
        raise _Stopped

    started = time.monotonic()
    with (
        pytest.raises(_Stopped),
        WorkPool(workers=1, timeout_s=100.0, waiting=stop) as pool,
    ):
        for _ in pool.ordered(time.sleep, [seconds] * tasks):
            pass
    assert time.monotonic() - started < 50.0
