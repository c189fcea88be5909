"""Health checks in uvicorn's access log."""

import logging

import pytest

from src.api.guard.access_log import leave_out_health_checks


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
    reported = [record.getMessage() for record in caplog.records]
    assert [("healthz" in line, "readyz" in line) for line in reported] == [
        (False, True), (False, False), (False, False),
    ]  # fmt: skip
