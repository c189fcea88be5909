"""What the user said about a stem, laid over what the machine found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect

from src.db.models import Stem
from src.music.library import DRUM_CATEGORIES

CORRECTABLE = (
    "bpm", "key", "category", "is_loop", "tags", "name", "licence", "user_rating",
)  # fmt: skip
"""Fields that a user can correct. Each is a column of Stem."""

_FOUND_BY_MACHINE = (*CORRECTABLE, "bars")


def correct(stem: Stem, changes: dict[str, Any], *, taken_back: Sequence[str] = ()) -> None:
    """Take over corrections and withdrawals, and bring the columns up to date."""
    _remember(stem, earlier={})
    kept = {name: value for name, value in stem.corrections.items() if name not in taken_back}
    stem.corrections = kept | changes
    _lay_over(stem)


def apply_corrections(stem: Stem) -> None:
    """Lay the stored corrections over the columns after a fresh analysis was set.

    To be called before the session writes: what it has not written yet is the machine's
    word, other columns still hold the user's.
    """
    replaced = inspect(stem).attrs.analysis.history.deleted
    _remember(stem, earlier=replaced[0] if replaced else stem.analysis)
    _lay_over(stem)


def _remember(stem: Stem, *, earlier: dict[str, Any]) -> None:
    """Note in ``analysis`` what the machine found for every column a correction may cover.

    earlier: the notes of an analysis that was just replaced
    """
    analysis = dict(stem.analysis)
    for name in _FOUND_BY_MACHINE:
        if name in analysis:
            continue
        fresh = inspect(stem).attrs[name].history.has_changes()
        known = name in earlier and not fresh
        analysis[name] = earlier[name] if known else {"value": getattr(stem, name)}
    stem.analysis = analysis


def _lay_over(stem: Stem) -> None:
    """Set the columns: the user's word, else the machine's, else what follows from both.

    A one-shot has no tempo and a drum no key, unless the user gave one. Bars follow from
    a corrected tempo.
    """
    said = stem.corrections
    found = {name: stem.analysis[name]["value"] for name in _FOUND_BY_MACHINE}
    for name in CORRECTABLE:
        setattr(stem, name, said.get(name, found[name]))
    if not stem.is_loop and "bpm" not in said:
        stem.bpm = None
    if stem.category in DRUM_CATEGORIES and "key" not in said:
        stem.key = None
    untouched = stem.bpm == found["bpm"] and stem.is_loop == found["is_loop"]
    stem.bars = found["bars"] if untouched else _bars(stem)


def _bars(stem: Stem) -> float | None:
    """Bars of four beats; within 2 % of a quarter bar it is taken as that."""
    if not stem.is_loop or stem.bpm is None:
        return None
    bars = stem.duration_s * stem.bpm / 240.0
    quarters = round(bars * 4) / 4
    return quarters if quarters > 0 and abs(bars / quarters - 1) < 0.02 else bars
