"""Log lines never mix with answers."""

import logging
from collections.abc import Iterator

import pytest

from src.core.logs import leave_out_health_checks, logging_put_back, set_up_logging


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


def test_health_checks_that_went_well_are_no_news(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("uvicorn.access")
    before = list(log.filters)
    try:
        leave_out_health_checks()
        with caplog.at_level("INFO", logger="uvicorn.access"):
            for path, status in (("/healthz", 200), ("/readyz", 503), ("/api/v1/stems/", 200)):
                log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", path, "1.1", status)
            log.info("something else")
    finally:
        log.filters[:] = before
    told = [record.getMessage() for record in caplog.records]
    assert [("healthz" in line, "readyz" in line) for line in told] == [
        (False, True), (False, False), (False, False),
    ]  # fmt: skip
