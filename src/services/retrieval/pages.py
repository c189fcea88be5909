"""Pages of hits: near-duplicates folded, hits spread, and cursors that stay where they were."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from src.core.errors import InvalidInputError
from src.db.index.library_index import LibraryIndex
from src.services.retrieval.query import SearchQuery
from src.services.retrieval.ranking import Ranking, Slots

ALIKE = 0.998
"""From this cosine on two sounds of one kind and length count as the same one. Of 1,003 real
sounds 6 pairs do, 4 of them the same recording; of MP3s of them at 0.7 of the level, 3 of 4."""

SPREAD_OVER = 200
"""So many of the best are spread; the others follow in the order of their scores."""

_SAME_LENGTH = 0.02
_WINDOW = 256


@dataclass(frozen=True)
class PagePosition:
    """Where a page ended. last: id of its last hit; seen: how many hits came up to there"""

    last: str
    seen: int


@dataclass(frozen=True)
class Ordered:
    """Candidates in the order in which they are shown. places: into the ranking.

    duplicates: place of a hit -> places of those that were folded into it
    """

    positions: list[int]
    duplicates: dict[int, list[int]]


def cursor_of(query: SearchQuery, model_id: str, position: PagePosition) -> str:
    """Make a cursor that goes on after a position, for the same search only."""
    reported = json.dumps([_digest(query, model_id), position.last, position.seen])
    return base64.urlsafe_b64encode(reported.encode()).decode().rstrip("=")


def place_of(query: SearchQuery, model_id: str) -> PagePosition:
    """Find where a page starts: after the cursor's position, or after ``offset`` hits.

    Raises InvalidInputError (code bad_cursor) for a cursor of another search, or for none.
    """
    if query.cursor is None:
        return PagePosition("", query.offset)
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        digest, last, seen = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise InvalidInputError(
            f"cursor must be one that a search answered as next_cursor, got {query.cursor!r}",
            code="bad_cursor",
        ) from error
    if digest != _digest(query, model_id):
        raise InvalidInputError(
            "the cursor belongs to another search: prompt, filters and order must stay the same"
            " from page to page, only limit may change",
            code="bad_cursor",
        )
    return PagePosition(str(last), max(0, int(seen)))


def ordered(index: LibraryIndex, ranking: Ranking, query: SearchQuery, requested: int) -> Ordered:
    """Order at least ``wanted`` candidates (where there are so many) as they are shown."""
    positions = list(range(ranking.slots.size))
    if query.spread > 0.0:
        positions = _spread(index, ranking, query.spread)
    if not query.fold:
        return Ordered(positions, {})
    window = _WINDOW * (1 + 2 * requested // _WINDOW)
    while True:
        found = _folded(index, ranking, positions[:window])
        if len(found.positions) >= requested or window >= len(positions):
            return found
        window *= 2


def start_of(index: LibraryIndex, ranking: Ranking, found: Ordered, position: PagePosition) -> int:
    """Find where in the order a page starts: after the last hit shown, wherever that is now."""
    if position.last:
        slots = index.slots_of([position.last]).tolist()
        for number, one in enumerate(found.positions):
            if slots and ranking.slots[one] == slots[0]:
                return number + 1
    return position.seen


def _spread(index: LibraryIndex, ranking: Ranking, spread: float) -> list[int]:
    """Return maximal marginal relevance (Carbonell and Goldstein, 1998) over the best.

    Each step takes the hit whose score, less its likeness to what is there, is highest.
    """
    count = min(SPREAD_OVER, ranking.slots.size)
    vectors = index.vectors_of(ranking.slots[:count]).astype(np.float64)
    likeness = np.clip(vectors @ vectors.T, 0.0, 1.0)
    nearest = np.zeros(count)
    left = np.ones(count, dtype=bool)
    chosen: list[int] = []
    for _ in range(count):
        worth = (1.0 - spread) * ranking.score[:count] - spread * nearest
        best = int(np.argmax(np.where(left, np.round(worth, 9), -np.inf)))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, likeness[best])
    return [*chosen, *range(count, ranking.slots.size)]


def _folded(index: LibraryIndex, ranking: Ranking, positions: Sequence[int]) -> Ordered:
    """Fold each candidate that is as good as the same as an earlier one under it."""
    slots: Slots = ranking.slots[list(positions)]
    alike = _alike(index, slots)
    leaders: list[int] = []
    duplicates: dict[int, list[int]] = {}
    for number, position in enumerate(positions):
        same = [leader for leader in leaders if alike[number, leader]]
        if same:
            duplicates.setdefault(positions[same[0]], []).append(position)
        else:
            leaders.append(number)
    return Ordered([positions[leader] for leader in leaders], duplicates)


def _alike(index: LibraryIndex, slots: Slots) -> NDArray[np.bool_]:
    """Mark which of some slots sound the same, shape (slots, slots)."""
    vectors = index.vectors_of(slots)
    same: NDArray[np.bool_] = vectors @ vectors.T >= ALIKE
    for name in ("category", "is_loop"):
        column = index.column(name)[slots]
        same &= column[:, None] == column[None, :]
    lengths = np.log(np.maximum(index.column("duration_s")[slots], 1e-3))
    same &= np.abs(lengths[:, None] - lengths[None, :]) <= _SAME_LENGTH
    return same


def _digest(query: SearchQuery, model_id: str) -> str:
    """Digest what a cursor belongs to: everything that makes the order, not how much is shown."""
    fixed = replace(query, limit=1, offset=0, cursor=None)
    return hashlib.blake2b(f"{model_id} {fixed}".encode(), digest_size=8).hexdigest()
