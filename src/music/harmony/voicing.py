"""Voicing chords: three or four notes each, led so that every voice moves as little as it can."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, combinations, pairwise, product

from src.music.theory.chords import Chord

LEAST_VOICES, MOST_VOICES = 3, 4
_WIDEST, _CLOSE = 16, 2
_CLOSE_COST, _CENTRE_COST, _LEAP_COST = 3.0, 0.4, 2.0
_LEAP = 4

Voicing = tuple[int, ...]
"""Notes from low to high, in semitones from the sample as it was recorded."""


def leading(
    chords: Sequence[Chord], *, reference: int, low: int, high: int, centre: float
) -> list[Voicing]:
    """Voice chords one after the other, each as near to the one before as it can be.

    reference: pitch class of the sample; low, high: lowest and highest note in semitones from
    it, an octave apart at least; centre: about where the middle of a voicing lies
    """
    out: list[Voicing] = []
    for chord in chords:
        known = candidates(voices_of(chord), reference, low, high)
        before = out[-1] if out else None
        out.append(min(known, key=lambda one: (_cost(one, before, centre), one)))
    return out


def voices_of(chord: Chord) -> tuple[int, ...]:
    """Pitch classes that are played, at most four; a fifth is left out first."""
    steps = list(chord.intervals)
    while len(steps) > MOST_VOICES:
        steps.remove(chord.fifth if chord.fifth in steps else steps[-2])
    return tuple((chord.root + step) % 12 for step in steps)


def movement(before: Voicing, after: Voicing) -> list[int]:
    """By how many semitones each voice moves; of another number of voices, to the nearest."""
    if len(before) == len(after):
        return [abs(a - b) for a, b in zip(sorted(before), sorted(after), strict=True)]
    fewer, more = sorted((before, after), key=len)
    return [min(abs(a - b) for b in fewer) for a in more]


@cache
def candidates(tones: tuple[int, ...], reference: int, low: int, high: int) -> tuple[Voicing, ...]:
    """List all ways to place some pitch classes within a range, three or more notes, none twice."""
    places = [
        [step for step in range(low, high + 1) if (reference + step - tone) % 12 == 0]
        for tone in tones
    ]
    rows: Iterable[Voicing] = product(*places)
    if len(tones) < LEAST_VOICES:
        rows = combinations(chain.from_iterable(places), LEAST_VOICES)
        rows = [row for row in rows if all(set(row) & set(own) for own in places)]
    found = {tuple(sorted(notes)) for notes in rows if len(set(notes)) == len(notes)}
    narrow = [notes for notes in found if notes[-1] - notes[0] <= _WIDEST]
    return tuple(sorted(narrow or found))


def _cost(notes: Voicing, before: Voicing | None, centre: float) -> float:
    gaps = [high - low for low, high in pairwise(notes)]
    close = _CLOSE_COST * sum(gap < _CLOSE for gap in gaps)
    off = _CENTRE_COST * abs(sum(notes) / len(notes) - centre) * len(notes)
    if before is None:
        return close + off
    moved = movement(before, notes)
    return sum(moved) + _LEAP_COST * sum(step > _LEAP for step in moved) + close + off / 2.0
