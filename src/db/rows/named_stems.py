"""Stems by what their files, folders and tags are called."""

from dataclasses import dataclass

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from src.db.models import Stem

MOST = 2_000
"""So many stems of a name are looked at; what more are called so changes nothing."""


@dataclass(frozen=True)
class NamedStem:
    """What a stem is called. file: with its folders; tags: that surely apply"""

    file: str
    tags: tuple[str, ...]
    category: str


def stems_with_text(session: Session, text: str) -> list[NamedStem]:
    """List stems in whose file, folders or tags a text stands, in any case, by their ids.

    The text may stand within a longer word: "organ" is found in "organic", too.
    """
    like = f"%{text.replace('%', '')}%"
    query = (
        select(Stem.original_file, Stem.tags, Stem.category)
        .where(or_(Stem.original_file.ilike(like), cast(Stem.tags, Text).ilike(like)))
        .order_by(Stem.id)
        .limit(MOST)
    )
    return [
        NamedStem(file, tuple(tag for tag, score in tags.items() if score >= 0.5), category)
        for file, tags, category in session.execute(query)
    ]
