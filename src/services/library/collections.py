"""Collections: favourites and named sets of stems."""

from typing import Any

from src.core.errors import ConflictError
from src.db.database import Database, Session
from src.db.models import Collection, now
from src.db.rows import collections as rows
from src.db.rows.collections import FAVOURITES
from src.schemas.collections import (
    CollectedAnswer,
    CollectedChanges,
    CollectionChanges,
    CollectionDetail,
    CollectionSummary,
    DeletedCollection,
    NewCollection,
)


class CollectionService:
    """The collections of one library."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> list[CollectionSummary]:
        """List all collections: the favourites, then the others by name."""
        with self.database.transaction() as session:
            found = rows.list_collections(session)
            return [CollectionSummary(**_reported(one.collection, one.stems)) for one in found]

    def detail(self, collection_id: str) -> CollectionDetail:
        """Return a collection with its stems. Raises NotFoundError."""
        with self.database.transaction() as session:
            return _detail(session, rows.get_collection(session, collection_id))

    def create(self, requested: NewCollection) -> CollectionDetail:
        """Make a collection.

        Raises ConflictError where the name or the id is taken, NotFoundError for an unknown
        stem.
        """
        with self.database.transaction() as session:
            if requested.id is not None and rows.is_collection(session, requested.id):
                raise ConflictError(f"there is a collection {requested.id!r}", code="id_taken")
            _check_name(session, requested.name)
            made = rows.add_collection(
                session, collection_id=requested.id, name=requested.name, note=requested.note
            )
            rows.collect(session, made, requested.stem_ids)
            return _detail(session, made)

    def change(self, collection_id: str, changes: CollectionChanges) -> CollectionDetail:
        """Give another name or note.

        Raises NotFoundError, and ConflictError where the name is taken or it is built in.
        """
        with self.database.transaction() as session:
            found = rows.get_collection(session, collection_id)
            if changes.name is not None and changes.name != found.name:
                _check_own(found, "renamed")
                _check_name(session, changes.name, except_id=found.id)
                found.name = changes.name
            if changes.note is not None:
                found.note = changes.note
            found.changed_at = now()
            session.flush()
            return _detail(session, found)

    def collect(self, collection_id: str, changes: CollectedChanges) -> CollectedAnswer:
        """Put stems in and take stems out, both or neither. Raises NotFoundError."""
        with self.database.transaction() as session:
            found = rows.get_collection(session, collection_id)
            added = rows.collect(session, found, changes.add)
            removed = rows.drop(session, found, changes.remove)
            left = len(rows.collected(session, collection_id))
        return CollectedAnswer(id=collection_id, added=added, removed=removed, stems=left)

    def delete(self, collection_id: str) -> DeletedCollection:
        """Remove a collection; its stems stay in the library. Tells what was lost.

        Raises NotFoundError, and ConflictError for the favourites.
        """
        with self.database.transaction() as session:
            found = rows.get_collection(session, collection_id)
            _check_own(found, "deleted")
            lost = DeletedCollection(
                id=found.id,
                name=found.name,
                note=found.note,
                stem_ids=rows.collected(session, collection_id),
            )
            rows.delete_collection(session, found)
        return lost


def _check_name(session: Session, name: str, *, except_id: str | None = None) -> None:
    if rows.name_taken(session, name, except_id=except_id):
        raise ConflictError(f"there is a collection {name!r} already", code="name_taken")


def _check_own(found: Collection, what: str) -> None:
    if found.id == FAVOURITES:
        raise ConflictError(f"the favourites can't be {what}", code="built_in")


def _reported(found: Collection, stems: int) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "note": found.note,
        "stems": stems,
        "built_in": found.id == FAVOURITES,
        "created_at": found.created_at,
        "changed_at": found.changed_at,
    }


def _detail(session: Session, found: Collection) -> CollectionDetail:
    stem_ids = rows.collected(session, found.id)
    return CollectionDetail(**_reported(found, len(stem_ids)), stem_ids=stem_ids)
