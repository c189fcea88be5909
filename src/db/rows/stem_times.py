"""Tempo and length of many stems: enough to narrow a large library."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from src.db.models import Stem


class StemTimes(NamedTuple):
    """How a stem lies in time, and in which kit."""

    id: str
    kit_id: str | None
    is_loop: bool
    bpm: float | None
    duration_s: float


def stem_times(
    session: Session, without: Sequence[str], categories: Sequence[str] = ()
) -> list[StemTimes]:
    """Return all stems but some, by id. categories: only these; empty for all"""
    statement = select(Stem.id, Stem.kit_id, Stem.is_loop, Stem.bpm, Stem.duration_s)
    statement = statement.where(Stem.id.not_in(without))
    if categories:
        statement = statement.where(Stem.category.in_(categories))
    return [StemTimes(*row) for row in session.execute(statement.order_by(Stem.id))]
