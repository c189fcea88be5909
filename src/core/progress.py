"""How long work tells what it is doing, and how it is stopped."""

from typing import Protocol


class JobCancelled(Exception):
    """Raised by a progress callback when the user cancelled the work."""


class Progress(Protocol):
    """Called with real steps: ``progress("mixing stems", 3, 12)``.

    ``total`` of 0 means that the number of steps is not known yet.
    May raise JobCancelled; whoever calls it leaves nothing half written then.
    """

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """Ignore progress that nobody watches."""
