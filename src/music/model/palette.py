"""Which sounds a track may be made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from src.core.errors import InvalidInputError

MOST_NAMED = 64
"""How many collections and how many kits a palette may name."""


@dataclass(frozen=True)
class Palette:
    """Only stems that lie in one of these collections or kits. Ids; a kit also by its name."""

    collections: tuple[str, ...] = ()
    kits: tuple[str, ...] = ()


def palette_to_dict(palette: Palette) -> dict[str, list[str]]:
    """Plain JSON values."""
    return {"collections": list(palette.collections), "kits": list(palette.kits)}


def palette_from_dict(data: object) -> Palette | None:
    """Read a palette; None, and one that names nothing, allow every stem.

    Raises InvalidInputError for anything that is none.
    """
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"plan.palette must be an object, got {data!r}")
    unknown = sorted(set(data) - {"collections", "kits"})
    if unknown:
        raise InvalidInputError(f"plan.palette has collections and kits, got {unknown[0]!r}")
    palette = Palette(_names(data, "collections"), _names(data, "kits"))
    return palette if palette.collections or palette.kits else None


def _names(data: Mapping[str, Any], field: str) -> tuple[str, ...]:
    names = data.get(field, [])
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise InvalidInputError(f"plan.palette.{field} must be a list of ids, got {names!r}")
    if len(names) > MOST_NAMED:
        raise InvalidInputError(f"plan.palette.{field} may name {MOST_NAMED}, got {len(names)}")
    return tuple(dict.fromkeys(names))
