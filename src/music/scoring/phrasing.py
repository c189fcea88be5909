"""Phrases: who enters, rests and leaves every few bars, so that long sections breathe.

A section is a row of phrases of eight bars (four where it is short). In an intro and a
breakdown parts join one after the other, in an outro they leave in the opposite order, so
that a DJ can mix both ends. In grooves and drops an ornament rests for a phrase and comes
back. Before a drop everything may stop for a moment.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence

from src.music.genre.genres import Phrasing
from src.music.model.part_request import PartRequest
from src.music.model.timeline import SectionTime
from src.music.theory.library import DRUM_CATEGORIES

Hole = tuple[float, float]
"""The beats (start, end) between which a part is silent."""

_BREAK_ORDER = (
    "pad", "atmo", "strings", "keys", "vocal", "guitar", "synth", "brass", "lead", "bass",
)  # fmt: skip
_LEAST_PLAYING = 3
_TWO_REST_FROM = 7
_LONGEST_SILENCE = 2.0
"""So many beats may be silent at most where a part that plays alone rests."""

_THROUGH_GAPS = ("atmo", "fx", "vocal")


def phrase_starts(section: SectionTime, phrasing: Phrasing, beats_per_bar: float) -> list[float]:
    """Find where the phrases of a section begin, in beats; the first is the section's start.

    A section that is shorter than two phrases is halved where something changes by its nature.
    """
    bars = round(section.length / beats_per_bar)
    size = phrasing.bars
    if bars < 2 * size:
        halves = section.kind not in ("groove", "drop") and bars >= size
        size = max(1, size // 2) if halves else bars
    return [section.start + bar * beats_per_bar for bar in range(0, bars, max(1, size))]


def rests_of(
    parts: Sequence[PartRequest],
    times: Sequence[SectionTime],
    phrasing: Phrasing,
    *,
    beats_per_bar: float,
    seeds: Sequence[str],
) -> dict[str, list[Hole]]:
    """Decide when each part is silent within its sections, by its name.

    seeds: one for each section

    A part that is alone in its section never rests, nor does one whose entry or exit is given.
    The same arguments give the same rests.
    """
    rests: dict[str, list[Hole]] = {part.name: [] for part in parts}
    for section in times:
        here = [part for part in parts if section.number in part.sections]
        free = [part for part in here if not part.is_timed_in(section.number)]
        starts = phrase_starts(section, phrasing, beats_per_bar)
        phrases = list(zip(starts, [*starts[1:], section.end], strict=True))
        rng = random.Random(seeds[section.number])
        for name, hole in _section_rests(free, section, phrases, phrasing, rng):
            rests[name].append(hole)
        for name, hole in _gap(here, section, times, phrasing):
            rests[name].append(hole)
    return rests


def _section_rests(
    here: Sequence[PartRequest],
    section: SectionTime,
    phrases: Sequence[Hole],
    phrasing: Phrasing,
    rng: random.Random,
) -> Iterable[tuple[str, Hole]]:
    if len(phrases) < 2 or len(here) < 2:
        return ()
    if section.kind in ("intro", "outro"):
        ranked = _ranked(here, phrasing.enters)
        return _joining(ranked, phrases, leaving=section.kind == "outro")
    if section.kind == "break":
        order = (*_BREAK_ORDER, *phrasing.enters)
        return _joining(_ranked(here, order), phrases, leaving=False)
    if section.kind in ("groove", "drop"):
        return _resting(here, phrases, phrasing, rng)
    return ()


def _ranked(here: Sequence[PartRequest], order: Sequence[str]) -> list[PartRequest]:
    """Sort parts in the order in which they join; who is not in the order comes last."""
    positions = {category: position for position, category in reversed(list(enumerate(order)))}
    return sorted(here, key=lambda part: (positions.get(part.category, len(order)), part.name))


def _joining(
    ranked: Sequence[PartRequest], phrases: Sequence[Hole], *, leaving: bool
) -> Iterable[tuple[str, Hole]]:
    """Give each phrase more parts than the one before (``leaving``: fewer); one has all."""
    row = list(reversed(phrases)) if leaving else list(phrases)
    for number, phrase in enumerate(row):
        playing = max(1, math.ceil(len(ranked) * (number + 1) / len(row)))
        for part in ranked[playing:]:
            yield part.name, phrase


def _resting(
    here: Sequence[PartRequest], phrases: Sequence[Hole], phrasing: Phrasing, rng: random.Random
) -> Iterable[tuple[str, Hole]]:
    """Let an ornament rest in every phrase but the last, each time another one if there is one."""
    may = [part for part in _ranked(here, phrasing.rests) if part.category in phrasing.rests]
    rng.shuffle(may)
    turn = 0
    for phrase in phrases[:-1]:
        count = 2 if len(here) >= _TWO_REST_FROM and phrase is phrases[0] else 1
        for _ in range(min(count, len(may), len(here) - _LEAST_PLAYING)):
            yield may[turn % len(may)].name, phrase
            turn += 1


def _gap(
    here: Sequence[PartRequest],
    section: SectionTime,
    times: Sequence[SectionTime],
    phrasing: Phrasing,
) -> Iterable[tuple[str, Hole]]:
    """Leave a silence before a drop; what floats above the beat goes on."""
    follows = times[section.number + 1] if section.number + 1 < len(times) else None
    gap = 0.0 if follows is None else gap_before(follows, times, phrasing)
    if gap > 0.0:
        for part in here:
            if part.category not in _THROUGH_GAPS:
                yield part.name, (section.end - gap, section.end)


def gap_before(section: SectionTime, times: Sequence[SectionTime], phrasing: Phrasing) -> float:
    """Beats of silence before a section: only a drop after a build-up or a breakdown has any."""
    before = times[section.number - 1] if section.number > 0 else None
    if before is None or section.kind != "drop" or before.kind not in ("build", "break"):
        return 0.0
    return min(phrasing.gap_beats, before.length / 4.0)


def rest_for_change(
    parts: Sequence[PartRequest],
    block: Hole,
    *,
    attempt: int,
    beats_per_bar: float,
    rests: Mapping[str, Sequence[Hole]],
    seed: int,
) -> tuple[str, Hole] | None:
    """Add one rest within a block that would repeat an earlier one; None where nobody plays.

    parts: those that play in the block
    attempt: counts up while the block still repeats, and tries other parts and places
    """
    if not parts:
        return None
    rng = random.Random(f"{seed}:change:{block[0]}")
    calm = [part for part in parts if part.category not in ("kick", "bass", "drums")]
    order = sorted(calm or parts, key=lambda part: (len(rests[part.name]), part.name))
    rng.shuffle(order)
    part = order[attempt % len(order)]
    bars = 1 if part.category in DRUM_CATEGORIES else 2
    length = bars * beats_per_bar if len(parts) > 1 else _LONGEST_SILENCE
    positions = int((block[1] - block[0]) // length)
    position = positions - 1 - 2 * (attempt // len(order)) % positions
    start = block[0] + position * length
    return part.name, (start, start + length)
