"""Harmony as data: which chords a genre strings together, in which kind of section.

Chords are Roman numerals of the track's scale, as in textbooks: "ii7", "V", "bVII", "iv", "I6". A
capital numeral is a major chord, a small one a minor chord; a b or # before it moves the degree of
the major scale, or in minor of the natural minor one, by a semitone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from src.core.errors import InvalidInputError

CHORD_STYLES = (
    "power", "triads", "suspended", "sixths", "sevenths", "extended", "dominant",
)  # fmt: skip
"""What a player of the genre makes of a bare numeral, from two notes to nine and more.

"dominant" is the blues: every major chord has a small seventh.
"""

CHORD = re.compile(
    r"^([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
    r"(5|6|7|9|11|13|maj7|maj9|6/9|sus2|sus4|7sus4|add9|o|o7|m7b5|\+|7b9|7#9)?$"
)
"""How a chord is written: accidental, numeral, what is added."""

_DEGREES = ("I", "II", "III", "IV", "V", "VI", "VII")


@dataclass(frozen=True)
class DegreeChord:
    """A chord on a degree of the scale.

    degree: 1 to 7; shift: -1, 0 or 1 semitone; minor: a small numeral
    added: what stands behind the numeral, such as "7" or "sus4"
    """

    degree: int
    shift: int = 0
    minor: bool = False
    added: str = ""


@dataclass(frozen=True)
class Progression:
    """Chords in a row, to be repeated.

    bars: how long each one is held; weight: how often the row is taken among others
    kinds: of the sections in which it is played; empty allows all
    """

    chords: tuple[DegreeChord, ...]
    bars: float = 1.0
    weight: float = 1.0
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Harmony:
    """What a genre does with chords.

    style: one of CHORD_STYLES
    minor, major: progressions for tracks in minor and in major
    cadences: "minor" and "major" -> the chords that close a section
    """

    style: str = "triads"
    minor: tuple[Progression, ...] = ()
    major: tuple[Progression, ...] = ()
    cadences: Mapping[str, tuple[DegreeChord, ...]] = field(default_factory=dict)


def read_chords(text: str) -> tuple[DegreeChord, ...]:
    """Read a row of chords such as "I vi7 IV V7".

    Raises InvalidInputError that names the chord that is none, and for an empty row.
    """
    chords = tuple(_chord(word) for word in text.split())
    if not chords:
        raise InvalidInputError(f"a progression must have a chord, got {text!r}")
    return chords


def read_harmony(data: Mapping[str, Any]) -> Harmony:
    """Read the checked entry ``harmony`` of a genre."""
    return Harmony(
        style=data.get("chords", "triads"),
        minor=tuple(_progression(row) for row in data.get("minor", ())),
        major=tuple(_progression(row) for row in data.get("major", ())),
        cadences={mode: read_chords(text) for mode, text in data.get("cadence", {}).items()},
    )


def _progression(row: Mapping[str, Any]) -> Progression:
    return Progression(
        read_chords(row["chords"]),
        float(row.get("bars", 1.0)),
        float(row.get("weight", 1.0)),
        tuple(row.get("in", ())),
    )


def _chord(word: str) -> DegreeChord:
    found = CHORD.match(word)
    if found is None:
        raise InvalidInputError(
            f"a chord must be a Roman numeral such as ii7, V or bVII, got {word!r}"
        )
    accidental, numeral, added = found[1], found[2], found[3] or ""
    shift = {"": 0, "b": -1, "#": 1}[accidental]
    return DegreeChord(_DEGREES.index(numeral.upper()) + 1, shift, numeral.islower(), added)
