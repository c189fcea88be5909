"""Which model's vectors are searched, and which stems have which vectors."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from src.db.models import Embedding, LibraryMark, Stem

_ACTIVE = "active_model"


def active_model(session: Session) -> str | None:
    """Read the model whose vectors are searched; None while nobody has said so."""
    return session.scalar(select(LibraryMark.value).where(LibraryMark.name == _ACTIVE))


def set_active_model(session: Session, model_id: str) -> None:
    """Let searches use another model's vectors, from the commit on.

    As the first statement of a transaction it takes the lock of all writers on SQLite, so
    that what is counted after it is still so at the commit.
    """
    result = session.execute(
        update(LibraryMark).where(LibraryMark.name == _ACTIVE).values(value=model_id)
    )
    assert isinstance(result, CursorResult)
    if result.rowcount == 0:
        session.execute(insert(LibraryMark).values(name=_ACTIVE, value=model_id))


def embedded_counts(session: Session) -> dict[str, int]:
    """Count the stems that have a vector, by model."""
    rows = session.execute(select(Embedding.model_id, func.count()).group_by(Embedding.model_id))
    return {row[0]: row[1] for row in rows}


def stems_without(session: Session, model_id: str, *, after: str, limit: int) -> list[str]:
    """Return ids of stems that have no vector of a model, by id, those after one."""
    rows = select(Stem.id).where(Stem.id > after, ~_has_vector(model_id))
    return list(session.scalars(rows.order_by(Stem.id).limit(limit)))


def count_without(session: Session, model_id: str) -> int:
    """Count the stems that have no vector of a model."""
    return session.scalar(select(func.count(Stem.id)).where(~_has_vector(model_id))) or 0


def features_of(
    session: Session, ids: Sequence[str], *, analysis_version: str, longest_s: float
) -> dict[str, dict[str, float]]:
    """Return descriptors by id of stems that one version of the analysis heard whole.

    longest_s: up to this length in seconds a stem was heard whole
    """
    rows = session.execute(
        select(Stem.id, Stem.features).where(
            Stem.id.in_(ids),
            Stem.analysis_version == analysis_version,
            Stem.duration_s <= longest_s,
        )
    )
    return {row[0]: dict(row[1]) for row in rows}


def add_vectors(session: Session, model_id: str, rows: Sequence[tuple[str, bytes]]) -> int:
    """Write vectors of stems that are there and have none of the model yet; how many it were."""
    requested = dict(rows)
    there = session.scalars(
        select(Stem.id).where(Stem.id.in_(requested), ~_has_vector(model_id)).order_by(Stem.id)
    ).all()
    if there:
        session.execute(
            insert(Embedding),
            [{"stem_id": one, "model_id": model_id, "vector": requested[one]} for one in there],
        )
    return len(there)


def _has_vector(model_id: str) -> ColumnElement[bool]:
    return exists().where(Embedding.stem_id == Stem.id, Embedding.model_id == model_id)
