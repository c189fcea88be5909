"""Noticing new files in the kits folder, once nothing in it moves any more."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from src.services.ingest.scan import Stamps
from src.services.jobs.intake import JobRunningError, QueueFullError

log = logging.getLogger(__name__)


class Importer(Protocol):
    """The part of the import that is needed here."""

    def stamps(self) -> Stamps: ...

    def has_new_files(self) -> bool: ...


class FolderWatch:
    """Asks for an import when there are new files and all have been still for a while.

    It looks, and is told nothing: so it works for network folders too. However many files
    come in, they are one import, since as long as any of them grows nothing is asked for.

    quiet_s: how long nothing may have changed
    submit: asks for an import; may raise JobRunningError or QueueFullError, then it is asked
        for again at the next look
    """

    def __init__(
        self,
        importer: Importer,
        submit: Callable[[], object],
        *,
        quiet_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._importer = importer
        self._submit = submit
        self._quiet_s = quiet_s
        self._clock = clock
        self._seen: Stamps | None = None
        self._still_since = 0.0
        self._dealt_with: Stamps | None = None

    def look(self) -> bool:
        """Look once; True where an import was asked for."""
        stamps, now = self._importer.stamps(), self._clock()
        if stamps != self._seen:
            self._seen, self._still_since = stamps, now
            return False
        if stamps == self._dealt_with or now - self._still_since < self._quiet_s:
            return False
        if not self._importer.has_new_files():
            self._dealt_with = stamps
            return False
        try:
            self._submit()
        except (JobRunningError, QueueFullError) as error:
            log.info("new files wait for the next import: %s", error.message)
            return False
        self._dealt_with = stamps
        log.info("new files in the kits folder: an import was asked for")
        return True
