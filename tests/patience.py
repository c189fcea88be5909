"""How long a test waits for what must come: until it hangs, not until a slow machine is slow."""

import time
from collections.abc import Callable

PATIENCE_S = 300.0
"""What has not come by then hangs. No test takes longer for it where all is well."""


def until(true: Callable[[], bool], what: str = "it") -> None:
    """Wait for something to hold. Raises AssertionError where it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)
