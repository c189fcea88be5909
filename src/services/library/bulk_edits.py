"""Saying the same of many stems at once, and taking it back.

choose the stems → what each would hold → write, all or nothing → note what was before
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from src.core.errors import ConflictError, InvalidInputError
from src.db.crud import Window
from src.db.database import Database, Session
from src.db.models import StemEdit
from src.db.rows import stem_edits
from src.db.rows.corrections import columns_with, found_in
from src.db.rows.stem_edits import Selection, named
from src.music.evidence.corrections import COVERED, Change, RuleError, said_after
from src.schemas.common import Page
from src.schemas.stem_edits import (
    BulkEditRecord,
    ChangedStem,
    EditRecord,
    SkippedStem,
    UndoAnswer,
)

log = logging.getLogger(__name__)

MOST_SKIPPED_REPORTED, MOST_EXAMPLES = 200, 20

Row = Mapping[str, Any]


@dataclass
class _Weighing:
    """What a change does to stems, one after the other.

    updates, entries: to be written for the present piece; the rest counts all pieces
    """

    change: Change
    selected: int
    changed: int = 0
    skipped: int = 0
    updates: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    skipped_stems: list[SkippedStem] = field(default_factory=list)
    examples: list[ChangedStem] = field(default_factory=list)
    refused: list[tuple[str, InvalidInputError]] = field(default_factory=list)

    def weigh(self, row: Row) -> None:
        """Find out what the change makes of a stem."""
        found, said = found_in(row), row["corrections"]
        try:
            after = said_after(self.change, found, said, duration_s=row["duration_s"])
        except RuleError as error:
            self._skip(row, error)
            return
        except InvalidInputError as error:
            self.refused.append((row["name"], error))
            return
        if after != said:
            self._take(row, after, found)

    def _skip(self, row: Row, error: RuleError) -> None:
        self.skipped += 1
        if len(self.skipped_stems) < MOST_SKIPPED_REPORTED:
            self.skipped_stems.append(
                SkippedStem(id=row["id"], name=row["name"], code=error.code, detail=error.message)
            )

    def _take(self, row: Row, after: Row, found: Row) -> None:
        columns = columns_with(row, after, found)
        self.changed += 1
        self.updates.append({"id": row["id"], **columns})
        self.entries.append({"stem_id": row["id"], "before": row["corrections"], "after": after})
        if len(self.examples) < MOST_EXAMPLES:
            differ = [name for name in COVERED if columns[name] != row[name]]
            self.examples.append(
                ChangedStem(
                    id=row["id"],
                    name=row["name"],
                    before={name: row[name] for name in differ},
                    after={name: columns[name] for name in differ},
                )
            )

    def check(self) -> None:
        """Raise InvalidInputError where the change is impossible for a stem."""
        if self.refused:
            names, first = [name for name, _ in self.refused], self.refused[0][1]
            raise InvalidInputError(
                f"nothing was changed: {first.message}; so with {named(names)}", code=first.code
            )


class BulkEditService:
    """Changes of many stems of one library."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def edit(
        self, selection: Selection, change: Change, *, requested: Row, preview: bool = False
    ) -> BulkEditRecord:
        """Say something of all selected stems, in one transaction.

        asked: the change as the user put it, for the list of edits
        preview: only tell what it would do

        Stems that it does not fit (a tempo for a one-shot, a key for a drum) are left as
        they are and reported. Raises NotFoundError for unknown ids, InvalidInputError for a
        tempo out of range: then nothing is changed.
        """
        edit_id = None if preview else str(uuid4())
        with self.database.transaction() as session:
            edit = None
            if edit_id is not None:
                edit = stem_edits.begin_edit(session, edit_id, requested)
            ids = stem_edits.selected_ids(session, selection)
            weighing = _Weighing(change, len(ids))
            for rows in stem_edits.stem_rows(session, ids, locked=not preview):
                for row in rows:
                    weighing.weigh(row)
                _write(session, edit_id, weighing)
            weighing.check()
            kept = edit is not None and _settle(session, edit, weighing.changed)
        if kept:
            log.info("edit %s changed %d of %d stems", edit_id, weighing.changed, len(ids))
        return _answer(weighing, edit_id if kept else None, preview=preview)

    def undo(self, edit_id: str) -> UndoAnswer:
        """Give all stems of a change the corrections that they had before it.

        Raises NotFoundError, and ConflictError where it was undone already or stems were
        corrected since: then nothing is changed.
        """
        restored, changed_since = 0, []
        with self.database.transaction() as session:
            edit = stem_edits.begin_undo(session, edit_id)
            for edited in stem_edits.edited_rows(session, edit_id):
                changed_since += [e.row["name"] for e in edited if e.row["corrections"] != e.after]
                stem_edits.write_columns(
                    session,
                    [
                        {"id": e.row["id"], **columns_with(e.row, e.before, found_in(e.row))}
                        for e in edited
                    ],
                )
                restored += len(edited)
            if changed_since:
                raise ConflictError(
                    f"{len(changed_since)} stems were corrected since: {named(changed_since)}",
                    code="stems_changed_since",
                )
            gone = edit.changed - restored
        return UndoAnswer(edit_id=edit_id, restored=restored, gone=gone)

    def page(self, window: Window) -> Page[EditRecord]:
        """Return the changes that were made, newest first."""
        with self.database.transaction() as session:
            rows, total = stem_edits.list_edits(session, window=window)
            items = [_reported(row) for row in rows]
        return Page[EditRecord](items=items, total=total, limit=window.limit, offset=window.offset)


def _write(session: Session, edit_id: str | None, weighing: _Weighing) -> None:
    """Write a piece of a change, and make room for the next."""
    if edit_id is not None:
        stem_edits.write_columns(session, weighing.updates)
        stem_edits.add_entries(session, edit_id, weighing.entries)
    weighing.updates, weighing.entries = [], []


def _settle(session: Session, edit: StemEdit, changed: int) -> bool:
    """Keep the note of a change, if it changed anything; whether it did."""
    if changed == 0:
        stem_edits.forget_edit(session, edit)
    else:
        edit.changed = changed
    session.flush()
    return changed > 0


def _answer(weighing: _Weighing, edit_id: str | None, *, preview: bool) -> BulkEditRecord:
    return BulkEditRecord(
        edit_id=edit_id,
        preview=preview,
        selected=weighing.selected,
        changed=weighing.changed,
        unchanged=weighing.selected - weighing.changed - weighing.skipped,
        skipped=weighing.skipped,
        skipped_stems=weighing.skipped_stems,
        examples=weighing.examples,
    )


def _reported(row: StemEdit) -> EditRecord:
    return EditRecord(
        id=row.id,
        created_at=row.created_at,
        changes=row.changes,
        changed=row.changed,
        undone_at=row.undone_at,
    )
