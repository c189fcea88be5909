"""What a plan lets play: which categories in which section, and which sounds last."""

import re

from src.music.model.plan import (
    POSITIONS,
    SECTION_END,
    SECTION_START,
    ArrangementPlan,
    StemQuery,
)
from src.music.theory.exclusion import refused_categories

_LASTING = re.compile(
    r"\b(textur\w*|drone\w*|ambien\w*|atmo\w*|granular|background|noise|vinyl|rain|field)\b"
)
_RISING = re.compile(r"\b(ris\w*|uplift\w*|build\w*|swell\w*|whoosh\w*|reverse\w*|sweep\w*)\b")


def may_play(plan: ArrangementPlan, number: int, category: str) -> bool:
    """Tell whether a plan, and its section of a number, let a category play there at all."""
    section = plan.structure[number]
    alone = [only for only in (plan.only_roles, section.only) if only]
    if section.silent or any(category not in only for only in alone):
        return False
    return category not in refused_categories((*plan.excluded, *section.without))


def position_of(query: StemQuery) -> str | None:
    """Tell whether a query asks for a sound that marks a section's change; None where it does not.

    An effect does, unless its words tell of something that lasts.
    """
    if query.pattern in POSITIONS:
        return query.pattern
    if query.category != "fx":
        return None
    words = " ".join((query.text, *query.tags)).lower()
    if _RISING.search(words):
        return SECTION_END
    return None if _LASTING.search(words) else SECTION_START


def audible_queries(plan: ArrangementPlan, number: int) -> list[StemQuery]:
    """List what plays through a section: nothing that it refuses, mutes, or that only marks it."""
    section = plan.structure[number]
    return [
        query
        for query in section.stem_queries
        if may_play(plan, number, query.category)
        and query.category not in section.muted
        and position_of(query) is None
    ]
