"""Which stems of the index pass the filters of a search: columns, no SQL, no loop over stems."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.db.database import Session
from src.db.index.library_index import LibraryIndex
from src.db.rows.collections import collected
from src.music.theory.keys import KEYS, camelot_distance, parse_key
from src.music.theory.library import CATEGORIES
from src.music.theory.progressions import goes_over, searched_progressions
from src.services.retrieval.query import SearchQuery

Mask = NDArray[np.bool_]

NO_LICENCE = "none"
"""Asks for stems without a licence."""

_TOLERANCE = np.float32(1e-3)


@dataclass(frozen=True)
class Members:
    """Ids of stems that a search is confined to or kept from. None: not confined."""

    collection: Sequence[str] | None = None
    palette: Sequence[str] | None = None
    without: Sequence[str] = ()


def members_of(session: Session, query: SearchQuery, without: Sequence[str] = ()) -> Members:
    """Read who lies in the collections that a query names. Raises NotFoundError."""
    of_one = None if query.collection is None else collected(session, query.collection)
    palette = () if query.palette is None else query.palette.collections
    of_palette = [stem_id for name in palette for stem_id in collected(session, name)]
    return Members(of_one, of_palette, tuple(without))


def allowed(index: LibraryIndex, query: SearchQuery, members: Members) -> Mask:
    """Mark the slots that pass all filters, shape (size,). What is not known passes no range."""
    mask: Mask = index.column("alive").copy()
    if query.kinds:
        mask &= np.isin(index.column("category"), [CATEGORIES.index(kind) for kind in query.kinds])
    for name, low, high in (
        ("bpm", query.bpm_min, query.bpm_max),
        ("duration_s", query.duration_min_s, query.duration_max_s),
        ("loudness", query.loudness_min_lufs, query.loudness_max_lufs),
    ):
        mask &= _within(index.column(name), low, high)
    if query.rating_min is not None or query.rating_max is not None:
        rating = index.column("rating")
        mask &= (rating > 0) & _within(rating, query.rating_min, query.rating_max)
    if query.is_loop is not None:
        mask &= index.column("is_loop") == query.is_loop
    if query.key is not None:
        mask &= np.isin(index.column("key"), key_codes(query.key, compatible=query.compatible))
    if query.kit is not None:
        mask &= np.isin(index.column("kit"), _kit_codes(index, [query.kit]))
    if query.licence is not None:
        mask &= np.isin(index.column("licence"), _licence_codes(index, query.licence))
    if query.chords is not None:
        mask &= np.isin(index.column("progression"), _progression_codes(index, query.chords))
    if query.tag is not None:
        mask &= _only(index, index.tags.postings(query.tag).slots)
    return _confined(index, query, members, mask)


def key_codes(key: str, *, compatible: bool) -> list[int]:
    """Return places in KEYS of a key, and of those that mix well with it."""
    requested = parse_key(key)
    steps = 1 if compatible else 0
    return [code for code, name in enumerate(KEYS) if camelot_distance(name, requested) <= steps]


def _confined(index: LibraryIndex, query: SearchQuery, members: Members, mask: Mask) -> Mask:
    if members.collection is not None:
        mask &= _only(index, index.slots_of(members.collection))
    if query.palette is not None:
        kits = np.isin(index.column("kit"), _kit_codes(index, query.palette.kits))
        mask &= kits | _only(index, index.slots_of(members.palette or ()))
    if members.without:
        mask &= ~_only(index, index.slots_of(members.without))
    return mask


def _within(column: NDArray[np.float32], low: float | None, high: float | None) -> Mask:
    mask: Mask = np.ones(column.shape, dtype=bool)
    if low is not None:
        mask &= column >= np.float32(low) - _TOLERANCE
    if high is not None:
        mask &= column <= np.float32(high) + _TOLERANCE
    return mask


def _only(index: LibraryIndex, slots: NDArray[np.intp]) -> Mask:
    mask: Mask = np.zeros(index.size, dtype=bool)
    mask[slots] = True
    return mask


def _kit_codes(index: LibraryIndex, requested: Sequence[str]) -> list[int]:
    """Return codes of kits by id, or by name, capitals aside."""
    names = {kit.casefold() for kit in requested}
    return [
        code
        for code, (kit_id, name) in enumerate(index.kit_names.names)
        if code > 0 and (kit_id in requested or name.casefold() in names)
    ]


def _progression_codes(index: LibraryIndex, chords: str) -> list[int]:
    searched = searched_progressions(chords)
    names = index.progression_names.names
    return [code for code, name in enumerate(names) if code > 0 and goes_over(name, searched)]


def _licence_codes(index: LibraryIndex, requested: str) -> list[int]:
    if requested.casefold() == NO_LICENCE:
        return [0]
    return [
        code
        for code, name in enumerate(index.licence_names.names)
        if code > 0 and requested.casefold() in name.casefold()
    ]
