"""Processes that end with the one that started them, however that ends."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> bool:
    """Let the system kill this process when its parent dies; False where it has no way to.

    Linux does it at once, even while this process computes without listening. Elsewhere the
    caller watches a pipe that its parent holds.
    """
    if not sys.platform.startswith("linux"):
        return False
    parent = os.getppid()
    prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    if prctl is None or prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        return False
    if os.getppid() != parent:  # it died in between, and the signal will not come
        os._exit(1)
    return True
