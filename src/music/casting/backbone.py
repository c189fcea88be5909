"""The kit that a track is built on: stems that were made to sound together come first."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from src.music.casting.fit import Ground
from src.music.casting.matching import Candidate, Company, Match, Wish, match_stem
from src.music.casting.voices import Voice, Wanted
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
    voices: Sequence[Voice],
    pool: Mapping[Wanted, Sequence[Candidate]],
    ground: Ground,
    *,
    kit_keys: Mapping[str, str],
    rng: random.Random,
) -> str | None:
    """The id of the kit that fills the most important voices best; None where none carries.

    Scores count by their cube: a kit that fits well beats one that offers more that hardly fits.
    """
    totals: dict[str, float] = defaultdict(float)
    roles: dict[str, set[str]] = defaultdict(set)
    loops: dict[str, set[str]] = defaultdict(set)
    for voice in voices:
        for kit, match in _best_by_kit(voice, pool, ground, kit_keys).items():
            totals[kit] += match.score**3 * role_of(voice.category).importance
            roles[kit].add(voice.category)
            if match.fit.way == "loop" and not match.fit.guessed:
                loops[kit].add(voice.category)
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


def kit_keys_of(pool: Mapping[Wanted, Sequence[Candidate]]) -> dict[str, str]:
    """The key on which the tonal loops of each kit agree, weighted by confidence.

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
    voice: Voice,
    pool: Mapping[Wanted, Sequence[Candidate]],
    ground: Ground,
    kit_keys: Mapping[str, str],
) -> dict[str, Match]:
    """The stem of each kit that fills a voice best, of the very category."""
    company = Company(kit_keys=kit_keys)
    best: dict[str, Match] = {}
    for candidate in pool.get(voice.wanted, ()):
        card = candidate.card
        if card.kit_id is None or card.category != voice.category:
            continue
        match = match_stem(candidate, Wish(voice.category, voice.wanted.tags), ground, company)
        if match is not None and match.score >= _MIN_SCORE:
            known = best.get(card.kit_id)
            if known is None or match.score > known.score:
                best[card.kit_id] = match
    return best
