"""Shapes of names that mean something as a whole: whose they are, ranges, labels, series.

Freesound writes ``ID__USER__NAME``; packs write ``LABEL_BPM_words``; folders of loops tell a range
(``70-90 BPM``); and ``Melody A`` to ``Melody G`` side by side are variants, not keys.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from src.music.evidence.name_fields import NameField, name_fields

_FREESOUND = re.compile(r"^\d{1,9}__[^/]+?__(?=[^_])")
_NUMBER = r"(\d{2,3}(?:[.,]\d{1,2})?)"
_DASH = r"\s*(?:-|–|—|~|\bto\b|\bbis\b)\s*"
_RANGE = re.compile(
    rf"(?<![\d.]){_NUMBER}(?:[\s_]*bpm)?{_DASH}{_NUMBER}[\s_]*bpm(?![A-Za-z])"
    rf"|(?<![A-Za-z])bpm[\s_:=]*{_NUMBER}{_DASH}{_NUMBER}(?!\d)",
    re.I,
)
_LABEL = re.compile(r"[A-Z][A-Z0-9]{0,4}")
_COUNTERS = frozenset(
    {"VOL", "NO", "NR", "CD", "DISC", "SET", "KIT", "PACK", "PART", "TAKE", "VER"}
)
_MACHINES = frozenset(
    {
        ("SH", 101), ("DR", 110), ("CZ", 101), ("DX", 100), ("CS", 60), ("CS", 70), ("CS", 80),
        ("MKS", 70), ("MKS", 80), ("TX", 81), ("SY", 77), ("SY", 85), ("SY", 99), ("VL", 70),
        ("TG", 77), ("TG", 100), ("JV", 80), ("JV", 90), ("MPC", 60), ("D", 70), ("TR", 66),
        ("TR", 77), ("CR", 68), ("CR", 78), ("MC", 101), ("MC", 202), ("JX", 93), ("JD", 80),
        ("KPR", 77), ("CR", 80), ("EPS", 16), ("MS", 100), ("OB", 100),
    }
)  # fmt: skip
"""Machines whose number could be a tempo."""

_LEAST_SERIES = 3
_LONE_LETTER = re.compile(r"(?<![^\s_\-.(\[])[A-Ga-g]([#b]?)(?![^\s_\-.)\]])")

_LETTERS_OF_NOTES = "ABCDEFG"
_OF_NOTES = re.compile(
    r"(?<![a-zа-я])(?:chords?|notes?|roots?|akkorde?|аккорд\w*|нот[аы]?)(?![a-zа-я])"
)
_LETTERS = {
    "до": "C", "ре": "D", "ми": "E", "фа": "F", "соль": "G", "ля": "A", "си": "B",
    "do": "C", "ut": "C", "re": "D", "ré": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A",
    "si": "B",
}  # fmt: skip
"""Notes by the syllables of Russian and the Romance languages."""

_SYLLABLE = re.compile(
    rf"(?<![^\W\d_])({'|'.join(sorted(_LETTERS, key=len, reverse=True))})"
    r"(?:[\s_-]*(диез|бемоль|di[èe]se|diesis|sostenido|b[ée]moll?e?|#|b(?=[\s_-])))?[\s_-]+"
    r"(минор|мажор|mineur|majeur|minore|maggiore|menor|mayor)(?![^\W\d_])",
    re.I,
)


def without_user(name: str) -> str:
    """Return the name that a sound of Freesound was given, without the number and the user's
    name.
    """
    return _FREESOUND.sub("", name, count=1)


def tempo_range(name: str) -> tuple[float, float] | None:
    """Return the slowest and the fastest tempo that a name states as a range, if it does."""
    for match in _RANGE.finditer(name):
        low, high = (float(text.replace(",", ".")) for text in match.groups() if text)
        if 40.0 <= low < high <= 300.0:
            return low, high
    return None


def without_range(name: str) -> str:
    """Return the name without its range of tempos, whose ends are no tempos."""
    return name if tempo_range(name) is None else _RANGE.sub(" ", name)


def is_label(field: NameField, *, number: int) -> bool:
    """Tell whether the first field of a name, before a number in one of its own, is a label's
    sign.
    """
    apart = field.before == "" and field.after == "_"
    counts = field.text in _COUNTERS or (field.text, number) in _MACHINES
    return apart and bool(_LABEL.fullmatch(field.text)) and not counts


def with_letters(name: str) -> str:
    """Write keys that are named by syllables with letters: "ля минор" and "La mineur" are Am."""
    return _SYLLABLE.sub(_lettered, unicodedata.normalize("NFC", name))


def _lettered(match: re.Match[str]) -> str:
    syllable, sign, mode = (part.lower() if part else "" for part in match.groups())
    raised = sign.startswith(("диез", "di", "sos", "#"))
    letter = _LETTERS[syllable]
    minor = mode.startswith(("мин", "min", "men"))
    return f"{letter}{('#' if raised else 'b') if sign else ''}{'min' if minor else 'maj'}"


def without_variants(paths: Iterable[str]) -> dict[str, str]:
    """Return each path as it may give hints: a letter that counts variants is left out.

    paths: of files, with "/" between folders. A run A, B, C ... of at least three names of one
    folder that are else alike counts; with a sharp or a flat among them they are notes.
    """
    all_paths = list(paths)
    runs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    notes: set[str] = set()
    for path in all_paths:
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0] or name
        for match in _LONE_LETTER.finditer(stem):
            shape = f"{folder}/{_shape(stem, match.span())}"
            if match[1]:
                notes.add(shape)
            else:
                runs[shape][match[0].upper()].append(path)
    counted = {
        path
        for shape, letters in runs.items()
        if shape not in notes and _is_run(letters) and not _names_notes(shape, letters)
        for found in letters.values()
        for path in found
    }
    return {path: _without_letter(path) if path in counted else path for path in all_paths}


def _is_run(letters: Iterable[str]) -> bool:
    """Tell whether letters are A, B, C and so on without a gap."""
    found = "".join(sorted(letters))
    return len(found) >= _LEAST_SERIES and found == _LETTERS_OF_NOTES[: len(found)]


def _names_notes(shape: str, letters: Iterable[str]) -> bool:
    """Tell whether letters are roots of chords: all seven, of what is called chords or notes."""
    return len(list(letters)) == len(_LETTERS_OF_NOTES) and bool(_OF_NOTES.search(shape))


def _without_letter(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    plain = " ".join(_LONE_LETTER.sub(" ", stem if dot else name).split())
    return f"{folder}{slash}{plain}{dot}{ending if dot else ''}" if plain else path


def _shape(name: str, span: tuple[int, int]) -> str:
    """Return what the names of a series share: all but the letter that counts, and numbers."""
    shared = f"{name[: span[0]]} * {name[span[1] :]}"
    return " ".join(re.sub(r"\d+", "#", field.text.lower()) for field in name_fields(shared))
