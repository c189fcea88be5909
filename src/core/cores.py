"""How much of the machine is ours."""

import os


def usable_cores() -> int:
    """Return cores that this process may use, at least 1: fewer than there are in many
    containers.
    """
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
