"""Bass lines: roots, fifths and octaves as the genre's patterns say, walks, approach notes."""

from collections.abc import Sequence

from src.music.harmony.row import Figure, HarmonicSetting, interval_of
from src.music.model.planned_chords import ChordAt

LOWEST, HIGHEST = -9, 14
"""Range of a bass in semitones from its sample: lower is mud, higher is no bass."""

_ROOTS = range(-7, 6)
_WALKING_DEGREES = 4
_LIFT = {2: 8, 5: 5}
"""In a chorus, which hit of eight of a line of bare roots goes to the octave or the fifth."""


def bass_notes(
    figures: Sequence[Figure], setting: HarmonicSetting, *, reference: int, lifted: bool
) -> list[int]:
    """Find a note for each hit, in semitones from the sample.

    A chord begins on its lowest note. Patterns of four and more degrees walk: the last hit
    before a change leads into the next chord.
    lifted: a chorus, in which a line of bare roots gets octaves and fifths
    """
    degrees = [figure.degree for figure in figures]
    walks = len(set(degrees)) >= _WALKING_DEGREES
    bare = set(degrees) <= {1}
    notes: list[int] = []
    root, playing, inside = 0, None, 0
    for number, figure in enumerate(figures):
        chord = setting.at(figure.beat)
        if chord != playing:
            playing, inside = chord, 0
            root = _root(chord, reference, root)
        degree = _LIFT.get(number % 8, 1) if bare and lifted else figure.degree
        following = figures[number + 1] if number + 1 < len(figures) else None
        then = None if following is None else setting.at(following.beat)
        if inside == 0:
            note = root
        elif walks and then is not None and then != chord:
            note = _approach(notes[-1], _root(then, reference, root))
        else:
            note = root + _step(degree, inside, chord, setting, walks=walks)
        notes.append(_in_range(note))
        inside += 1
    return notes


def _step(
    degree: int, inside: int, chord: ChordAt, setting: HarmonicSetting, *, walks: bool
) -> int:
    """Semitones above the root of a hit within a chord; a walk goes up it and back."""
    if walks:
        degree = (1, 3, 5, 6, 8, 7, 5, 3)[inside % 8]
    own = chord.chord.lowest - chord.chord.root
    return interval_of(degree, chord.chord, setting.scale) - own % 12


def _root(chord: ChordAt, reference: int, before: int) -> int:
    """Place a chord's lowest note as near as possible to the one before."""
    tone = chord.chord.lowest
    places = [step for step in _ROOTS if (reference + step - tone) % 12 == 0]
    return min(places, key=lambda step: (abs(step - before), abs(step)))


def _approach(before: int, aim: int) -> int:
    """Lead into a note by a semitone, from the side where the line comes from."""
    return aim + 1 if before > aim else aim - 1


def _in_range(note: int) -> int:
    while note > HIGHEST:
        note -= 12
    while note < LOWEST:
        note += 12
    return note
