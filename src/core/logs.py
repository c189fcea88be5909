"""Logging set-up, done once by the doors."""

import logging
import sys


def set_up_logging(level: str = "INFO") -> None:
    """Send log lines to standard error, so that standard output stays for answers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel("WARNING")
