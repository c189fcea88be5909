"""The engine is killed while it works on jobs: a short form of the benchmark."""

import shutil
from pathlib import Path

from benchmarks.job_chaos import Chaos, kill_at_random


def test_whatever_dies_each_job_ends_once_and_nothing_is_half(
    demo_library: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_library, home)
    chaos = Chaos(home, seed=4, lease_s=2.0)
    try:
        chaos.begin()
        kill_at_random(chaos, jobs=8, kills=2)
        for _ in range(3):
            chaos.cancel_one()
        tally = chaos.conclude()
    finally:
        chaos.server.clear()
    assert tally.faults == []
    assert tally.kills == 2
    assert tally.jobs >= 12
    assert sum(tally.ends.values()) == tally.jobs
