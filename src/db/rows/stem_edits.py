"""Many stems at once: choosing them, changing their corrections, and taking that back.

All in pieces of CHUNK stems and a few statements each, never one query per stem. Ids are
always in the same order, so that two changes at once wait for each other, not for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.orm import Session

from src.core.errors import ConflictError, NotFoundError
from src.db import crud
from src.db.models import EditedStem, Stem, StemEdit, now
from src.db.rows.corrections import COLUMNS

CHUNK = 500
KEPT_EDITS = 50
"""So many changes can be undone; older ones are forgotten."""

MOST_NAMED = 10
"""How many ids or names a message holds."""


@dataclass(frozen=True)
class Selection:
    """Which stems: those with these ids, or those that pass a filter.

    An empty filter means all.
    """

    ids: tuple[str, ...] | None = None
    requested: crud.StemFilter | None = None


@dataclass(frozen=True)
class EditedRow:
    """A stem of a change that was made. row: what it is now; before, after: its corrections"""

    row: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


def selected_ids(session: Session, selection: Selection) -> list[str]:
    """List the ids that are meant, sorted, each once. Raises NotFoundError naming unknown ids."""
    if selection.ids is None:
        return crud.matching_ids(session, selection.requested or crud.StemFilter())
    requested = sorted({*selection.ids})
    there: set[str] = set()
    for ids in _chunks(requested):
        there.update(session.scalars(select(Stem.id).where(Stem.id.in_(ids))))
    unknown = [one for one in requested if one not in there]
    if unknown:
        raise NotFoundError(f"there are no stems {named(unknown)}", code="stems_not_found")
    return requested


def named(words: Sequence[str]) -> str:
    """Join the first of many names, for a message."""
    reported = ", ".join(repr(word) for word in words[:MOST_NAMED])
    more = len(words) - MOST_NAMED
    return reported if more <= 0 else f"{reported} and {more} more"


def hold(session: Session, ids: Sequence[str]) -> None:
    """Keep other writers from these stems until the transaction ends; to be called first.

    Two corrections at once would else both start from the same row, and the second one
    would take the first one back.
    """
    for some in _chunks(ids):
        session.execute(
            update(Stem)
            .where(Stem.id.in_(some))
            .values(user_rating=Stem.user_rating)
            .execution_options(synchronize_session=False)
        )


def stem_rows(
    session: Session, ids: Sequence[str], *, locked: bool
) -> Iterator[list[dict[str, Any]]]:
    """Return rows with id and the columns of corrections, in pieces.

    locked: nobody else changes them until this transaction ends (PostgreSQL; on SQLite
    whoever writes first is alone anyway)
    """
    columns = [Stem.id, *(getattr(Stem, name) for name in COLUMNS)]
    for some in _chunks(ids):
        requested = select(*columns).where(Stem.id.in_(some)).order_by(Stem.id)
        found = session.execute(requested.with_for_update() if locked else requested)
        yield [dict(row._mapping) for row in found]


def write_columns(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change columns of stems. rows: all with the same columns, ``id`` among them"""
    if rows:
        session.execute(update(Stem), list(rows))


def begin_edit(session: Session, edit_id: str, changes: Mapping[str, Any]) -> StemEdit:
    """Note a change that is about to be made, and forget the oldest ones.

    The first statement of its transaction: on SQLite it keeps other writers out.
    """
    edit = StemEdit(id=edit_id, changes=dict(changes))
    session.add(edit)
    session.flush()
    newest = select(StemEdit.id).order_by(StemEdit.created_at.desc(), StemEdit.id)
    session.execute(
        delete(StemEdit)
        .where(StemEdit.id.not_in(newest.limit(KEPT_EDITS)))
        .execution_options(synchronize_session=False)
    )
    return edit


def forget_edit(session: Session, edit: StemEdit) -> None:
    """Remove the note of a change, such as of one that changed nothing."""
    session.delete(edit)


def add_entries(session: Session, edit_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note stems of a change: each with stem_id, before and after."""
    if rows:
        session.execute(insert(EditedStem), [{"edit_id": edit_id, **row} for row in rows])


def begin_undo(session: Session, edit_id: str) -> StemEdit:
    """Note that a change is being taken back. Raises NotFoundError, ConflictError.

    The first statement of its transaction, as with :func:`begin_edit`.
    """
    result = session.execute(
        update(StemEdit)
        .where(StemEdit.id == edit_id, StemEdit.undone_at.is_(None))
        .values(undone_at=now())
    )
    assert isinstance(result, CursorResult)
    edit = session.get(StemEdit, edit_id)
    if edit is None:
        raise NotFoundError(f"there is no edit {edit_id!r}; the last {KEPT_EDITS} are kept")
    if result.rowcount == 0:
        raise ConflictError(f"edit {edit_id} was undone already", code="edit_undone")
    return edit


def edited_rows(session: Session, edit_id: str) -> Iterator[list[EditedRow]]:
    """Yield the stems of a change that are still there, in blocks."""
    of_edit = select(EditedStem).where(EditedStem.edit_id == edit_id)
    entries = list(session.scalars(of_edit.order_by(EditedStem.stem_id)))
    for start in range(0, len(entries), CHUNK):
        some = {entry.stem_id: entry for entry in entries[start : start + CHUNK]}
        for rows in stem_rows(session, list(some), locked=True):
            yield [EditedRow(r, some[r["id"]].before, some[r["id"]].after) for r in rows]


def list_edits(session: Session, *, window: crud.Window) -> tuple[list[StemEdit], int]:
    """Return one page of changes, newest first, and how many there are in all."""
    total = session.scalar(select(func.count(StemEdit.id)))
    newest = select(StemEdit).order_by(StemEdit.created_at.desc(), StemEdit.id)
    return list(session.scalars(newest.limit(window.limit).offset(window.offset))), total or 0


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
