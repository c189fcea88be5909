"""Tidying up after an import that was killed, before the next one starts."""

import logging
import os
from collections.abc import Sequence

from src.core.config import Settings
from src.db.database import Database
from src.db.rows.imports import RefusedFile, forget_bad, refused_files, set_moved, stem_paths
from src.services.ingest.quarantine_moves import KEPT_PREFIX, relocate
from src.storage.atomic import remove_temporaries
from src.storage.paths import path_of, shown
from src.storage.stem_copies import copied_stems, copy_in, copy_path

log = logging.getLogger(__name__)


def recover(database: Database, settings: Settings) -> None:
    """Bring disk and database into agreement. Only for whoever holds the import lock.

    Half-written files go, copies without a row go, and refused files whose row was written
    are moved as intended. Where everything agrees nothing is written.
    """
    removed = remove_temporaries(settings.stems_path) + remove_temporaries(settings.quarantine_path)
    if removed:
        log.info("%d half-written files of an interrupted import removed", removed)
    with database.transaction() as session:
        owned = stem_paths(session)
        bad = refused_files(session)
    sweep_copies(settings, owned)
    finish_moves(database, settings, bad)


def sweep_copies(settings: Settings, owned: set[str]) -> None:
    """Remove standardised copies that no row owns; they can be made again.

    owned: copies as their rows name them

    Files in that folder that are no copies stay.
    """
    orphans = [one for one in copied_stems(settings.stems_path) if copy_path(one) not in owned]
    for stem in orphans:
        copy_in(settings.stems_path, stem).unlink(missing_ok=True)
    if orphans:
        log.info("%d copies of an interrupted import removed", len(orphans))


def finish_moves(database: Database, settings: Settings, bad: Sequence[RefusedFile]) -> list[str]:
    """Move refused files whose rows say that they are to be moved.

    Rows of files that are neither in the quarantine nor, as they were, in their place are
    forgotten. Returns the ids of the files that lie in the quarantine now.
    """
    moved: list[str] = []
    lost: list[str] = []
    for one in bad:
        if one.stored_as.startswith(KEPT_PREFIX):
            if not os.path.lexists(path_of(one.original_path, settings.raw_path)):
                lost.append(one.id)
            continue
        stored = os.path.lexists(settings.quarantine_path / one.stored_as)
        if not one.moved and _unchanged(one, settings):
            if _move(one, settings):
                moved.append(one.id)
        elif not stored:
            lost.append(one.id)
        elif not one.moved:
            moved.append(one.id)
    if moved or lost:
        with database.transaction() as session:
            set_moved(session, moved)
            forget_bad(session, lost)
    return moved


def _unchanged(one: RefusedFile, settings: Settings) -> bool:
    """Tell whether the refused file still lies in its old place as it was."""
    original = path_of(one.original_path, settings.raw_path)
    for follow in (True, False):
        try:
            state = os.stat(original, follow_symlinks=follow)
        except OSError:
            continue
        return (state.st_size, state.st_mtime_ns) == (one.size_bytes, one.modified_ns)
    return False


def _move(one: RefusedFile, settings: Settings) -> bool:
    original = path_of(one.original_path, settings.raw_path)
    try:
        gone = relocate(original, settings.quarantine_path / one.stored_as)
    except OSError as error:
        log.warning("%s can't be moved to the quarantine: %s", shown(original), error)
        return False
    if not gone:
        log.info("%s lies in a folder that may not be changed: copied", shown(original))
    return gone
