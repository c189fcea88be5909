"""Chords: what they are called, in English and in German, and which notes they hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError
from src.music.theory.keys import KEYS, TONICS, is_minor, pitch_class
from src.music.theory.scales import SCALES

QUALITIES: Mapping[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "5": (0, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "mmaj7": (0, 3, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "aug7": (0, 4, 8, 10),
    "7sus4": (0, 5, 7, 10),
    "7b5": (0, 4, 6, 10),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "6/9": (0, 4, 7, 9, 14),
    "9": (0, 4, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "m9": (0, 3, 7, 10, 14),
    "7b9": (0, 4, 7, 10, 13),
    "7#9": (0, 4, 7, 10, 15),
    "11": (0, 7, 10, 14, 17),
    "m11": (0, 3, 7, 10, 14, 17),
    "13": (0, 4, 7, 10, 14, 21),
    "m13": (0, 3, 7, 10, 14, 21),
}
"""Semitones above the root, by how the house writes a chord's quality behind its root."""

_SPELLINGS = {
    "maj": "", "major": "", "M": "", "dur": "", "min": "m", "minor": "m", "-": "m", "moll": "m",
    "mi": "m", "°": "dim", "o": "dim", "+": "aug", "M7": "maj7", "Δ": "maj7", "Δ7": "maj7",
    "j7": "maj7", "ma7": "maj7", "min7": "m7", "-7": "m7", "mi7": "m7", "ø": "m7b5", "ø7": "m7b5",
    "-7b5": "m7b5", "min7b5": "m7b5", "°7": "dim7", "o7": "dim7", "+7": "aug7", "7+": "aug7",
    "7#5": "aug7", "mM7": "mmaj7", "mmaj": "mmaj7", "minmaj7": "mmaj7", "sus": "sus4",
    "7sus": "7sus4", "M9": "maj9", "min9": "m9", "-9": "m9", "min6": "m6", "69": "6/9",
    "add2": "add9", "2": "sus2", "4": "sus4", "maj11": "maj9", "maj13": "maj9", "9sus4": "7sus4",
    "alt": "7#9", "7alt": "7#9", "7b13": "7b9", "7#11": "7b5", "min11": "m11", "-11": "m11",
}  # fmt: skip

_ROOT = r"([A-H])(isis|eses|is|es|s(?!us)|##|bb|#|b|)"
_CHORD = re.compile(rf"^{_ROOT}(.*?)(?:/{_ROOT})?$")
_NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11, "H": 11}
_SIGNS = {
    "": 0, "#": 1, "is": 1, "##": 2, "isis": 2, "b": -1, "es": -1, "s": -1, "bb": -2, "eses": -2,
}  # fmt: skip
_FLAT_MAJORS, _FLATS = (5, 10, 3, 8, 1), {"C#": "Db", "F#": "Gb"}
_BEGINS, _ENDS, _DOMINANT = 0.12, 0.08, 0.1


