"""Finding stems by meaning, by words and by musical fit."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from src.core.errors import InvalidInputError
from src.db.cards import card
from src.db.database import Database
from src.db.library_index import CHUNK, LibraryIndex
from src.db.models import Stem
from src.embeddings.protocol import Embedder, Graded
from src.music.keys import KEYS, camelot_distance, parse_key
from src.music.library import CATEGORIES, StemCard
from src.music.made_marks import is_made, made_card
from src.services.search_reasons import reasons_for
from src.services.search_words import Asked, asked_of, index_words, word_scores

MAX_LIMIT, MAX_OFFSET, MAX_PROMPT = 1_000, 1_000_000, 2_000
MEANING_SHARE = 0.65
"""How much the sound counts beside the words, where both say something."""

_FIT_SHARE = 0.15
_DENIAL = 0.25
_KEPT_CARDS = 4_000

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class SearchQuery:
    """A prompt and filters. An empty prompt lists what passes the filters, by name.

    compatible: with ``key``, also keys one step away on the Camelot wheel
    kit: id or name of a kit
    """

    prompt: str = ""
    limit: int = 5
    offset: int = 0
    category: str | None = None
    categories: tuple[str, ...] = ()
    bpm_min: float | None = None
    bpm_max: float | None = None
    key: str | None = None
    compatible: bool = False
    is_loop: bool | None = None
    duration_min_s: float | None = None
    duration_max_s: float | None = None
    kit: str | None = None


@dataclass(frozen=True)
class SearchHit:
    """A stem that fits, and why.

    score: 0..1, of all that counts; similarity: cosine of sound and prompt;
    words: 0..1, how many of the prompt's words its name, kit and tags have
    """

    stem: StemCard
    score: float
    similarity: float
    words: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Ranking:
    score: Scores
    similarity: Scores
    words: Scores


class SearchService:
    """Searches a library that it keeps in memory and in step with the database.

    What another thread or process imports, corrects or deletes is seen by the next search.
    """

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._index = LibraryIndex(database, embedder.model_id, embedder.dimension, index_words)
        self._cards: dict[str, StemCard] = {}
        self._lock = threading.RLock()

    def search(self, query: SearchQuery) -> list[SearchHit]:
        """The best hits, best first; none in an empty library.

        Raises InvalidInputError for an unknown category or key, a bad limit or range.
        """
        check_query(query)
        asked = asked_of(query.prompt)
        with self._lock:
            self._sync()
            allowed = np.flatnonzero(self._allowed(query))
            if query.prompt.strip():
                ranking = self._rank(query.prompt, asked)
                chosen = best_slots(ranking.score, allowed, self._index.ids, query)
            else:
                ranking = _unranked(self._index.size)
                chosen = self._by_name(allowed)[query.offset : query.offset + query.limit]
            cards = self.cards([self._index.ids[slot] for slot in chosen])
            hits = [(cards.get(self._index.ids[slot]), slot) for slot in chosen]
        return [_hit(stem, slot, ranking, asked) for stem, slot in hits if stem is not None]

    def cards(self, ids: Iterable[str]) -> dict[str, StemCard]:
        """Cards by id, in the order asked; ids that are not there are left out.

        Sounds of our own synthesis have cards too.
        """
        asked = list(dict.fromkeys(ids))
        wanted = [stem_id for stem_id in asked if not is_made(stem_id)]
        made = {stem_id: made_card(stem_id) for stem_id in asked if is_made(stem_id)}
        with self._lock:
            self._sync()
            missing = [stem_id for stem_id in wanted if stem_id not in self._cards]
            if len(self._cards) + len(missing) > _KEPT_CARDS:
                self._cards.clear()
                missing = wanted
            for start in range(0, len(missing), CHUNK):
                self._load(missing[start : start + CHUNK])
            known = made | {
                stem_id: self._cards[stem_id] for stem_id in wanted if stem_id in self._cards
            }
        return {stem_id: known[stem_id] for stem_id in asked if stem_id in known}

    def _sync(self) -> None:
        if self._index.sync():
            self._cards.clear()

    def _load(self, ids: Sequence[str]) -> None:
        with self._database.transaction() as session:
            for stem in session.scalars(select(Stem).where(Stem.id.in_(ids))):
                self._cards[stem.id] = card(stem)

    def _allowed(self, query: SearchQuery) -> NDArray[np.bool_]:
        """Which slots pass all filters."""
        index = self._index
        mask: NDArray[np.bool_] = index.column("alive").copy()
        kinds = {*query.categories, *([query.category] if query.category else [])}
        if kinds:
            mask &= np.isin(index.column("category"), [CATEGORIES.index(kind) for kind in kinds])
        for name, low, high in (
            ("bpm", query.bpm_min, query.bpm_max),
            ("duration_s", query.duration_min_s, query.duration_max_s),
        ):
            if low is not None:
                mask &= index.column(name) >= np.float32(low) - 1e-3
            if high is not None:
                mask &= index.column(name) <= np.float32(high) + 1e-3
        if query.is_loop is not None:
            mask &= index.column("is_loop") == query.is_loop
        if query.key is not None:
            mask &= np.isin(index.column("key"), _key_codes(query.key, query.compatible))
        if query.kit is not None:
            names = {query.kit, query.kit.casefold()}
            mask &= np.fromiter((not names.isdisjoint(kit) for kit in index.kits), bool, index.size)
        return mask

    def _rank(self, prompt: str, asked: Asked) -> _Ranking:
        """Score every slot: sound against prompt, words, tempo and key said in the prompt."""
        index = self._index
        vector = self._embedder.embed_text([prompt])[0]
        similarity = (index.column("vectors") @ vector).astype(np.float64)
        words = word_scores(asked.words, index.words, index.size).astype(np.float64)
        means, says = bool(vector.any()), bool(words.any())
        share = MEANING_SHARE if means and says else 1.0 if means else 0.0
        score = share * self._meaning(prompt, similarity) + (1.0 - share) * words
        fit = self._fit(asked)
        if fit is not None:
            score = (1.0 - _FIT_SHARE) * score + _FIT_SHARE * fit
        denied = word_scores(asked.denied, index.words, index.size) > 0.0
        score = np.clip(np.where(denied, score - _DENIAL, score), 0.0, 1.0)
        return _Ranking(np.round(score, 6), similarity, words)

    def _meaning(self, prompt: str, similarity: Scores) -> Scores:
        """Cosines as 0..1: against the best that is possible, or against the library's."""
        if isinstance(self._embedder, Graded):
            best = float(self._embedder.best_similarity([prompt])[0])
            return np.clip(similarity / max(best, 1e-6), 0.0, 1.0)
        alive = similarity[self._index.column("alive")]
        if alive.size == 0:
            return similarity
        spread = max(float(alive.std()), 0.02)
        scaled: Scores = 1.0 / (1.0 + np.exp(-1.7 * (similarity - alive.mean()) / spread))
        return scaled

    def _fit(self, asked: Asked) -> Scores | None:
        """How well tempo and key fit those said in the prompt; None where neither is."""
        parts: list[Scores] = []
        if asked.bpm is not None:
            octaves = np.log2(np.nan_to_num(self._index.column("bpm"), nan=1.0) / asked.bpm)
            apart = np.abs(octaves - np.clip(np.round(octaves), -1, 1))
            parts.append(np.exp(-((apart / 0.06) ** 2)))
        if asked.key is not None:
            near = np.array([camelot_distance(key, asked.key) for key in KEYS] + [9])
            parts.append(np.exp(-0.7 * near[self._index.column("key")]))
        return sum(parts, np.zeros(self._index.size)) / len(parts) if parts else None

    def _by_name(self, allowed: NDArray[np.intp]) -> list[int]:
        names, ids = self._index.names, self._index.ids
        return sorted(allowed.tolist(), key=lambda slot: (names[slot].casefold(), ids[slot]))


