"""Logging set-up, done once by the doors."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def set_up_logging(level: str = "INFO") -> None:
    """Send log lines to standard error, so that standard output stays for answers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel("WARNING")


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
