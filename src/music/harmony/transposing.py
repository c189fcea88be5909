"""Chords of a plan in another key."""

from dataclasses import replace

from src.music.harmony.degrees import scale_of
from src.music.model.plan import ArrangementPlan
from src.music.theory.chords import Chord
from src.music.theory.keys import is_minor, pitch_class


def in_key(plan: ArrangementPlan, key: str) -> ArrangementPlan:
    """Give a plan another key; its chords are moved with it.

    From minor to major, or back, chords keep their degree: those of the scale become those of the
    other one, i VI becomes I vi; what is not of the scale is only transposed.
    """
    moved = replace(plan, key=key, scale="" if is_minor(key) != is_minor(plan.key) else plan.scale)
    structure = tuple(
        replace(
            section,
            chords=tuple(
                replace(one, chord=_in_key(one.chord, plan, moved)) for one in section.chords
            ),
        )
        for section in plan.structure
    )
    return replace(moved, structure=structure)


def _in_key(chord: Chord, before: ArrangementPlan, after: ArrangementPlan) -> Chord:
    up = pitch_class(after.key) - pitch_class(before.key)
    old, new = scale_of(before), scale_of(after)
    if is_minor(before.key) == is_minor(after.key) or not set(chord.pitch_classes) <= set(old):
        return chord.transposed(up)
    degree = old.index(chord.root)
    root, third, fifth = (new[(degree + step) % 7] for step in (0, 2, 4))
    third, fifth = (third - root) % 12, (fifth - root) % 12
    return Chord(root, "dim" if fifth == 6 else "m" if third == 3 else "")
