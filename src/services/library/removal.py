"""Taking a stem out of the library, so that it does not come back by itself.

Its original stays where it is, and is noted among the refused files as removed by the
user: later imports leave it alone, and a retry takes it in again. On request the original
moves to the quarantine instead. Nothing is deleted but the standardised copy.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from src.core.config import Settings
from src.db import crud
from src.db.database import Database, Session
from src.db.models import Stem, StemLocation
from src.db.rows import imports
from src.db.rows.imports import RefusedFile
from src.schemas.stems import Deleted
from src.services.ingest.lock import import_lock
from src.services.ingest.quarantine_moves import KEPT_PREFIX, stored_name
from src.services.ingest.recovery import finish_moves
from src.services.ingest.rows import bad_id
from src.storage.paths import path_of, safe_join

REASON = "removed"
"""Reason of files whose stem the user removed."""

REMOVED_PREFIX = f"{KEPT_PREFIX}REMOVED_"
"""How ``stored_as`` starts of a file that stays in its place though its stem was removed."""


def remove_stem(
    database: Database, settings: Settings, stem_id: str, *, originals: bool = False
) -> Deleted:
    """Remove a stem's row and its standardised copy.

    originals: move its files to the quarantine too

    Raises NotFoundError; with ``originals`` also ConflictError while an import runs.
    """
    with _import_lock(settings, needed=originals):
        with database.transaction() as session:
            stem = crud.get_stem(session, stem_id)
            copy = safe_join(settings.processed_path, stem.path)
            rows: list[RefusedFile] = []
            for location in stem.locations:
                if not location.missing:
                    rows.append(_refusal(session, stem, location, settings, moves=originals))
                    # at once: the next one may be a file of the same name elsewhere
                    imports.put_bad(session, rows[-1:])
            crud.delete_stem(session, stem)
        copy.unlink(missing_ok=True)
        moved = finish_moves(database, settings, rows) if originals else []
    paths = {row.id: row.original_path for row in rows}
    stay = sorted(path for row_id, path in paths.items() if row_id not in moved)
    note = "" if not stay else "What stays is left alone from now on; a retry takes it in again."
    return Deleted(
        id=stem_id,
        originals_moved=sorted(paths[row_id] for row_id in moved),
        originals_left=stay,
        note=note,
    )


def _refusal(
    session: Session, stem: Stem, location: StemLocation, settings: Settings, *, moves: bool
) -> RefusedFile:
    one = bad_id(location.path, stem.content_hash)
    return RefusedFile(
        id=one,
        original_path=location.path,
        stored_as=_stored_as(session, one, location, settings) if moves else REMOVED_PREFIX + one,
        reason=REASON,
        message=f"its stem {stem.name!r} was removed from the library by the user",
        size_bytes=location.size_bytes,
        modified_ns=location.modified_ns,
    )


def _stored_as(session: Session, one: str, location: StemLocation, settings: Settings) -> str:
    name = path_of(location.path, settings.raw_path).name
    plain = stored_name(REASON, name, bad_id=one, taken=())
    taken = {bad.stored_as for bad in imports.refused_files(session) if bad.id != one}
    if os.path.lexists(settings.quarantine_path / plain):
        taken.add(plain)
    return stored_name(REASON, name, bad_id=one, taken=taken)


@contextmanager
def _import_lock(settings: Settings, *, needed: bool) -> Iterator[None]:
    if not needed:
        yield
        return
    with import_lock(settings.processed_path):
        yield
