"""What all tests of the studio's scripts need."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _main_stays() -> Iterator[None]:
    """A page that runs as a script takes the place of the main module, which workers that are
    spawned later by other tests would look for."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
