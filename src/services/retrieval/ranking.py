"""Fusing what speaks for a stem: sound, words, musical fit and what the user thinks of it."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from src.db.index.library_index import LibraryIndex
from src.services.retrieval.directions import Pointing, Scores
from src.services.retrieval.fit import PlayingContext, rough_fit, said_fit
from src.services.retrieval.words import PromptTerms, denied_slots, word_scores

SHARES: Mapping[str, float] = {"sound": 0.25, "words": 0.75, "fit": 0.18}
"""What each part counts where it has a say. Sound and words: measured by
``python -m benchmarks.retrieval --corpus DIR --fit``, each share on packs that did not choose
it; fit: by reason, since no label tells what goes together."""

FEEDBACK_SHARE = 0.05
"""How much ratings and use count: enough to order what is about as good, no more."""

SMALL_LIBRARY = 4_096
"""Up to so many stems all are ranked; of more, so many candidates of each part."""

_DENIAL = 0.25
_RATED = (0.5, 0.0, 0.25, 0.5, 0.8, 1.0)
_USED_GAIN, _MOST_USED = 0.06, 5

Slots = NDArray[np.intp]


@dataclass(frozen=True)
class RankedFor:
    """What stems are ranked by. pointing: where in the space of sounds, None for nowhere."""

    requested: PromptTerms
    pointing: Pointing | None = None
    context: PlayingContext | None = None
    uses: Mapping[str, int] | None = None

    @property
    def by_nothing(self) -> bool:
        """Whether there is nothing to rank by."""
        silent = self.pointing is None and self.context is None
        return (
            silent
            and not self.requested.terms
            and not self.requested.denied
            and self.requested.bpm is None
            and self.requested.key is None
        )


@dataclass(frozen=True)
class Ranking:
    """Candidates, best first, with the parts of their scores; a part that had no say is missing.

    complete: whether every stem that passes the filters is among them
    """

    slots: Slots
    score: Scores
    parts: dict[str, Scores] = field(default_factory=dict)
    complete: bool = True


def rank(index: LibraryIndex, mask: NDArray[np.bool_], wanted: RankedFor, depth: int) -> Ranking:
    """Rank what passes the filters. mask: shape (size,); depth: so many candidates of each part.

    A stem's score does not depend on which others are candidates. Equal scores go by id, so
    that the order never depends on when a stem came in.
    """
    words = word_scores(wanted.requested.terms, index.words, index.size)
    slots, complete = _candidates(index, mask, wanted, words, depth)
    parts = _parts(index, slots, wanted, words)
    score = _fused(parts, slots.size)
    score[denied_slots(wanted.requested, index.words, index.size)[slots]] -= _DENIAL
    if wanted.uses is not None:
        parts["feedback"] = _feedback(index, slots, wanted.uses)
        score = (1.0 - FEEDBACK_SHARE) * score + FEEDBACK_SHARE * parts["feedback"]
    score = _rounded(score)
    order = _order(index, slots, score)
    sorted_parts = {name: values[order] for name, values in parts.items()}
    return Ranking(slots[order], score[order], sorted_parts, complete)


def _candidates(
    index: LibraryIndex,
    mask: NDArray[np.bool_],
    wanted: RankedFor,
    words: NDArray[np.float32],
    depth: int,
) -> tuple[Slots, bool]:
    """List every allowed slot of a small choice; of a large one the best of each part."""
    everything = np.flatnonzero(mask)
    if everything.size <= max(SMALL_LIBRARY, depth):
        return everything, True
    found = []
    if wanted.pointing is not None:
        found.append(wanted.pointing.nearest(index, mask, depth))
    said = everything[words[everything] > 0.0]
    found.append(_best(said, words[said], depth))
    fits = said_fit(index, everything, wanted.requested.bpm, wanted.requested.key)
    if wanted.context is not None:
        rough = rough_fit(index, everything, wanted.context)
        fits = rough if fits is None else fits + rough
    if fits is not None:
        found.append(_best(everything, fits, depth))
    chosen = np.unique(np.concatenate(found))
    if chosen.size < depth:
        ids = index.ids
        more = heapq.nsmallest(depth, everything.tolist(), key=lambda slot: ids[slot])
        chosen = np.union1d(chosen, np.array(more, dtype=np.intp))
    return chosen, False


def _best(slots: Slots, scores: NDArray[np.floating], count: int) -> Slots:
    if slots.size <= count:
        return slots
    return slots[np.argpartition(-scores, count - 1)[:count]]


def _parts(
    index: LibraryIndex, slots: Slots, wanted: RankedFor, words: NDArray[np.float32]
) -> dict[str, Scores]:
    """Rate each part that has a say, for some slots, 0..1."""
    parts: dict[str, Scores] = {}
    if wanted.pointing is not None:
        parts["sound"] = wanted.pointing.part(index, slots)
    if words.any():
        parts["words"] = words[slots].astype(np.float64)
    fits = said_fit(index, slots, wanted.requested.bpm, wanted.requested.key)
    if wanted.context is not None:
        rough = rough_fit(index, slots, wanted.context)
        fits = rough if fits is None else (fits + rough) / 2.0
    if fits is not None:
        parts["fit"] = fits
    return parts


def _fused(parts: Mapping[str, Scores], size: int) -> Scores:
    """Return weighted mean of the parts that have a say."""
    if not parts:
        return np.zeros(size)
    total = sum(SHARES[name] for name in parts)
    summed = [SHARES[name] * values for name, values in parts.items()]
    fused: Scores = np.sum(summed, axis=0) / total
    return fused


def _feedback(index: LibraryIndex, slots: Slots, uses: Mapping[str, int]) -> Scores:
    """Return ratings (1 to 5 stars as 0..1, none as a half), and a little more for each use."""
    liked = np.array(_RATED)[np.clip(index.column("rating")[slots], 0, 5)]
    used_slots = index.slots_of(uses)
    used = np.zeros(index.size)
    used[used_slots] = [min(uses[index.ids[slot]], _MOST_USED) for slot in used_slots.tolist()]
    opinion: Scores = np.clip(liked + _USED_GAIN * used[slots], 0.0, 1.0)
    return opinion


def _rounded(score: Scores) -> Scores:
    """Round to 0..1, so that sums in another order give the same."""
    rounded: Scores = np.round(np.clip(score, 0.0, 1.0), 6).astype(np.float64)
    return rounded


def _order(index: LibraryIndex, slots: Slots, score: Scores) -> Slots:
    """Order by falling score; equal ones by id."""
    order = np.argsort(-score, kind="stable")
    edges = np.flatnonzero(np.diff(score[order])) + 1
    starts = np.concatenate([[0], edges])
    ends = np.concatenate([edges, [order.size]])
    for run in np.flatnonzero(ends - starts > 1).tolist():
        tied = order[starts[run] : ends[run]].tolist()
        order[starts[run] : ends[run]] = sorted(
            tied, key=lambda position: index.ids[slots[position]]
        )
    return order


def with_exact_fit(index: LibraryIndex, ranking: Ranking, fits: Scores) -> Ranking:
    """Rank again, with the fit of the best weighed by all criteria.

    fits: of the first stems of the ranking, 0..1; the others follow after them
    """
    count = fits.size
    rough = ranking.parts["fit"]
    total = sum(SHARES[name] for name in ranking.parts if name in SHARES)
    share = SHARES["fit"] / total
    fit = np.concatenate([fits, rough[count:]])
    score = ranking.score + share * (fit - rough)
    score = _rounded(score)
    order = _order(index, ranking.slots[:count], score[:count])
    order = np.concatenate([order, np.arange(count, score.size)])
    if 0 < count < score.size:
        score[count:] = np.minimum(score[count:], score[:count].min())
    parts = {name: values[order] for name, values in (ranking.parts | {"fit": fit}).items()}
    return Ranking(ranking.slots[order], score[order], parts, ranking.complete)
