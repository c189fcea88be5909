"""What there is to choose from: counts by category, key, kit, tag, tempo and loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from src.db.database import Database
from src.db.index.library_index import LibraryIndex
from src.music.theory.keys import KEYS
from src.music.theory.library import CATEGORIES
from src.services.retrieval.filters import allowed, members_of
from src.services.retrieval.query import SearchQuery, check_query
from src.services.retrieval.space import SearchSpaces

Name = TypeVar("Name")

BPM_STEP = 10
"""Width of the bars of the tempo histogram."""

MOST_LISTED = 50
"""So many kits, tags and licences are listed, the most frequent first."""


@dataclass(frozen=True)
class BpmBar:
    """How many stems have a tempo from ``low`` up to, but not, ``high``."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Facets:
    """Counts of what passes the filters; values that nothing has are left out."""

    total: int
    category: dict[str, int]
    key: dict[str, int]
    tags: dict[str, int]
    kit: dict[str, int]
    licence: dict[str, int]
    is_loop: dict[str, int]
    rating: dict[str, int]
    bpm: tuple[BpmBar, ...]


def facets(spaces: SearchSpaces, database: Database, query: SearchQuery) -> Facets:
    """Count what passes the filters of a query; its prompt does not matter.

    Raises InvalidInputError for a bad filter, NotFoundError for an unknown collection.
    """
    check_query(query)
    with database.transaction() as session:
        members = members_of(session, query)
    with spaces.opened() as space:
        index = space.index
        mask = allowed(index, query, members)
        slots = np.flatnonzero(mask)
        kits = _counted(index.column("kit")[slots], index.kit_names.names)
        by_kit: dict[str, int] = {}
        for (_, name), count in kits:
            by_kit[name] = by_kit.get(name, 0) + count
        licences = _counted(index.column("licence")[slots], index.licence_names.names)
        loops = index.column("is_loop")[slots]
        return Facets(
            total=slots.size,
            category=dict(_counted(index.column("category")[slots], CATEGORIES)),
            key=dict(_counted(index.column("key")[slots] + 1, ("", *KEYS))),
            tags=_tags(index, mask),
            kit=_most(by_kit),
            licence=_most(dict(licences)),
            is_loop={"true": int(loops.sum()), "false": int((~loops).sum())},
            rating=dict(_counted(index.column("rating")[slots], ("", *"12345"))),
            bpm=_tempos(index.column("bpm")[slots]),
        )


def _counted(codes: NDArray[Any], names: Sequence[Name]) -> list[tuple[Name, int]]:
    """Return names and how often their codes stand there; empty names are left out."""
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return [
        (name, count) for name, count in zip(names, counts, strict=True) if count and _named(name)
    ]


def _named(name: object) -> bool:
    return name not in ("", ("", ""))


def _tags(index: LibraryIndex, mask: NDArray[np.bool_]) -> dict[str, int]:
    counts = {
        tag: int(np.count_nonzero(mask[index.tags.postings(tag).slots]))
        for tag in index.tags.words()
    }
    return _most({tag: count for tag, count in counts.items() if count})


def _most(counts: dict[str, int]) -> dict[str, int]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(ranked[:MOST_LISTED])


def _tempos(bpm: NDArray[np.float32]) -> tuple[BpmBar, ...]:
    steps = np.floor(bpm[~np.isnan(bpm)] / BPM_STEP).astype(int)
    lows, counts = np.unique(steps, return_counts=True)
    return tuple(
        BpmBar(low * BPM_STEP, (low + 1) * BPM_STEP, count)
        for low, count in zip(lows.tolist(), counts.tolist(), strict=True)
    )
