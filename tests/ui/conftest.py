"""What all tests of the studio's scripts need."""

import logging
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


@pytest.fixture(autouse=True)
def _loggers_of_the_server_stay() -> Iterator[None]:
    """Streamlit sets up uvicorn's loggers for a server of its own as soon as a page runs."""
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(one, one.level, one.handlers[:], one.propagate) for one in loggers]
    yield
    for one, level, handlers, propagate in before:
        one.setLevel(level)
        one.handlers[:], one.propagate = handlers, propagate
