"""Bass lines: roots, fifths and octaves as the genre's patterns say, walks, approach notes."""

from collections.abc import Sequence

from src.music.harmony.row import Figure, HarmonicSetting, interval_of
from src.music.model.planned_chords import ChordAt

LOWEST, HIGHEST = -9, 14
"""Range of a bass in semitones from its sample: lower is mud, higher is no bass."""

_ROOTS = range(-7, 6)
_WALKING_DEGREES, _ON_BEATS = 4, 0.8
_LIFT = {2: 8, 5: 5, 6: 8}
"""In a chorus, which hit of eight on a chord goes to the octave or the fifth, not the root."""

_WALK, _LIFTED_WALK = (1, 3, 5, 6, 8, 7, 5, 3), (1, 8, 7, 5, 6, 5, 3, 2)


def bass_notes(
    figures: Sequence[Figure], setting: HarmonicSetting, *, reference: int, lifted: bool
) -> list[int]:
    """Find a note for each hit, in semitones from the sample.

    A chord begins on its lowest note. Patterns of four and more degrees on beats walk:
    the last hit before a change leads into the next chord.
    lifted: a chorus, in which some roots become octaves and fifths, and walks come down
    """
    walks = _walks(figures)
    notes: list[int] = []
    root, playing, inside = 0, None, 0
    for number, figure in enumerate(figures):
        chord = setting.at(figure.beat)
        if chord != playing:
            playing, inside = chord, 0
            root = _root(chord, reference, root)
        degree = _degree(figure, inside, walks=walks, lifted=lifted)
        following = figures[number + 1] if number + 1 < len(figures) else None
        then = None if following is None else setting.at(following.beat)
        if inside == 0:
            note = root
        elif walks and then is not None and then != chord:
            note = _approach(notes[-1], _root(then, reference, root))
        else:
            own = chord.chord.lowest - chord.chord.root
            note = root + interval_of(degree, chord.chord, setting.scale) - own % 12
        notes.append(_in_range(note))
        inside += 1
    return notes


def _walks(figures: Sequence[Figure]) -> bool:
    """Recognise a walking pattern: many degrees, nearly all on beats."""
    on_beats = sum(abs(one.beat - round(one.beat)) < 1e-6 for one in figures)
    degrees = {one.degree for one in figures}
    return len(degrees) >= _WALKING_DEGREES and on_beats >= _ON_BEATS * len(figures)


def _degree(figure: Figure, inside: int, *, walks: bool, lifted: bool) -> int:
    """Choose the degree of a hit, the number ``inside`` on its chord."""
    if walks:
        return (_LIFTED_WALK if lifted else _WALK)[inside % 8]
    if lifted and figure.degree == 1:
        return _LIFT.get(inside % 8, 1)
    return figure.degree


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