def check_query(query: SearchQuery) -> None:
    """Raise InvalidInputError for what can't be searched for, naming the rule and the value."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInputError(f"limit must be from 1 to {MAX_LIMIT}, got {query.limit}")
    if not 0 <= query.offset <= MAX_OFFSET:
        raise InvalidInputError(f"offset must be from 0 to {MAX_OFFSET}, got {query.offset}")
    if len(query.prompt) > MAX_PROMPT:
        raise InvalidInputError(
            f"prompt must have at most {MAX_PROMPT} characters, got {len(query.prompt)}"
        )
    for name in (*query.categories, *([query.category] if query.category else [])):
        if name not in CATEGORIES:
            raise InvalidInputError(
                f"category must be one of {', '.join(CATEGORIES)}, got {name!r}"
            )
    if query.key is not None:
        parse_key(query.key)
    _check_range("bpm", query.bpm_min, query.bpm_max)
    _check_range("duration", query.duration_min_s, query.duration_max_s)


def _check_range(name: str, low: float | None, high: float | None) -> None:
    for value in (low, high):
        if value is not None and not (np.isfinite(value) and value >= 0.0):
            raise InvalidInputError(f"{name} limits must be numbers from 0, got {value!r}")
    if low is not None and high is not None and low > high:
        raise InvalidInputError(f"{name} must not start above its end, got {low:g} to {high:g}")


def _key_codes(key: str, compatible: bool) -> list[int]:
    wanted = parse_key(key)
    steps = 1 if compatible else 0
    return [code for code, name in enumerate(KEYS) if camelot_distance(name, wanted) <= steps]


def best_slots(
    score: Scores, allowed: NDArray[np.intp], ids: Sequence[str], query: SearchQuery
) -> list[int]:
    """Slots of the page asked for; equal scores go by id, so that order never depends on
    when a stem came in."""
    wanted = query.offset + query.limit
    if allowed.size > wanted:
        scores = score[allowed]
        least = np.partition(scores, allowed.size - wanted)[allowed.size - wanted]
        allowed = allowed[scores >= least]
    ordered = sorted(allowed.tolist(), key=lambda slot: (-score[slot], ids[slot]))
    return ordered[query.offset : wanted]


def _unranked(size: int) -> _Ranking:
    return _Ranking(np.zeros(size), np.zeros(size), np.zeros(size))


def _hit(stem: StemCard, slot: int, ranking: _Ranking, asked: Asked) -> SearchHit:
    return SearchHit(
        stem=stem,
        score=float(ranking.score[slot]),
        similarity=round(float(ranking.similarity[slot]), 6),
        words=round(float(ranking.words[slot]), 6),
        reasons=reasons_for(stem, asked),
    )
