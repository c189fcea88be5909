"""Reading and changing collections. Every function takes a session and never commits."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from src.core.errors import NotFoundError
from src.db.models import CollectedStem, Collection, Kit, Stem, now
from src.music.model.palette import Palette

FAVOURITES = "favourites"
"""Id of the collection that is always there."""

_AT_ONCE = 500


@dataclass(frozen=True)
class CollectionCount:
    """A collection and how many stems lie in it."""

    collection: Collection
    stems: int


def list_collections(session: Session) -> list[CollectionCount]:
    """List all collections: the favourites, then the others by name."""
    counted = (
        select(Collection, func.count(CollectedStem.stem_id))
        .outerjoin(CollectedStem, CollectedStem.collection_id == Collection.id)
        .group_by(Collection.id)
    )
    found = [CollectionCount(*row) for row in session.execute(counted)]
    return sorted(
        found,
        key=lambda one: (
            one.collection.id != FAVOURITES,
            one.collection.name.casefold(),
            one.collection.id,
        ),
    )


def get_collection(session: Session, collection_id: str) -> Collection:
    """Return the collection. Raises NotFoundError."""
    row = session.get(Collection, collection_id)
    if row is None:
        raise NotFoundError(f"there is no collection {collection_id!r}")
    return row


def is_collection(session: Session, collection_id: str) -> bool:
    """Tell whether there is a collection of this id."""
    return session.get(Collection, collection_id) is not None


def add_collection(
    session: Session, *, name: str, note: str, collection_id: str | None = None
) -> Collection:
    """Make an empty collection. collection_id: None draws a new one"""
    made = Collection(id=collection_id or str(uuid.uuid4()), name=name, note=note)
    session.add(made)
    session.flush()
    return made


def delete_collection(session: Session, collection: Collection) -> None:
    """Remove a collection; its stems stay."""
    session.delete(collection)
    session.flush()


def collected(session: Session, collection_id: str) -> list[str]:
    """Return ids of the stems in a collection, the newest first. Raises NotFoundError."""
    get_collection(session, collection_id)
    found = select(CollectedStem.stem_id).where(CollectedStem.collection_id == collection_id)
    newest = found.order_by(CollectedStem.added_at.desc(), CollectedStem.stem_id)
    return list(session.scalars(newest))


def name_taken(session: Session, name: str, *, except_id: str | None = None) -> bool:
    """Tell whether another collection has this name, capitals aside."""
    rows = session.execute(select(Collection.id, Collection.name))
    return any(
        other.casefold() == name.casefold() and other_id != except_id for other_id, other in rows
    )


def collect(session: Session, collection: Collection, stem_ids: Sequence[str]) -> list[str]:
    """Put stems in; the ids of those that were not in it yet.

    Raises NotFoundError for a stem that is not there, before anything is put in.
    """
    requested = list(dict.fromkeys(stem_ids))
    _check_there(session, requested)
    there = set(collected(session, collection.id))
    new = [stem_id for stem_id in requested if stem_id not in there]
    moment = now()
    session.add_all(
        CollectedStem(collection_id=collection.id, stem_id=stem_id, added_at=moment)
        for stem_id in new
    )
    if new:
        collection.changed_at = moment
    session.flush()
    return new


def drop(session: Session, collection: Collection, stem_ids: Sequence[str]) -> list[str]:
    """Take stems out; the ids of those that were in it."""
    requested = list(dict.fromkeys(stem_ids))
    there = set(collected(session, collection.id))
    gone = [stem_id for stem_id in requested if stem_id in there]
    for start in range(0, len(gone), _AT_ONCE):
        session.execute(
            delete(CollectedStem).where(
                CollectedStem.collection_id == collection.id,
                CollectedStem.stem_id.in_(gone[start : start + _AT_ONCE]),
            )
        )
    if gone:
        collection.changed_at = now()
    session.flush()
    return gone


def _check_there(session: Session, stem_ids: Sequence[str]) -> None:
    for start in range(0, len(stem_ids), _AT_ONCE):
        part = stem_ids[start : start + _AT_ONCE]
        found = set(session.scalars(select(Stem.id).where(Stem.id.in_(part))))
        for stem_id in part:
            if stem_id not in found:
                raise NotFoundError(f"there is no stem {stem_id!r}")


def check_palette(session: Session, palette: Palette) -> None:
    """Raise NotFoundError for a collection or kit of a palette that is not there."""
    for collection_id in palette.collections:
        get_collection(session, collection_id)
    for kit in palette.kits:
        known = select(Kit.id).where((Kit.id == kit) | (func.lower(Kit.name) == kit.lower()))
        if session.scalar(known.limit(1)) is None:
            raise NotFoundError(f"there is no kit {kit!r}")
