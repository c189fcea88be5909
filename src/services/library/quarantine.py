"""Refused files: what there is, why, and the way back."""

import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from src.core.config import Settings
from src.core.errors import ConflictError, NotFoundError
from src.db.crud import Window
from src.db.database import Database
from src.db.models import Quarantine
from src.db.rows import quarantine as rows
from src.services.ingest.lock import import_lock
from src.services.ingest.quarantine_moves import KEPT_PREFIX, relocate
from src.storage.paths import free_path, path_of, printable, shown

log = logging.getLogger(__name__)

RETRIED_FOLDER = "retried"
"""Where a file goes, below the raw folder, whose old place is not there any more."""


@dataclass(frozen=True)
class QuarantinedFile:
    """A refused file. moved: in the quarantine

    path: where it lies now, printable; None where it is gone
    """

    id: str
    original_path: str
    stored_as: str
    reason: str
    message: str
    size_bytes: int
    moved: bool
    path: str | None
    quarantined_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self) | {"quarantined_at": self.quarantined_at.isoformat()}


class QuarantineService:
    """Lists refused files, gives them another chance, or deletes them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings

    def list_files(self) -> list[QuarantinedFile]:
        """List all refused files, the newest first."""
        with self.database.transaction() as session:
            return [self._reported(row) for row in rows.list_refused(session)[0]]

    def page(self, window: Window) -> tuple[list[QuarantinedFile], int]:
        """Return one page of refused files, the newest first, and how many there are in all."""
        with self.database.transaction() as session:
            found, total = rows.list_refused(session, window)
            return [self._reported(row) for row in found], total

    def get(self, bad_id: str) -> QuarantinedFile:
        """Return one refused file. Raises NotFoundError."""
        with self.database.transaction() as session:
            return self._reported(rows.get_refused(session, bad_id))

    def retry(self, bad_id: str) -> Path:
        """Put a refused file back to its place, or as near as can be; the next import takes it.

        Returns where it lies now. Raises NotFoundError where the file is gone, ConflictError
        while an import runs.
        """
        with import_lock(self.settings.processed_path):
            bad = self.get(bad_id)
            if bad.path is None:
                raise NotFoundError(f"the refused file {bad.stored_as!r} is gone")
            stored = self.settings.quarantine_path / bad.stored_as
            there = self._original(bad)
            if bad.moved or not os.path.lexists(there):
                there = self._put_back(bad)
            else:
                stored.unlink(missing_ok=True)  # only a copy: the file never left its place
            self._forget(bad_id)
        log.info("%s gets another chance", shown(there))
        return there

    def delete(self, bad_id: str) -> None:
        """Delete a refused file for good; one that was left in its place stays there.

        Raises NotFoundError, and ConflictError while an import runs.
        """
        with import_lock(self.settings.processed_path):
            bad = self.get(bad_id)
            if not bad.stored_as.startswith(KEPT_PREFIX):
                (self.settings.quarantine_path / bad.stored_as).unlink(missing_ok=True)
            self._forget(bad_id)
        log.info("the refused file %s was deleted", bad.stored_as)

    def _put_back(self, bad: QuarantinedFile) -> Path:
        stored = self.settings.quarantine_path / bad.stored_as
        original = self._original(bad)
        fallback = self.settings.raw_path / RETRIED_FOLDER / original.name
        for requested in (original, fallback):
            if requested is original and not original.parent.is_dir():
                continue
            try:
                target = free_path(requested)
                if not relocate(stored, target):
                    log.warning("%s stays in the quarantine too", bad.stored_as)
            except OSError as error:
                log.warning("%s can't go back to %s: %s", bad.stored_as, shown(requested), error)
            else:
                return target
        raise ConflictError(f"{bad.stored_as!r} can be put back nowhere: see the log")

    def _forget(self, bad_id: str) -> None:
        with self.database.transaction() as session:
            rows.forget_refused(session, bad_id)

    def _original(self, bad: QuarantinedFile) -> Path:
        return path_of(bad.original_path, self.settings.raw_path)

    def _reported(self, row: Quarantine) -> QuarantinedFile:
        stored = self.settings.quarantine_path / row.stored_as
        original = path_of(row.original_path, self.settings.raw_path)
        positions = (stored,) if row.moved else (stored, original)
        lies = next(
            (printable(str(location)) for location in positions if os.path.lexists(location)), None
        )
        return QuarantinedFile(
            id=row.id,
            original_path=row.original_path,
            stored_as=row.stored_as,
            reason=row.reason,
            message=row.message,
            size_bytes=row.size_bytes,
            moved=row.moved,
            path=lies,
            quarantined_at=row.quarantined_at,
        )
