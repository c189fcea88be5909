"""Log lines never mix with answers."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from src.core.logs import logged_with, logging_put_back, set_up_logging


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


def test_lines_carry_the_ids_that_hold_where_they_are_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging("INFO")
    with logged_with(request_id="r1"):
        with logged_with(job_id="j1"):
            logging.getLogger("here").info("inside")
        logging.getLogger("here").info("between")
    logging.getLogger("here").info("outside")
    inside, between, outside = capsys.readouterr().err.splitlines()
    assert inside.endswith("inside [request_id=r1 job_id=j1]")
    assert between.endswith("between [request_id=r1]")
    assert outside.endswith("outside")


def test_programs_get_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", "json")
    with logged_with(job_id="j1"):
        logging.getLogger("here").info("two\nlines, %s", "ü")
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("here").exception("it broke")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    moment = datetime.fromisoformat(first.pop("time"))
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 3600
    assert first == {"level": "INFO", "logger": "here", "message": "two\nlines, ü", "job_id": "j1"}
    assert second["level"] == "ERROR"
    assert "ValueError: why" in second["exception"]
