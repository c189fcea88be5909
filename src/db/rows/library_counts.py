"""What the library holds, counted by the database."""

from sqlalchemy import Function, func, select
from sqlalchemy.orm import Session

from src.db.models import Stem
from src.music.arranging.library_summary import StemGroup

UNSURE = 0.5
"""Weight of a value whose confidence is not known."""


def stem_groups(session: Session) -> list[StemGroup]:
    """Return stems that share kit, category, tempo and key, counted and weighted by confidence."""
    alike = (Stem.kit_id, Stem.category, Stem.is_loop, Stem.bpm, Stem.key)

    def weight(field: str) -> Function[float]:
        confidence = Stem.analysis[field]["confidence"].as_float()
        return func.sum(func.coalesce(confidence, UNSURE))

    query = (
        select(*alike, func.count(), weight("bpm"), weight("key")).group_by(*alike).order_by(*alike)
    )
    return [StemGroup(*row) for row in session.execute(query)]
