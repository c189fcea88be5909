"""How every benchmark speaks: a table for people, figures for ``--json FILE``."""

import argparse
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def parser(description: str) -> argparse.ArgumentParser:
    """A parser that already knows ``--json FILE``."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    return made


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in aligned columns; numbers with three significant digits or so."""
    cells = [list(header), *[[_text(value) for value in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for index, row in enumerate(cells):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
        if index == 0:
            print("  ".join("-" * width for width in widths))


def save(figures: dict[str, Any], target: Path | None) -> None:
    """Write the figures, with the machine they were measured on, if a file was asked for."""
    if target is None:
        return
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    target.write_text(json.dumps({**figures, "measured_on": machine}, indent=2), encoding="utf-8")


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
