"""The truth about a folder of sounds, read from its labels.csv with doubt about every cell."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from src.core.errors import InvalidInputError
from src.music.theory.keys import parse_key
from src.music.theory.library import CATEGORIES, TONAL_CATEGORIES

ANY_TONAL = ("chord", "melody-loop")
"""Labels that any tonal category fulfils."""

UNSCORED = "other"
_OUR_NAMES = {"drumloop": "drums"}
_YES, _NO = ("1", "1.0", "true", "yes", "loop"), ("0", "0.0", "false", "no", "oneshot")
_MISSING = ("", "nan", "none", "null", "unknown", "n/a", "-")


@dataclass(frozen=True)
class Label:
    """What is known of one file; None where its cell is empty or makes no sense.

    relpath: below the folder, "/" between its parts
    category: as the label says it, in the house's words where there is one
    right_categories: the answers that count as right; empty where the label is not scored
    is_note: whether ``key`` is the root of a single note
    """

    relpath: str
    source: str = "?"
    category: str | None = None
    right_categories: tuple[str, ...] = ()
    is_loop: bool | None = None
    bpm: float | None = None
    key: str | None = None
    is_note: bool = False


@dataclass(frozen=True)
class Labels:
    """All labels of a folder. doubts: what could not be understood, in words."""

    rows: tuple[Label, ...]
    doubts: tuple[str, ...]


def read_labels(folder: Path) -> Labels:
    """The labels of the files that are there.

    Columns may be missing and stand in any order; cells may be empty. A file that is named
    but missing is left out and told. Raises InvalidInputError without labels.csv or relpath.
    """
    table = folder / "labels.csv"
    if not table.is_file():
        raise InvalidInputError(f"{folder} must hold a labels.csv")
    with table.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        cells = [_cells(row) for row in csv.DictReader(file)]
    if cells and "relpath" not in cells[0]:
        raise InvalidInputError(f"{table} must have a column relpath, it has {', '.join(cells[0])}")
    rows: list[Label] = []
    doubts: list[str] = []
    for row in cells:
        if row["relpath"] and not (folder / row["relpath"]).is_file():
            doubts.append(f"{row['relpath']}: there is no such file, it is left out")
        elif row["relpath"]:
            rows.append(label_of(row, doubts))
    return Labels(tuple(rows), tuple(doubts))


def label_of(row: dict[str, str], doubts: list[str]) -> Label:
    """One row as a label. row: column -> cell; doubts: gets what makes no sense."""
    name = row["relpath"]
    category, right = _category(row.get("category", ""), name, doubts)
    return Label(
        relpath=name,
        source=row.get("source") or row.get("pack") or "?",
        category=category,
        right_categories=right,
        is_loop=_is_loop(row.get("is_loop", ""), name, doubts),
        bpm=_bpm(row.get("bpm", ""), name, doubts),
        key=_key(row.get("key", ""), name, doubts),
        is_note=_squashed(row.get("key_evidence", "")) == "rootnote",
    )


def sources(rows: Sequence[Label]) -> list[str]:
    """All sources, in the order of the alphabet."""
    return sorted({row.source for row in rows})


def _cells(row: dict[str | None, object]) -> dict[str, str]:
    """Columns by lower-case names, cells without blanks around; what runs over is dropped."""
    cells = {
        str(name).strip().lower(): str(cell or "").strip()
        for name, cell in row.items()
        if name is not None
    }
    return {
        name: "" if name != "relpath" and cell.lower() in _MISSING else cell
        for name, cell in cells.items()
    }


def _squashed(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _category(text: str, name: str, doubts: list[str]) -> tuple[str | None, tuple[str, ...]]:
    word = _squashed(text)
    for label in ANY_TONAL:
        if word == _squashed(label):
            return label, TONAL_CATEGORIES
    word = _OUR_NAMES.get(word, word)
    if word and word not in CATEGORIES:
        doubts.append(f"{name}: category {text!r} is none of ours, it is not scored")
        return text, ()
    if word in ("", UNSCORED):
        return word or None, ()
    return word, (word,)


def _is_loop(text: str, name: str, doubts: list[str]) -> bool | None:
    word = text.lower().replace("-", "").replace(" ", "")
    if word in _YES or word in _NO:
        return word in _YES
    if word:
        doubts.append(f"{name}: is_loop {text!r} is neither 1 nor 0")
    return None


def _bpm(text: str, name: str, doubts: list[str]) -> float | None:
    word = text.lower().removesuffix("bpm").strip().replace(",", ".")
    if not word:
        return None
    try:
        bpm = float(word)
    except ValueError:
        bpm = math.nan
    if math.isfinite(bpm) and bpm > 0.0:
        return bpm
    doubts.append(f"{name}: bpm {text!r} is no tempo")
    return None


def _key(text: str, name: str, doubts: list[str]) -> str | None:
    if not text:
        return None
    try:
        return parse_key(text)
    except InvalidInputError:
        doubts.append(f"{name}: key {text!r} is none that we can read")
        return None
