"""One shift for a kit: stems that were made to sound together move together, or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from src.music.casting.cast_part import CastPart
from src.music.casting.fit import MAX_SHIFT, key_and_certainty
from src.music.casting.matching import believed_key
from src.music.model.accounts import ReportedWords
from src.music.model.plan import ArrangementPlan
from src.music.theory.key_fit import Chances, joint_shift
from src.music.theory.keys import is_minor, relative_key, transpose
from src.music.theory.library import TONAL_CATEGORIES, StemCard
from src.music.theory.roles import role_of

KEY_KEPT = "key_kept"
"""Code of the report that the library's loops keep their own key."""

_LEAST_IN_KEY = 0.5
"""A track whose tonal loops are in its key for less than this share can't be in it."""


def kit_shifts_of(
    cards: Iterable[StemCard], key: str, kit_keys: Mapping[str, str]
) -> dict[str, int]:
    """Choose for each kit whose stems agree on a key by how many semitones its loops move.

    cards: all stems that may play, of any part, so that the shift is one for the whole track
    key: the track's
    """
    stems: dict[str, dict[str, tuple[str, float, Chances]]] = defaultdict(dict)
    for card in cards:
        if card.kit_id is None or card.kit_id not in kit_keys or not _is_tonal_loop(card):
            continue
        found = key_and_certainty(card, believed_key(card, kit_keys))
        if found is not None:
            stems[card.kit_id][card.id] = (*found, card.keys)
    return {
        kit: joint_shift([some[stem] for stem in sorted(some)], key, limit=MAX_SHIFT)
        for kit, some in stems.items()
    }


def key_within_reach(key: str, parts: Iterable[CastPart], kit_keys: Mapping[str, str]) -> str:
    """Return a track's key, or the one that its tonal loops keep where they can't come into it.

    parts: as they are cast for that key. The other key is the one in which most of them are, as
        they are, in the mode that was asked for: a kit in C minor plays E flat major for B major.
    """
    total = inside = 0.0
    own: dict[str, float] = defaultdict(float)
    for part in parts:
        if part.fit.way not in ("loop", "texture") or part.fit.key_worth is None:
            continue
        found = key_and_certainty(part.card, believed_key(part.card, kit_keys))
        if found is None or part.request.category not in TONAL_CATEGORIES:
            continue
        weight = found[1] * role_of(part.request.category).importance * len(part.request.sections)
        total += weight
        sounding = transpose(found[0], round(part.fit.semitones))
        inside += weight * (sounding in (key, relative_key(key)))
        own[_in_mode_of(key, found[0])] += weight
    if not own or inside >= _LEAST_IN_KEY * total:
        return key
    return max(sorted(own), key=lambda other: own[other])


def told_of_key(plan: ArrangementPlan, asked: str) -> ArrangementPlan:
    """Let a plan tell that its key is not the one that was asked for, or nothing where it is."""
    reported = tuple(report for report in plan.reported if report.code != KEY_KEPT)
    if plan.key != asked:
        values = {"asked": asked, "kept": plan.key}
        reported = (*reported, ReportedWords(KEY_KEPT, "", values))
    return replace(plan, reported=reported)


def _is_tonal_loop(card: StemCard) -> bool:
    return card.is_loop and card.category in (*TONAL_CATEGORIES, "atmo")


def _in_mode_of(key: str, other: str) -> str:
    """Return a key or its relative, whichever has the mode of ``key``."""
    return other if is_minor(other) == is_minor(key) else relative_key(other)
