"""Memory that was needed for a while goes back."""

import ctypes
import re
from pathlib import Path

import numpy as np
import pytest

from src.core.memory import give_back_freed

STATUS = Path("/proc/self/status")


def resident_mb() -> float:
    found = re.search(r"^RssAnon:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


@pytest.mark.skipif(
    not STATUS.exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="only Linux with glibc keeps freed memory in this way, and tells of it",
)
def test_what_was_freed_between_things_that_stay_goes_back() -> None:
    made = [np.ones(8_000) for _ in range(1_500)]  # each too small for a mapping of its own
    kept = made[::100]
    del made
    before = resident_mb()
    give_back_freed()
    assert resident_mb() < before - 40
    assert all(array[0] == 1.0 for array in kept)
