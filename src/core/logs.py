"""Logging set-up, done once by the doors."""

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

_NONE: Mapping[str, str] = MappingProxyType({})
_ids: ContextVar[Mapping[str, str]] = ContextVar("ids", default=_NONE)


def set_up_logging(level: str = "INFO", form: str = "plain") -> None:
    """Send log lines to standard error, so that standard output stays for answers.

    form: "plain" for people, "json" for programs: one object a line
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel("WARNING")


@contextmanager
def logged_with(**ids: str) -> Iterator[None]:
    """Let every line that is logged inside carry these ids, such as ``request_id``.

    They hold for this thread or task, and for what it starts with its context.
    """
    before = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(before)


class PlainLines(logging.Formatter):
    """Lines for people: time, level, logger, message, and behind them the ids."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """Write one line, without an exception."""
        ids = " ".join(f"{name}={value}" for name, value in _ids.get().items())
        line = super().formatMessage(record)
        return f"{line} [{ids}]" if ids else line


class JsonLines(logging.Formatter):
    """Lines for programs: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, the ids,
    and ``exception`` where there was one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write one object."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_ids.get(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


@contextmanager
def logging_put_back() -> Iterator[None]:
    """Undo ``set_up_logging`` at the end, for a command that runs inside another program."""
    root, migrations = logging.getLogger(), logging.getLogger("alembic")
    handlers, level, of_migrations = root.handlers[:], root.level, migrations.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        migrations.setLevel(of_migrations)


def print_answer(text: str) -> bool:
    """Print to standard output; False where its reader has gone (``| head -1``)."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # else the interpreter complains once more when it flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True
