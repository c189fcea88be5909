"""The chords of a section on the time line: which one sounds when, and its scale."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from src.music.model.planned_chords import ChordAt
from src.music.theory.chords import Chord

_THIRDS, _SEVENTHS = (3, 4), (9, 10, 11)
_PREFERRED = {2: (2, 1, 3), 3: (4, 3), 4: (5, 6, 4), 6: (9, 8), 7: (10, 11)}
"""Semitones above a chord's root that a degree may be, the usual one first."""


@dataclass(frozen=True)
class HarmonicSetting:
    """What parts need to find notes: the chords of a section and the track's scale.

    row: without gaps, in order; never empty
    scale: the track's pitch classes, the tonic first
    """

    row: tuple[ChordAt, ...]
    scale: tuple[int, ...]

    def at(self, beat: float) -> ChordAt:
        """Find the chord at a beat; the first or last one outside the row."""
        starts = [one.start for one in self.row]
        return self.row[max(0, bisect_right(starts, beat + 1e-6) - 1)]

    def after(self, chord: ChordAt) -> ChordAt:
        """Find the chord that follows one; the row's first behind its last."""
        return self.row[(self.row.index(chord) + 1) % len(self.row)]


@dataclass(frozen=True)
class Figure:
    """A hit of a pattern that wants a note: where, how long held (0 rings), which degree."""

    beat: float
    length: float
    degree: int = 1


def interval_of(degree: int, chord: Chord, scale: Sequence[int]) -> int:
    """Semitones above a chord's root of a degree of that chord: 1 root, 3 its third, 8 octave.

    What the chord does not say itself (second, fourth, sixth, often the seventh) is taken from
    the track's scale.
    """
    octave, step = divmod(degree - 1, 7)
    return 12 * octave + _within(step + 1, chord, scale)


def chord_scale(chord: Chord, scale: Sequence[int]) -> tuple[int, ...]:
    """Seven pitch classes to play over a chord, from its root on."""
    return tuple((chord.root + interval_of(degree, chord, scale)) % 12 for degree in range(1, 8))


def _within(degree: int, chord: Chord, scale: Sequence[int]) -> int:
    if degree == 1:
        return 0
    if degree == 5:
        return chord.fifth
    own = _own(degree, chord)
    if own is not None:
        return own
    in_scale = [step for step in _PREFERRED[degree] if (chord.root + step) % 12 in scale]
    return (in_scale or [_PREFERRED[degree][0]])[0]


def _own(degree: int, chord: Chord) -> int | None:
    """Return the chord's own third or seventh; None where it leaves them open."""
    wanted = {3: _THIRDS, 7: _SEVENTHS}.get(degree, ())
    if degree == 7 and len(chord.intervals) < 4:
        return None
    return next((step for step in chord.intervals if step in wanted), None)
