"""Where sounds begin in the loops of a cast, so that fills are cut at hits, not on the grid."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from src.audio.analysis.onsets import onset_times_s
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.music.casting.cast_part import CastPart
from src.music.theory.library import StemCard

SLICED = ("drums", "percussion")
"""Categories whose loops are sliced for fills."""

KEPT = 512
"""So many stems' hits are remembered."""

_SENSITIVITY = 0.7

Load = Callable[[str, float, float], Audio]
"""(stem id, start in s, length in s) -> 48 kHz sound; what lies beyond the end is left out."""


class LoopHits:
    """Measures hits once per stem and remembers the latest.

    A stem's standardised copy never changes under one name, so its path is what its hits are
    remembered by. May be asked from several threads.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[tuple[str, float], tuple[float, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, cards: Iterable[StemCard], load: Load) -> Mapping[str, tuple[float, ...]]:
        """Find when sounds begin in each stem, in seconds, by the stem's id."""
        return {card.id: self._hits(card, load) for card in cards}

    def _hits(self, card: StemCard, load: Load) -> tuple[float, ...]:
        name = card.path, card.duration_s
        with self._lock:
            if name in self._known:
                self._known.move_to_end(name)
                return self._known[name]
        found = hits_of(load(card.id, 0.0, card.duration_s))
        with self._lock:
            self._known[name] = found
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return found


def hits_of(audio: Audio) -> tuple[float, ...]:
    """Find when sounds begin in a loop, in seconds: a pure function of its sound."""
    times = onset_times_s(audio, sample_rate=PROJECT_SAMPLE_RATE, sensitivity=_SENSITIVITY)
    return tuple(round(float(time), 6) for time in times)


def sliced_loops(parts: Iterable[CastPart]) -> list[StemCard]:
    """List the stems of a cast whose fills are cut at their hits."""
    return [
        part.card for part in parts if part.fit.way == "loop" and part.request.category in SLICED
    ]
