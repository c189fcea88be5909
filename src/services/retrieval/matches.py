"""What goes with a stem, or with what plays already."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from src.core.errors import InvalidInputError, NotFoundError
from src.db import crud
from src.db.database import Database
from src.db.rows.cards import StemCards
from src.db.rows.stem_times import StemTimes, stem_times
from src.music.casting.compatibility import Compatibility, compatibility
from src.music.theory.library import CATEGORIES, StemCard

MAX_LIMIT = 200
MAX_PLAYING = 32
MOST_WEIGHED = 2_000
"""So many stems are weighed by all criteria; of more, those whose tempo and length fit best."""

_KIT_BONUS = 0.3
_SHOT_FIT = 0.7


@dataclass(frozen=True)
class MatchQuery:
    """What is asked: stems that go with one stem, and with others that play beside it.

    beside: ids of further stems that play
    categories: only these; empty for all
    requested: further filters
    """

    stem_id: str
    beside: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limit: int = 20
    requested: crud.StemFilter = field(default_factory=crud.StemFilter)


@dataclass(frozen=True)
class StemMatch:
    """A stem that goes with what plays, and why."""

    stem: StemCard
    found: Compatibility


class MatchService:
    """Finds stems that sound well together."""

    def __init__(self, database: Database, cards: StemCards) -> None:
        self._database = database
        self._cards = cards

    def matches(self, query: MatchQuery) -> list[StemMatch]:
        """Find the stems that go best with what plays, best first; what plays is left out.

        Raises NotFoundError for a stem that is not there, InvalidInputError for an unknown
        category, a bad limit or too many stems beside it.
        """
        _check(query)
        playing = self._playing(query)
        ids = self._candidates(query, playing)
        weighed = [
            StemMatch(card, compatibility(card, playing))
            for card in self._cards.by_id(ids).values()
        ]
        weighed.sort(key=lambda match: (-match.found.score, match.stem.id))
        return weighed[: query.limit]

    def _playing(self, query: MatchQuery) -> list[StemCard]:
        requested = list(dict.fromkeys((query.stem_id, *query.beside)))
        cards = self._cards.by_id(requested)
        for stem_id in requested:
            if stem_id not in cards:
                raise NotFoundError(f"there is no stem {stem_id!r}")
        return list(cards.values())

    def _candidates(self, query: MatchQuery, playing: Sequence[StemCard]) -> list[str]:
        """Return ids of what is worth weighing."""
        with self._database.transaction() as session:
            rows = stem_times(session, [card.id for card in playing], query.categories)
            if query.requested != crud.StemFilter():
                passing = set(crud.matching_ids(session, query.requested))
                rows = [row for row in rows if row.id in passing]
        if len(rows) <= MOST_WEIGHED:
            return [row.id for row in rows]
        fits = _time_fit(rows, playing)
        best = np.sort(np.argsort(-fits, kind="stable")[:MOST_WEIGHED])
        return [rows[position].id for position in best.tolist()]


def _time_fit(rows: Sequence[StemTimes], playing: Sequence[StemCard]) -> NDArray[np.float64]:
    """Rate roughly how well tempo and length of many stems fit, to narrow a library."""
    tempos = np.array([row.bpm or math.nan for row in rows])
    lengths = np.array([max(row.duration_s, 1e-3) for row in rows])
    loops = np.array([row.is_loop for row in rows])
    fits = np.zeros(len(rows))
    for card in playing:
        by_length = _octave_fit(lengths / max(card.duration_s, 1e-3))
        by_tempo = _octave_fit(tempos / card.bpm) if card.bpm else np.full(len(rows), math.nan)
        fit = np.fmax(by_length, by_tempo) if card.is_loop else np.full(len(rows), _SHOT_FIT)
        fits += np.where(loops, fit, _SHOT_FIT)
        fits += [
            _KIT_BONUS * (row.kit_id is not None and row.kit_id == card.kit_id) for row in rows
        ]
    return fits


def _octave_fit(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 where a ratio is a power of two, falling with the distance from one."""
    octaves = np.log2(ratios)
    fit: NDArray[np.float64] = 1.0 - 2.0 * np.abs(octaves - np.round(octaves))
    return fit


def _check(query: MatchQuery) -> None:
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInputError(f"limit must be from 1 to {MAX_LIMIT}, got {query.limit}")
    if len(query.beside) > MAX_PLAYING:
        raise InvalidInputError(
            f"at most {MAX_PLAYING} stems can play beside it, got {len(query.beside)}"
        )
    for category in query.categories:
        if category not in CATEGORIES:
            reported = ", ".join(CATEGORIES)
            raise InvalidInputError(f"category must be one of {reported}, got {category!r}")
