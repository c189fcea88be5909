"""Choosing many stems, changing their rows, and keeping what was before, on both databases."""

import pytest

from src.core.config import Settings
from src.core.errors import ConflictError, NotFoundError
from src.db.crud import StemFilter, Window
from src.db.database import Database
from src.db.models import EditedStem, Stem, StemChange
from src.db.rows import stem_edits
from src.db.rows.stem_edits import KEPT_EDITS, Selection
from src.music.evidence.corrections import Change
from src.services.library.bulk_edits import BulkEditService
from tests.db.stocked import stock


@pytest.fixture
def ids(database: Database, settings: Settings) -> list[str]:
    return stock(database, settings)


def test_stems_are_chosen_by_id_by_filter_or_all(database: Database, ids: list[str]) -> None:
    with database.transaction() as session:
        every = stem_edits.selected_ids(session, Selection(requested=StemFilter()))
        assert every == sorted(ids)
        loops = stem_edits.selected_ids(session, Selection(requested=StemFilter(is_loop=True)))
        assert loops == sorted(ids[1:3])
        twice = Selection(ids=(ids[2], ids[0], ids[2]))
        assert stem_edits.selected_ids(session, twice) == sorted({ids[0], ids[2]})
        with pytest.raises(NotFoundError, match=r"there are no stems 'x0', .* and 5 more"):
            stem_edits.selected_ids(session, Selection(ids=tuple(f"x{n}" for n in range(15))))


def test_rows_come_in_pieces_and_are_written_together(
    database: Database, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stem_edits, "CHUNK", 3)
    with database.transaction() as session:
        pieces = list(stem_edits.stem_rows(session, sorted(ids), locked=True))
        assert [len(piece) for piece in pieces] == [3, 1]
        written = [{"id": row["id"], "category": "fx"} for piece in pieces for row in piece]
        stem_edits.write_columns(session, written)
    with database.transaction() as session:
        assert {stem.category for stem in session.query(Stem)} == {"fx"}


def test_an_edit_and_its_undo_leave_rows_as_they_were(database: Database, ids: list[str]) -> None:
    edits = BulkEditService(database)
    everything = Selection(requested=StemFilter())
    with database.transaction() as session:
        before = [row for rows in stem_edits.stem_rows(session, sorted(ids), locked=False)
                  for row in rows]  # fmt: skip
        newest = max(row.seq for row in session.query(StemChange))
    change = Change({"key": "D", "user_rating": 4}, add_tags=("тёмный",), remove_tags=("dark",))
    kept = edits.edit(everything, change, requested={"key": "D"})
    assert (kept.changed, kept.skipped) == (2, 2)
    with database.transaction() as session:
        changed = {row.stem_id for row in session.query(StemChange) if row.seq > newest}
        assert changed == set(ids[1:3])
        assert session.query(EditedStem).count() == 2
    edits.undo(kept.edit_id or "")
    with database.transaction() as session:
        after = [row for rows in stem_edits.stem_rows(session, sorted(ids), locked=False)
                 for row in rows]  # fmt: skip
    assert after == before


def test_an_edit_is_undone_once(database: Database, ids: list[str]) -> None:
    with database.transaction() as session:
        stem_edits.begin_edit(session, "e", {"category": "fx"})
    with database.transaction() as session:
        assert stem_edits.begin_undo(session, "e").changes == {"category": "fx"}
    with database.transaction() as session, pytest.raises(ConflictError, match="undone already"):
        stem_edits.begin_undo(session, "e")
    with database.transaction() as session, pytest.raises(NotFoundError, match="no edit 'f'"):
        stem_edits.begin_undo(session, "f")


def test_entries_go_with_their_stem_and_with_their_edit(database: Database, ids: list[str]) -> None:
    with database.transaction() as session:
        stem_edits.begin_edit(session, "old", {})
        rows = [{"stem_id": one, "before": {}, "after": {"key": "D"}} for one in ids[:2]]
        stem_edits.add_entries(session, "old", rows)
    with database.transaction() as session:
        session.delete(session.get_one(Stem, ids[0]))
    with database.transaction() as session:
        assert session.query(EditedStem).count() == 1
        for number in range(KEPT_EDITS):
            stem_edits.begin_edit(session, f"new {number}", {})
    with database.transaction() as session:
        assert session.query(EditedStem).count() == 0
        page, total = stem_edits.list_edits(session, window=Window(limit=1))
        assert (page[0].id, total) == (f"new {KEPT_EDITS - 1}", KEPT_EDITS)
