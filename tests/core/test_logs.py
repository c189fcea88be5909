"""Log lines never mix with answers."""

import logging
from collections.abc import Iterator

import pytest

from src.core.logs import logging_put_back, set_up_logging


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with logging_put_back():
        yield


def test_log_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("here").info("done %d", 3)
    logging.getLogger("here").debug("not shown")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "INFO here: done 3" in printed.err
    assert "not shown" not in printed.err


def test_migrations_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("alembic.runtime.migration").info("setup")
    assert capsys.readouterr().err == ""
