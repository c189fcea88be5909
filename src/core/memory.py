"""Giving memory back that was needed only for a while."""

import ctypes


def give_back_freed() -> None:
    """Hand freed memory back to the system, where the C library would keep it (glibc does).

    It takes a few milliseconds: for the end of long work, not for its loops.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
