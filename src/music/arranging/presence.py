"""Who comes in and leaves within the sections of a track, to the bar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from src.music.arranging.timed_form import PartMove
from src.music.model.part_request import PartRequest
from src.music.theory.library import DRUM_CATEGORIES

LOOP_PARTS = ("kick", "snare", "clap", "hihat", "cymbal")
"""What a drum loop holds: where one of these may not play, no loop may either."""


@dataclass(frozen=True)
class PartTiming:
    """With which bar of a section a part comes in and leaves, from 1; None where it does not.

    turns: whether one of both happens within the section, so that the part must play there
    """

    enters_bar: int | None = None
    exits_bar: int | None = None
    turns: bool = False


@dataclass(frozen=True)
class Presence:
    """When a part plays at all.

    categories: that it stands for; spans: (first bar, bar behind the last) of the track, from 0
    """

    request: PartRequest
    categories: frozenset[str]
    spans: tuple[tuple[int, int], ...]

    @property
    def blocked(self) -> frozenset[str]:
        """Categories that are silent where it does not play."""
        holds = self.categories & set(LOOP_PARTS)
        return self.categories | {"drums"} if holds else self.categories

    def within(self, start: int, end: int) -> PartTiming | None:
        """Find when it plays between two bars of the track; None where it does not at all."""
        for first, last in self.spans:
            if last <= start or first >= end:
                continue
            enters = first - start + 1 if first > start else None
            if first == start and first > 0:
                enters = 1
            exits = last - start + 1 if last < end else None
            return PartTiming(enters, exits, turns=enters is not None or exits is not None)
        return None


def presences_of(moves: Iterable[PartMove], bars: int) -> tuple[Presence, ...]:
    """Sum up the moves of each part. moves: in the order of time; bars: of the track

    A part that first comes in is silent before; one that first leaves has played so far.
    """
    rows: dict[frozenset[str], list[PartMove]] = {}
    for move in moves:
        rows.setdefault(categories_meant(move.request), []).append(move)
    return tuple(
        Presence(row[0].request, categories, _spans(row, bars)) for categories, row in rows.items()
    )


def categories_meant(request: PartRequest) -> frozenset[str]:
    """List the categories that a request stands for; "drums" are all of theirs."""
    return frozenset(DRUM_CATEGORIES) if request.name == "drums" else frozenset({request.category})


def _spans(row: Sequence[PartMove], bars: int) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    since: int | None = 0 if row[0].leaves else None
    for move in row:
        if move.leaves and since is not None:
            if move.bar > since:
                spans.append((since, move.bar))
            since = None
        elif not move.leaves and since is None:
            since = move.bar
    if since is not None and since < bars:
        spans.append((since, bars))
    return tuple(spans)
