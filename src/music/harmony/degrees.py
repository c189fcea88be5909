"""From degrees of a scale to chords: "ii7" in C is Dm7."""

import re
from collections.abc import Sequence

from src.music.genre.harmony import DegreeChord, read_chords
from src.music.model.plan import ArrangementPlan
from src.music.theory.chords import QUALITIES, Chord
from src.music.theory.keys import is_minor, pitch_class
from src.music.theory.scales import SCALES, degree_semitones

MODES = ("dorian", "phrygian", "lydian", "mixolydian", "locrian", "phrygian dominant")
"""Scales in which degrees are counted; all others count in plain minor or major."""

_SIGNS = (("♭", "b"), ("♯", "#"), ("°", "o"), ("ø7", "m7b5"), ("ø", "m7b5"), ("dim", "o"))
_PLAIN_DEGREE = re.compile(r"^[1-7]$")
_FLAT = -1
_DIMINISHED = (3, 6)
_LEADING = {
    "triads": {}, "power": {},
    "suspended": {"": "add9", "m": "madd9", "V": "sus4"},
    "sixths": {"": "6", "m": "m6", "V": "7"},
    "sevenths": {"": "maj7", "m": "m7", "V": "7"},
    "dominant": {"": "7", "m": "m7", "V": "7"},
    "extended": {"": "maj9", "m": "m9", "V": "9"},
}  # fmt: skip
"""What a style of chords makes of a bare major chord, a minor chord and a dominant."""


def read_numerals(texts: Sequence[str], *, key: str, scale: str = "") -> tuple[DegreeChord, ...]:
    """Read degrees as prompts write them: "I", "bVII", "vii°", or "1" for the scale's own chord.

    Raises InvalidInputError for one that is none.
    """
    return tuple(_numeral(text, key, scale) for text in texts)


def chord_on(degree: DegreeChord, *, key: str, scale: str = "", style: str = "triads") -> Chord:
    """Build the chord on a degree of a key.

    scale: one of MODES counts in that mode; style: what a bare numeral becomes, one of
    CHORD_STYLES
    """
    counted = counting_scale(key, scale)
    root = (pitch_class(key) + _semitones(degree, counted)) % 12
    if degree.added:
        return Chord(root, _added(degree))
    if _is_diminished(degree, counted):
        return Chord(root, "m7b5" if style in ("sevenths", "extended") else "dim")
    if style == "power":
        return Chord(root, "5")
    plain = "m" if degree.minor else ""
    dominant = not degree.minor and _is_dominant(degree, counted)
    return Chord(root, _LEADING[style].get("V" if dominant else plain, plain))


def counting_scale(key: str, scale: str) -> str:
    """Return the scale in which degrees of a key are counted."""
    if scale in MODES:
        return scale
    return "minor" if is_minor(key) else "major"


def scale_of(plan: ArrangementPlan) -> tuple[int, ...]:
    """Return the pitch classes of a plan's scale, the tonic first."""
    named = plan.scale if plan.scale in SCALES else counting_scale(plan.key, "")
    steps = SCALES[named]
    return tuple((pitch_class(plan.key) + step) % 12 for step in steps)


def _semitones(degree: DegreeChord, counted: str) -> int:
    """Semitones above the tonic. A flat is one of the major scale, as musicians write bVII."""
    own = degree_semitones(degree.degree, counted)
    if degree.shift == _FLAT:
        return degree_semitones(degree.degree, "major") + _FLAT
    return own + degree.shift


def _is_diminished(degree: DegreeChord, counted: str) -> bool:
    """Tell whether the scale itself has a diminished triad there."""
    if not degree.minor or degree.shift:
        return False
    return _steps_above(degree.degree, counted) == _DIMINISHED


def _is_dominant(degree: DegreeChord, counted: str) -> bool:
    """Tell whether the scale has a small seventh on a major chord; V always counts as one."""
    if degree.degree == 5 and not degree.shift:
        return True
    own = degree_semitones(degree.degree, counted)
    seventh = degree_semitones(degree.degree + 6, counted) - own
    return not degree.shift and seventh == 10


def _steps_above(degree: int, counted: str) -> tuple[int, int]:
    own = degree_semitones(degree, counted)
    third, fifth = (degree_semitones(degree + step, counted) - own for step in (2, 4))
    return third, fifth


def _added(degree: DegreeChord) -> str:
    """Name the quality of a chord whose addition is written out."""
    added = {"o": "dim", "o7": "dim7", "+": "aug"}.get(degree.added, degree.added)
    small = f"m{added}"
    return small if degree.minor and small in QUALITIES else added


def _numeral(text: str, key: str, scale: str) -> DegreeChord:
    if _PLAIN_DEGREE.match(text):
        degree = int(text)
        return DegreeChord(degree, minor=_steps_above(degree, counting_scale(key, scale))[0] == 3)
    plain = text
    for sign, written in _SIGNS:
        plain = plain.replace(sign, written)
    (chord,) = read_chords(plain)
    return chord
