"""An import that is killed ends, taken up again, like one that never was."""

from pathlib import Path

from benchmarks.kill import Trial, kill_at_random
from benchmarks.material import write_library


def test_killed_imports_end_with_the_rows_of_an_undisturbed_one(tmp_path: Path) -> None:
    write_library(tmp_path / "library", files=40, length_s=0.05)
    trial = Trial(tmp_path / "library", "tests.services.plain_services:build_speaking")
    tally = kill_at_random(trial, tmp_path, kills=3, seed=3)
    assert tally.differences == []
    assert tally.kills == 3
