"""Where stems lie on the map of a model's vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from src.db.models import Embedding, LibraryMark, MapPoint, Stem

CHUNK = 500
_VERSION = "map_version"


class Shown(NamedTuple):
    """A stem on the map."""

    id: str
    x: float
    y: float
    category: str
    name: str


@dataclass(frozen=True)
class MapCounts:
    """How many stems lie on the map, how many of them are landmarks, how many lack a place."""

    placed: int
    landmarks: int
    unplaced: int


def counts(session: Session, model_id: str) -> MapCounts:
    """Count what the map of a model holds, and what it lacks."""
    of_model = MapPoint.model_id == model_id
    placed = session.scalar(select(func.count()).where(of_model)) or 0
    landmarks = session.scalar(select(func.count()).where(of_model, MapPoint.landmark)) or 0
    vectors = select(func.count()).select_from(Embedding).where(Embedding.model_id == model_id)
    lacking = exists().where(of_model, MapPoint.stem_id == Embedding.stem_id)
    return MapCounts(placed, landmarks, session.scalar(vectors.where(~lacking)) or 0)


def unplaced_ids(session: Session, model_id: str, *, after: str, limit: int) -> list[str]:
    """Return ids of stems with a vector and without a place, by id, those after one."""
    placed = exists().where(MapPoint.model_id == model_id, MapPoint.stem_id == Embedding.stem_id)
    rows = select(Embedding.stem_id).where(
        Embedding.model_id == model_id, Embedding.stem_id > after, ~placed
    )
    return list(session.scalars(rows.order_by(Embedding.stem_id).limit(limit)))


def first_ids(session: Session, model_id: str, limit: int) -> list[str]:
    """List the first stems with a vector by id, as good as a random sample, always the same."""
    rows = select(Embedding.stem_id).where(Embedding.model_id == model_id)
    return list(session.scalars(rows.order_by(Embedding.stem_id).limit(limit)))


def landmarks(session: Session, model_id: str) -> tuple[list[str], NDArray[np.float64]]:
    """Return ids and positions of the landmarks, by id; positions of shape (landmarks, 2)."""
    rows = session.execute(
        select(MapPoint.stem_id, MapPoint.x, MapPoint.y)
        .where(MapPoint.model_id == model_id, MapPoint.landmark)
        .order_by(MapPoint.stem_id)
    ).all()
    return [row[0] for row in rows], np.array([row[1:] for row in rows]).reshape(-1, 2)


def vectors_of(session: Session, model_id: str, ids: Sequence[str]) -> NDArray[np.float32]:
    """Return vectors in the order of the ids, shape (stems, dimension); all must be there."""
    found: dict[str, bytes] = {}
    for start in range(0, len(ids), CHUNK):
        rows = session.execute(
            select(Embedding.stem_id, Embedding.vector).where(
                Embedding.model_id == model_id, Embedding.stem_id.in_(ids[start : start + CHUNK])
            )
        )
        found.update((row[0], row[1]) for row in rows)
    return np.array([np.frombuffer(found[one], dtype="<f4") for one in ids if one in found])


def put_points(
    session: Session,
    model_id: str,
    ids: Sequence[str],
    points: NDArray[np.float64],
    *,
    landmark: bool = False,
) -> None:
    """Write places of stems that are still there and have none yet."""
    there: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        there.update(session.scalars(select(Stem.id).where(Stem.id.in_(some))))
        there.difference_update(
            session.scalars(
                select(MapPoint.stem_id).where(
                    MapPoint.model_id == model_id, MapPoint.stem_id.in_(some)
                )
            )
        )
    rows = [
        {"model_id": model_id, "stem_id": one, "x": x, "y": y, "landmark": landmark}
        for one, (x, y) in zip(ids, points.round(4).tolist(), strict=True)
        if one in there
    ]
    if rows:
        session.execute(insert(MapPoint), rows)


def clear(session: Session, model_id: str) -> None:
    """Forget the map of a model, and note that another one begins."""
    session.execute(delete(MapPoint).where(MapPoint.model_id == model_id))
    raised = session.execute(
        update(LibraryMark)
        .where(LibraryMark.name == _VERSION)
        .values(value=str(version(session) + 1))
    )
    assert isinstance(raised, CursorResult)
    if raised.rowcount == 0:
        session.execute(insert(LibraryMark).values(name=_VERSION, value="1"))


def version(session: Session) -> int:
    """Count how often a map was laid out: while it stays, no point has moved."""
    value = session.scalar(select(LibraryMark.value).where(LibraryMark.name == _VERSION))
    return int(value or 0)


def shown(
    session: Session, model_id: str, *, categories: Sequence[str], after: str, limit: int
) -> list[Shown]:
    """Return stems on the map by id, those after one."""
    rows = (
        select(Stem.id, MapPoint.x, MapPoint.y, Stem.category, Stem.name)
        .join(MapPoint, MapPoint.stem_id == Stem.id)
        .where(MapPoint.model_id == model_id, Stem.id > after)
    )
    if categories:
        rows = rows.where(Stem.category.in_(categories))
    return [Shown(*row) for row in session.execute(rows.order_by(Stem.id).limit(limit))]
