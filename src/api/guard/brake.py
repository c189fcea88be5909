"""Slows down whoever guesses: after some wrong keys an address is not listened to for a while."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable


class KeyBrake:
    """Counts wrong keys per address, in this process.

    tries: so many wrong ones are answered; the next is refused unseen
    within_s: seconds after which a wrong one is forgotten
    most: addresses that are remembered; beyond, the one that erred longest ago is forgotten
    """

    def __init__(
        self,
        *,
        tries: int = 20,
        within_s: float = 60.0,
        most: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tries, self._within_s, self._most, self._clock = tries, within_s, most, clock
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def wait_s(self, address: str) -> int:
        """Return for how many whole seconds an address is not listened to; 0: it is."""
        recent = self._recent(address)
        if len(recent) < self._tries:
            return 0
        return max(1, math.ceil(recent[-self._tries] + self._within_s - self._clock()))

    def wrong(self, address: str) -> None:
        """Remember a wrong key of an address."""
        recent = self._recent(address)
        recent.append(self._clock())
        self._wrong[address] = recent[-self._tries :]
        self._wrong.move_to_end(address)
        while len(self._wrong) > self._most:
            self._wrong.popitem(last=False)

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - self._within_s
        recent = [moment for moment in self._wrong.get(address, ()) if moment > since]
        if not recent:
            self._wrong.pop(address, None)
        return recent
