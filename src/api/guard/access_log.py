"""What uvicorn's access log tells of requests."""

import logging


def leave_out_health_checks() -> None:
    """Keep the questions that containers are asked every few seconds out of uvicorn's log,
    while they are answered well."""
    logging.getLogger("uvicorn.access").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a line of uvicorn's access log tells anything; its arguments are client, method,
    path, HTTP version and status."""
    reported = record.args if isinstance(record.args, tuple) else ()
    return len(reported) < 5 or (reported[2], reported[4]) not in (
        ("/healthz", 200),
        ("/readyz", 200),
    )
