"""Slows down whoever guesses the studio's password."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable


class LoginBrake:
    """Counts wrong passwords of all visitors, in this process.

    Addresses are not told apart: behind a proxy all visitors have the same one. Who is in stays
    in; who wants in while somebody guesses has to wait too.

    tries: so many are answered within ``within_s`` seconds
    """

    def __init__(
        self,
        *,
        tries: int = 10,
        within_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._within_s, self._clock = within_s, clock
        self._wrong: deque[float] = deque(maxlen=tries)
        self._lock = threading.Lock()

    def wait_s(self) -> int:
        """Return for how many whole seconds no password is looked at; 0: the next one is."""
        with self._lock:
            if len(self._wrong) < (self._wrong.maxlen or 0):
                return 0
            return max(0, math.ceil(self._wrong[0] + self._within_s - self._clock()))

    def wrong(self) -> None:
        """Remember a wrong password."""
        with self._lock:
            self._wrong.append(self._clock())
