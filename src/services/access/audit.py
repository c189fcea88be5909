"""The audit log: a line for everything that changed something."""

import logging

from src.core.plain_text import one_line
from src.db.access import audit as rows
from src.db.crud import Window
from src.db.database import Database, DatabaseError
from src.db.models import AuditLine, now
from src.schemas.access import AuditLineOut
from src.schemas.common import Page

log = logging.getLogger(__name__)

_LONGEST = 500


class AuditLog:
    """Who changed what, and when. keep: so many of the newest lines stay, or a hundred more"""

    def __init__(self, database: Database, *, keep: int) -> None:
        self._database = database
        self._keep = keep

    def write(
        self, who: str, what: str, *, status: int | None = None, request_id: str = ""
    ) -> None:
        """Write down that somebody changed something.

        Where the database refuses, the line goes to the log of the process: what it tells of has
        happened already.
        """
        told = one_line(what)[:_LONGEST]
        line = AuditLine(at=now(), who=who[:80], what=told, status=status, request_id=request_id)
        try:
            with self._database.transaction() as session:
                rows.add_line(session, line, keep=self._keep)
        except DatabaseError as error:
            log.error("not in the audit log (%s): %s by %s, %s", error, told, who, request_id)

    def page(self, window: Window, *, who: str | None = None) -> Page[AuditLineOut]:
        """Return one page, the newest first. who: only what this one changed"""
        with self._database.transaction() as session:
            found, total = rows.list_lines(session, window=window, who=who)
        items = [AuditLineOut.model_validate(line, from_attributes=True) for line in found]
        return Page[AuditLineOut](
            items=items, total=total, limit=window.limit, offset=window.offset
        )
