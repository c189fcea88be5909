"""Finding stems by meaning, by words, by sounds and by musical fit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from src.core.errors import NotFoundError
from src.db import crud
from src.db.database import Database, Session
from src.db.index.library_index import LibraryIndex
from src.db.models import TrackRow
from src.db.rows.cards import StemCards
from src.db.rows.tracks import TrackUses, track_row
from src.embeddings.protocol import Embedder, Vectors
from src.services.retrieval.directions import (
    DISLIKED,
    LIKED,
    PROMPT,
    Example,
    Pointing,
    QueryVector,
    Usual,
    direction_of,
    sound_vectors,
    text_vectors,
)
from src.services.retrieval.filters import Members, allowed, members_of
from src.services.retrieval.fit import WEIGHED, PlayingContext, track_context, weighed
from src.services.retrieval.pages import (
    Ordered,
    PagePosition,
    cursor_of,
    ordered,
    place_of,
    start_of,
)
from src.services.retrieval.query import (
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_PROMPT,
    Parts,
    SearchHit,
    SearchPage,
    SearchQuery,
    check_query,
)
from src.services.retrieval.ranking import SMALL_LIBRARY, RankedFor, Ranking, rank, with_exact_fit
from src.services.retrieval.reasons import Told, reasons_for
from src.services.retrieval.space import SearchSpaces
from src.services.retrieval.words import PromptTerms, corrected
from src.storage.fingerprint import STEM_ID_LENGTH

__all__ = [
    "MAX_LIMIT", "MAX_OFFSET", "MAX_PROMPT", "SearchHit", "SearchPage", "SearchQuery",
    "SearchService", "check_query",
]  # fmt: skip


@dataclass(frozen=True)
class _ResolvedQuery:
    """What ids in a query stand for, read before anything is ranked.

    liked, disliked: ids of stems; texts: (text, weight); heard: vectors of sounds brought along
    """

    members: Members
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    texts: tuple[tuple[str, float], ...] = ()
    context: PlayingContext | None = None
    analysed: Vectors | None = None


class SearchService:
    """Searches a library that it keeps in memory and in step with the database.

    What another thread or process imports, corrects or deletes is seen by the next search.

    spaces: what is searched; None: always the vectors of the given embedder
    cards: of the stems that are found; None: its own
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        *,
        spaces: SearchSpaces | None = None,
        cards: StemCards | None = None,
    ) -> None:
        self._database = database
        self._spaces = SearchSpaces(database, embedder) if spaces is None else spaces
        self._space = self._spaces.current()
        self._cards = StemCards(database) if cards is None else cards
        self._usual = Usual()
        self._uses = TrackUses(database)
        self._name_order: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        self._named_at = -1

    @property
    def model_id(self) -> str:
        """The model whose vectors are searched."""
        return self.embedder.model_id

    @property
    def embedder(self) -> Embedder:
        """What makes the vectors that are searched."""
        with self._opened():
            return self._space.embedder

    @property
    def _index(self) -> LibraryIndex:
        return self._space.index

    @contextmanager
    def _opened(self) -> Iterator[None]:
        """Hold the index still and up to date; after a switch begin with the other one."""
        with self._spaces.opened() as space:
            if space is not self._space:
                self._space, self._usual, self._named_at = space, Usual(), -1
            yield

    def search(self, query: SearchQuery) -> list[SearchHit]:
        """Return the best hits, best first; none in an empty library. Raises what ``find``
        raises.
        """
        return list(self.find(query).hits)

    def find(self, query: SearchQuery, *, example: Example | None = None) -> SearchPage:
        """Find one page of hits, how many stems pass the filters, and what was perhaps meant.

        Raises InvalidInputError for an unknown category or key, a bad limit, range or cursor,
        NotFoundError for a stem, track or collection that is not there.
        """
        check_query(query)
        named, example = self._named(query), example or Example("")
        while True:
            with self._opened():
                embedder = self._space.embedder
                terms = corrected(query.prompt, self._index.words)
            scope = embedder.model_id + example.digest
            position = place_of(query, scope)
            texts = _text_vectors(embedder, terms.corrected or query.prompt, named)
            named = replace(
                named, analysed=example.analysed(embedder) if example.analysed else None
            )
            with self._opened():
                if self._space.embedder is not embedder:
                    continue  # switched meanwhile: what was embedded belongs to the other model
                ranked_for = self._ranked_for(query, terms, named, texts, example.pointing)
                mask = allowed(self._index, query, named.members)
                ranking, found, start = self._order(query, ranked_for, mask, position)
                hits, last = self._hits(
                    ranking, found, slice(start, start + query.limit), ranked_for
                )
            cursor = None if last is None else cursor_of(query, scope, last)
            total = int(np.count_nonzero(mask))
            return SearchPage(hits, total, cursor, terms.corrected, embedder.model_id)

    def _named(self, query: SearchQuery) -> _ResolvedQuery:
        """Read what the query names by id."""
        with self._database.transaction() as session:
            liked, liked_texts = _stems_and_texts(session, query.like)
            disliked, disliked_texts = _stems_and_texts(session, query.unlike)
            track = _track_of(session, query.fits)
            without = [*liked, *disliked, *([query.fits] if query.fits and track is None else [])]
            members = members_of(session, query, without)
        texts = [(text, LIKED / len(liked_texts)) for text in liked_texts]
        texts += [(text, -DISLIKED / len(disliked_texts)) for text in disliked_texts]
        context = None if query.fits is None else self._context(query.fits, track)
        return _ResolvedQuery(members, tuple(liked), tuple(disliked), tuple(texts), context)

    def _context(self, named: str, track: TrackRow | None) -> PlayingContext:
        if track is None:
            playing = self._cards.by_id([named])
            return PlayingContext(playing[named].name, tuple(playing.values()))
        choices = track.report.get("stems", [])
        played = [str(choice["stem_id"]) for choice in choices if "stem_id" in choice]
        return track_context("the track", track.bpm, choices, self._cards.by_id(played))

    def _ranked_for(
        self,
        query: SearchQuery,
        terms: PromptTerms,
        named: _ResolvedQuery,
        texts: Sequence[QueryVector],
        pointing: Pointing | None,
    ) -> RankedFor:
        liked, disliked = self._vectors(named.liked), self._vectors(named.disliked)
        if named.analysed is not None:
            liked = np.concatenate([liked, named.analysed])
        query_vectors = [*texts, *sound_vectors(liked, LIKED), *sound_vectors(disliked, -DISLIKED)]
        pointing = (
            direction_of(query_vectors, self._index, self._usual) if pointing is None else pointing
        )
        uses = self._uses.counts() if query.feedback else None
        return RankedFor(terms, pointing, named.context, uses)

    def _vectors(self, ids: Sequence[str]) -> Vectors:
        return self._index.vectors_of(self._index.slots_of(ids))

    def _order(
        self,
        query: SearchQuery,
        ranked_for: RankedFor,
        mask: NDArray[np.bool_],
        position: PagePosition,
    ) -> tuple[Ranking, Ordered, int]:
        """Rank as deep as the page needs, deeper where much was folded away.

        Returns the candidates, their order, and where in it the page starts.
        """
        end = position.seen + query.limit + 1
        depth = max(SMALL_LIBRARY, 4 * end)
        while True:
            ranking = self._ranking(ranked_for, mask, depth)
            found = ordered(self._index, ranking, query, end)
            start = start_of(self._index, ranking, found, position)
            if ranking.complete or len(found.positions) > start + query.limit:
                return ranking, found, start
            depth *= 4

    def _ranking(self, ranked_for: RankedFor, mask: NDArray[np.bool_], depth: int) -> Ranking:
        if ranked_for.by_nothing:
            slots = self._by_name()
            slots = slots[mask[slots]]
            return Ranking(slots, np.zeros(slots.size))
        ranking = rank(self._index, mask, ranked_for, depth)
        if ranked_for.context is None:
            return ranking
        ids = [self._index.ids[slot] for slot in ranking.slots[:WEIGHED].tolist()]
        cards = self._cards.by_id(ids)  # a stem may have been removed since it was ranked
        fits = [
            weighed(cards[one], ranked_for.context).score if one in cards else 0.0 for one in ids
        ]
        return with_exact_fit(self._index, ranking, np.array(fits))

    def _by_name(self) -> NDArray[np.intp]:
        """List all slots by name; sorted again only after a change."""
        if self._named_at != self._index.seq:
            names, ids = self._index.names, self._index.ids
            alive = np.flatnonzero(self._index.column("alive")).tolist()
            alive.sort(key=lambda slot: (names[slot].casefold(), ids[slot]))
            self._name_order = np.array(alive, dtype=np.intp)
            self._named_at = self._index.seq
        return self._name_order

    def _hits(
        self, ranking: Ranking, found: Ordered, page: slice, ranked_for: RankedFor
    ) -> tuple[tuple[SearchHit, ...], PagePosition | None]:
        """Make the hits of a page, and tell where it ended if there are more."""
        ids = self._index.ids
        shown = found.positions[page]
        slots = ranking.slots[shown]
        cosines = np.zeros(slots.size)
        if ranked_for.pointing is not None:
            cosines = ranked_for.pointing.cosines(self._index, slots)
        cards = self._cards.by_id(ids[slot] for slot in slots.tolist())
        hits = []
        for position, slot, cosine in zip(shown, slots.tolist(), cosines.tolist(), strict=True):
            if ids[slot] not in cards:
                continue  # removed since it was ranked
            parts = Parts(**{
                name: round(float(values[position]), 6) for name, values in ranking.parts.items()
            })  # fmt: skip
            same = [ids[ranking.slots[other]] for other in found.duplicates.get(position, ())]
            reported = Told(ranked_for.requested, parts, ranked_for.context, ranked_for.uses or {})
            stem = cards[ids[slot]]
            hits.append(
                SearchHit(
                    stem=stem,
                    score=float(ranking.score[position]),
                    similarity=round(cosine, 6),
                    words=parts.words or 0.0,
                    reasons=reasons_for(stem, reported),
                    parts=parts,
                    duplicates=tuple(same),
                )
            )
        more = bool(slots.size) and len(found.positions) > page.stop
        last = PagePosition(ids[slots[-1]], page.start + int(slots.size)) if more else None
        return tuple(hits), last


def _text_vectors(embedder: Embedder, prompt: str, named: _ResolvedQuery) -> list[QueryVector]:
    """Embed what the texts ask of the sound. Without the search's lock: it may take long."""
    texts = [*([(prompt, PROMPT)] if prompt.strip() else []), *named.texts]
    return text_vectors(embedder, [text for text, _ in texts], [weight for _, weight in texts])


def _stems_and_texts(session: Session, named: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return ids of stems, and texts. Raises NotFoundError for what looks like an id and is
    none.
    """
    there = crud.known_ids(session, named)
    texts = [text for text in named if text not in there and text.strip()]
    for text in texts:
        if len(text) == STEM_ID_LENGTH and not set(text) - set("0123456789abcdef"):
            raise NotFoundError(f"there is no stem {text!r}")
    return [stem_id for stem_id in named if stem_id in there], texts


def _track_of(session: Session, named: str | None) -> TrackRow | None:
    """Find the track that the hits shall fit; None where it is a stem, or nothing is named.

    Raises NotFoundError where it is neither.
    """
    if named is None or crud.known_ids(session, [named]):
        return None
    track = track_row(session, named)
    if track is None:
        raise NotFoundError(f"there is no stem and no track {named!r}")
    return track
