import os

from src.services.ingest.pool import WorkPool

LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_")


def test_workers_compute_in_one_thread_and_keep_their_memory_while_we_stay_as_we_were() -> None:
    before = {name: os.environ.get(name) for name in LIMITS}
    with WorkPool(workers=1, timeout_s=60.0) as pool:
        told = [pool.outcome(pool.start(os.getenv, name)) for name in LIMITS]
    assert all(told)
    assert {name: os.environ.get(name) for name in LIMITS} == before
