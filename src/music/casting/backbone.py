"""The kit that a track is built on: stems that were made to sound together come first."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from src.music.casting.cast_part import CastPart
from src.music.casting.fit import Target
from src.music.casting.matching import CastingContext, StemCandidate, match_stem
from src.music.model.part_request import PartRequest
from src.music.model.plan import StemQuery
from src.music.theory.library import TONAL_CATEGORIES, StemCard
from src.music.theory.roles import role_of

MIN_ROLES = 3
"""A kit must fill this many roles to carry a track."""

MIN_LOOPS = 2
"""And this many of them with loops near the tempo: a folder of single hits is no kit."""

NEAR_BEST = 0.96
"""Kits within this share of the best are equals: the seed chooses among them."""

_KEY_SHARE = 0.4
_MIN_SCORE = 0.3


def choose_backbone(
    requests: Sequence[PartRequest],
    pool: Mapping[StemQuery, Sequence[StemCandidate]],
    target: Target,
    context: CastingContext,
    *,
    rng: random.Random,
) -> str | None:
    """Choose the id of the kit that fills the most important parts best; None where none carries.

    context: what is known of the kits, their keys and shifts

    Scores count by their cube: a kit that fits well beats one that offers more that hardly fits.
    """
    totals: dict[str, float] = defaultdict(float)
    roles: dict[str, set[str]] = defaultdict(set)
    loops: dict[str, set[str]] = defaultdict(set)
    for request in requests:
        for kit, part in _best_by_kit(request, pool, target, context).items():
            totals[kit] += part.score**3 * role_of(request.category).importance
            roles[kit].add(request.category)
            if part.fit.way == "loop" and not part.fit.guessed:
                loops[kit].add(request.category)
    able = {
        kit: total
        for kit, total in totals.items()
        if len(roles[kit]) >= MIN_ROLES and len(loops[kit]) >= MIN_LOOPS
    }
    if not able:
        return None
    best = max(able.values())
    equals = sorted(kit for kit, total in able.items() if total >= best * NEAR_BEST)
    return rng.choice(equals)


def kit_keys_of(pool: Mapping[StemQuery, Sequence[StemCandidate]]) -> dict[str, str]:
    """Find the key on which the tonal loops of each kit agree, weighted by confidence.

    A kit whose stems do not agree (less than 40 % for one key) has none.
    """
    cards = {item.card.id: item.card for items in pool.values() for item in items}
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for card in cards.values():
        if _votes(card):
            votes[card.kit_id or ""][card.key or ""] += card.confidence.get("key", 0.5)
    agreed: dict[str, str] = {}
    for kit, keys in votes.items():
        key, weight = max(keys.items(), key=lambda item: (item[1], item[0]))
        if weight >= _KEY_SHARE * sum(keys.values()) and sum(keys.values()) > 1.0:
            agreed[kit] = key
    return agreed


def _votes(card: StemCard) -> bool:
    tonal = card.category in TONAL_CATEGORIES and card.is_loop
    return tonal and card.kit_id is not None and card.key is not None


def _best_by_kit(
    request: PartRequest,
    pool: Mapping[StemQuery, Sequence[StemCandidate]],
    target: Target,
    context: CastingContext,
) -> dict[str, CastPart]:
    """Find the stem of each kit that plays a part best, of the very category, by tags alone."""
    plain = PartRequest(request.name, request.category, request.tags)
    best: dict[str, CastPart] = {}
    for candidate in pool.get(request.library_query, ()):
        card = candidate.card
        if card.kit_id is None or card.category != request.category:
            continue
        part = match_stem(candidate, plain, target, context)
        if part is not None and part.score >= _MIN_SCORE:
            known = best.get(card.kit_id)
            if known is None or part.score > known.score:
                best[card.kit_id] = part
    return best
