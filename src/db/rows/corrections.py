"""The rows' two layers: what the user said about a stem, and what the machine found.

Columns hold the effective values. ``corrections`` is the user's layer; ``analysis`` notes
the machine's word of every column that a correction may cover, once there is one.
"""

from collections.abc import Mapping
from typing import Any

from src.db.models import Stem
from src.music.evidence.corrections import COVERED, columns_of

Row = Mapping[str, Any]

COLUMNS = (*COVERED, "analysis", "corrections", "duration_s")
"""Columns that the functions of this module read of a row."""


def found_in(row: Row) -> dict[str, Any]:
    """Read the analysis of a row with COLUMNS."""
    if not row["corrections"]:
        return {name: row[name] for name in COVERED}
    analysis = row["analysis"]
    return {name: analysis[name]["value"] if name in analysis else row[name] for name in COVERED}


def columns_with(row: Row, said: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Compute the columns that change when the overrides of a row become ``said``."""
    return {
        **columns_of(found, said, duration_s=row["duration_s"]),
        "corrections": dict(said),
        "analysis": _noted(row["analysis"], found) if said else _plain(row["analysis"]),
    }


def set_said(stem: Stem, said: Mapping[str, Any]) -> None:
    """Make ``said`` the user's layer of a stem, and bring the columns up to date."""
    row = row_of(stem)
    _set(stem, columns_with(row, said, found_in(row)))


def set_found(stem: Stem, columns: Mapping[str, Any]) -> None:
    """Write what the machine found again, under what the user said.

    columns: any columns of the stem; ``analysis`` among them replaces the old notes
    """
    before = row_of(stem)
    _set(stem, columns)
    if not stem.corrections:
        return
    found = found_in(before) | {name: columns[name] for name in COVERED if name in columns}
    _set(stem, columns_with(row_of(stem), stem.corrections, found))


def row_of(stem: Stem) -> dict[str, Any]:
    """Read the columns of a stem that this module uses."""
    return {name: getattr(stem, name) for name in COLUMNS}


def _set(stem: Stem, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(stem, name, value)


def _noted(analysis: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Note the analysis' value of every overridden column."""
    return {**analysis, **{n: {**analysis.get(n, {}), "value": v} for n, v in found.items()}}


def _plain(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the notes that only a correction needed."""
    return {name: note for name, note in analysis.items() if set(note) != {"value"}}
