"""Keys: their names, the Camelot wheel, and how far two keys lie apart.

A key is written as its tonic, with "m" for minor: "C", "F#m", "Bb". The house spells the
twelve tonics C C# D Eb E F F# G Ab A Bb B; every other spelling is turned at the door.
"""

import re

from src.core.errors import InvalidInputError

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
"""The twelve tonics by pitch class, as the house spells them."""

KEYS = TONICS + tuple(f"{tonic}m" for tonic in TONICS)
"""All 24 keys: majors by pitch class, then minors by pitch class."""

_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_MODES = {
    "": False, "M": False, "maj": False, "major": False, "ma": False, "dur": False, "ionian": False,
    "m": True, "-": True, "min": True, "minor": True, "mi": True, "moll": True, "aeolian": True,
}  # fmt: skip
_SPELLED = re.compile(r"^([A-Ga-g])\s*(#|b|♯|♭|sharp|flat|is|)[\s_-]*([A-Za-z]*|-)$")
_GERMAN = re.compile(r"^([A-Ha-h])(is|es|s|)[\s_-]*(dur|moll)$", re.IGNORECASE)
_CAMELOT = re.compile(r"^0?(1[0-2]|[1-9])([ABab])$")
_OPEN_KEY = re.compile(r"^0?(1[0-2]|[1-9])([dm])$")


def parse_key(text: str) -> str:
    """Read a key in any common spelling and return it as the house writes it.

    Understands "Am", "F#min", "Bb", "C major", "Cmaj", Camelot "8A", Open Key "1m",
    German "fis-moll", "B-Dur" (which is B flat) and "H-Moll", and the signs ♯ and ♭.

    Raises InvalidInputError for anything else.
    """
    word = text.strip().replace("♯", "#").replace("♭", "b")
    if match := _CAMELOT.match(word):
        return _from_wheel(int(match[1]), minor=match[2].upper() == "A")
    if match := _OPEN_KEY.match(word):
        return _from_wheel((int(match[1]) + 6) % 12 + 1, minor=match[2] == "m")
    if match := _GERMAN.match(word):
        return _from_german(match[1].upper(), match[2].lower(), match[3].lower())
    if match := _SPELLED.match(word):
        mode = match[3] if match[3] in ("M", "m") else match[3].lower()
        if mode in _MODES:
            sign = {"sharp": "#", "is": "#", "flat": "b"}.get(match[2], match[2])
            return key_name(_NATURALS[match[1].upper()] + _ACCIDENTALS[sign], minor=_MODES[mode])
    raise InvalidInputError(f"key must look like 'Am', 'F#', 'C minor' or '8A', got {text!r}")


def key_name(pitch: int, *, minor: bool) -> str:
    """The house's name of a key. pitch: any whole number, 0 is C, 12 is C again."""
    return TONICS[pitch % 12] + ("m" if minor else "")


def pitch_class(key: str) -> int:
    """The tonic of a key as 0..11, where 0 is C."""
    return TONICS.index(parse_key(key).removesuffix("m"))


def is_minor(key: str) -> bool:
    """Whether a key is minor."""
    return parse_key(key).endswith("m")


def transpose(key: str, semitones: int) -> str:
    """The key that sounds when a key is shifted by whole semitones."""
    return key_name(pitch_class(key) + semitones, minor=is_minor(key))


def relative_key(key: str) -> str:
    """The key with the same notes in the other mode: Am and C."""
    minor = is_minor(key)
    return key_name(pitch_class(key) + (3 if minor else -3), minor=not minor)


def camelot(key: str) -> str:
    """The place of a key on the Camelot wheel: "8A" for Am, "8B" for C."""
    minor = is_minor(key)
    major = pitch_class(key) + (3 if minor else 0)
    return f"{(major * 7 + 7) % 12 + 1}{'A' if minor else 'B'}"


def camelot_distance(first: str, second: str) -> int:
    """Steps between two keys on the Camelot wheel: 0..6 hours, and one more for a mode change.

    0 is the same key; 1 is a fifth up or down, or the relative key; up to 1 mixes well.
    """
    here, there = camelot(first), camelot(second)
    hours = abs(int(here[:-1]) - int(there[:-1]))
    return min(hours, 12 - hours) + (here[-1] != there[-1])


def _from_wheel(hour: int, *, minor: bool) -> str:
    major = (hour - 8) * 7
    return key_name(major - (3 if minor else 0), minor=minor)


def _from_german(letter: str, ending: str, mode: str) -> str:
    pitch = {**_NATURALS, "H": 11, "B": 10}[letter]
    return key_name(pitch + {"": 0, "is": 1, "es": -1, "s": -1}[ending], minor=mode == "moll")