@dataclass(frozen=True)
class Chord:
    """A chord of any octave.

    root: pitch class, 0 is C; quality: one of QUALITIES; bass: pitch class of the lowest note,
    None where it is the root
    """

    root: int
    quality: str = ""
    bass: int | None = None

    def __str__(self) -> str:
        over = "" if self.bass is None else f"/{TONICS[self.bass % 12]}"
        return f"{TONICS[self.root % 12]}{self.quality}{over}"

    @property
    def intervals(self) -> tuple[int, ...]:
        """Its notes in semitones above the root, rising."""
        return QUALITIES[self.quality]

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Its notes as pitch classes 0..11, the root first; without a foreign bass."""
        return tuple(dict.fromkeys((self.root + step) % 12 for step in self.intervals))

    @property
    def lowest(self) -> int:
        """Pitch class that a bass plays."""
        return self.root if self.bass is None else self.bass

    @property
    def minor(self) -> bool:
        """Whether its third is small; a chord without a third counts as major."""
        return 3 in self.intervals and 4 not in self.intervals

    @property
    def fifth(self) -> int:
        """Semitones from the root to its fifth: 7, or 6 or 8 where that is altered."""
        return next((step for step in self.intervals if step in (6, 7, 8)), 7)

    @property
    def triad(self) -> "Chord":
        """What is left of it without sevenths and added notes."""
        if 6 in self.intervals and self.minor:
            return Chord(self.root, "dim")
        if 8 in self.intervals:
            return Chord(self.root, "aug")
        return Chord(self.root, "m" if self.minor else "")

    def transposed(self, semitones: int) -> "Chord":
        """Move it by whole semitones."""
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return replace(self, root=(self.root + semitones) % 12, bass=bass)


@dataclass(frozen=True)
class HeardChord:
    """A chord that was analysed in a loop, as it sounds in the file.

    beats: how long it lasts, in the loop's own beats; confidence: 0..1
    """

    beats: float
    chord: Chord
    confidence: float


def parse_chord(text: str, *, german: bool = False) -> Chord:
    """Read a chord such as "Am", "F#m7b5", "Cmaj7", "Dm7/G", "Fism", "Es7" or "Hm".

    german: B is B flat. H is always B natural, and "is", "es" and "s" behind a letter are signs.

    Raises InvalidInputError for anything else.
    """
    found = _CHORD.match(text.strip().replace("♯", "#").replace("♭", "b"))
    quality = None if found is None else _quality(found[3])
    if found is None or quality is None:
        raise InvalidInputError(f"a chord must look like Am, F#m7b5 or Cmaj7, got {text!r}")
    root = _pitch(found[1], found[2], german=german)
    bass = None if found[4] is None else _pitch(found[4], found[5], german=german)
    return Chord(root, quality, None if bass == root else bass)


def parse_chords(texts: tuple[str, ...]) -> tuple[Chord, ...]:
    """Read chords in a row. Where an H stands among them all are German, so B is B flat.

    Raises InvalidInputError for one that is none.
    """
    german = any(text.startswith("H") for text in texts)
    return tuple(parse_chord(text, german=german) for text in texts)


def chord_name(chord: Chord, key: str) -> str:
    """Write a chord as musicians do in a key: Db in F minor, C# in A major."""
    major = (pitch_class(key) + (3 if is_minor(key) else 0)) % 12
    if major not in _FLAT_MAJORS:
        return str(chord)
    return "/".join(_FLATS.get(part[:2], part[:2]) + part[2:] for part in str(chord).split("/"))


def parse_plainly(text: str) -> Chord:
    """Read a chord; additions that nobody plays, such as "b13" or "#11", are left out.

    Raises InvalidInputError where no chord is left.
    """
    for end in range(len(text), 0, -1):
        try:
            return parse_chord(text[:end])
        except InvalidInputError:
            continue
    raise InvalidInputError(f"a chord must look like Am, F#m7b5 or Cmaj7, got {text!r}")


def key_of_chords(chords: Sequence[Chord]) -> str:
    """Find the key of chords in a row: "C" of Dm7 G7 Cmaj7, "Am" of Am F C G.

    Each key is rated by how many of the notes are of its scale, by whether the row begins and
    ends on its tonic, and by a dominant seventh that leads there. Raises InvalidInputError for
    no chord.
    """
    if not chords:
        raise InvalidInputError("a key needs chords to be found by, got none")
    return max(KEYS, key=lambda key: (_worth_of_key(key, chords), -KEYS.index(key)))


def _worth_of_key(key: str, chords: Sequence[Chord]) -> float:
    tonic, minor = pitch_class(key), is_minor(key)
    scale = {(tonic + step) % 12 for step in SCALES["minor" if minor else "major"]}
    within = [sum(tone in scale for tone in one.pitch_classes) / len(one.pitch_classes)
              for one in chords]  # fmt: skip
    own = [one.root == tonic and one.triad.minor == minor for one in chords]
    dominant = any(one.root == (tonic + 7) % 12 and 10 in one.intervals for one in chords)
    bonus = _BEGINS * own[0] + _ENDS * own[-1] + _DOMINANT * (dominant and any(own))
    return sum(within) / len(within) + bonus


def _quality(written: str) -> str | None:
    """Return how the house writes a quality; None for an unknown one."""
    plain = written.strip().replace("(", "").replace(")", "")
    plain = plain if plain in QUALITIES or plain in _SPELLINGS else plain.lower()
    plain = _SPELLINGS.get(plain, plain)
    return plain if plain in QUALITIES else None


def _pitch(letter: str, sign: str, *, german: bool) -> int:
    flat = german and letter == "B" and sign == ""
    return (_NATURALS[letter] + _SIGNS[sign] - flat) % 12
