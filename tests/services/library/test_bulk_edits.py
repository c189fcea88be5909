"""Saying the same of many stems, all or nothing, and taking it back."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.db.crud import StemFilter, Window
from src.db.database import Database
from src.db.models import Stem, now
from src.db.rows.stem_edits import KEPT_EDITS, Selection
from src.music.evidence.corrections import Change
from src.schemas.stem_edits import BulkEditRecord
from src.services.library.bulk_edits import BulkEditService
from tests.db.stocked import Sound, fresh_database, stem_row, stock
from tests.services.library_files import everything, rows_of

EVERYTHING = Selection(requested=StemFilter())
LIBRARY = (
    Sound("Kit/kick.wav", "kick", tags={"punchy": 0.9}),
    Sound("Kit/bass.wav", "bass", True, 138.0, "Am", 1.739, {"dark": 0.8}),
    Sound("Kit/fast.wav", "lead", True, 600.0, "C", 0.4),
    Sound("pad.wav", "pad", True, 80.0, "C", 3.0, {"warm": 0.7}),
)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = fresh_database(settings)
    yield made
    made.close()


@pytest.fixture
def ids(database: Database, settings: Settings) -> list[str]:
    """The ids of LIBRARY."""
    return stock(database, settings, LIBRARY)


@pytest.fixture
def edits(database: Database, ids: list[str]) -> BulkEditService:
    return BulkEditService(database)


def say(
    edits: BulkEditService, change: Change, selection: Selection = EVERYTHING
) -> BulkEditRecord:
    return edits.edit(selection, change, requested={})


def column(database: Database, name: str) -> dict[str, object]:
    return dict(rows_of(database, "stems", "name", name))


def test_all_selected_stems_hold_what_was_said(edits: BulkEditService, database: Database) -> None:
    kit = Selection(requested=StemFilter(kit="Kit"))
    answer = say(edits, Change({"category": "synth", "user_rating": 4}, add_tags=("mine",)), kit)
    assert (answer.selected, answer.changed, answer.unchanged, answer.skipped) == (3, 3, 0, 0)
    assert column(database, "category") == {
        "kick": "synth", "bass": "synth", "fast": "synth", "pad": "pad",
    }  # fmt: skip
    with database.transaction() as session:
        tags = {stem.name: stem.tags for stem in session.query(Stem)}
    assert tags["kick"] == {"punchy": 0.9, "mine": 1.0}
    assert tags["pad"] == {"warm": 0.7}


def test_saying_it_twice_changes_nothing_more(edits: BulkEditService, database: Database) -> None:
    say(edits, Change({"category": "synth"}, add_tags=("mine",)))
    before = everything(database)
    again = say(edits, Change({"category": "synth"}, add_tags=("mine",)))
    assert (again.changed, again.unchanged, again.edit_id) == (0, 4, None)
    assert everything(database) == before


def test_a_preview_tells_the_same_and_writes_nothing(
    edits: BulkEditService, database: Database
) -> None:
    before = everything(database)
    change = Change({"key": "D"}, add_tags=("mine",))
    record = edits.edit(EVERYTHING, change, requested={}, preview=True)
    assert everything(database) == before
    done = edits.edit(EVERYTHING, change, requested={})
    assert record.preview
    assert record.edit_id is None
    ignored = {"preview", "edit_id"}
    assert record.model_dump(exclude=ignored) == done.model_dump(exclude=ignored)


def test_stems_that_a_change_does_not_fit_are_left_and_told(
    edits: BulkEditService, database: Database, ids: list[str]
) -> None:
    answer = say(edits, Change(tempo="halve"))
    assert (answer.changed, answer.skipped, answer.unchanged) == (3, 1, 0)
    assert [(one.name, one.code) for one in answer.skipped_stems] == [("kick", "no_tempo")]
    assert column(database, "bpm") == {"kick": None, "bass": 69.0, "fast": 300.0, "pad": 40.0}
    answer = say(edits, Change({"key": "D"}))
    assert [(one.name, one.code) for one in answer.skipped_stems] == [("kick", "drum_key")]


def test_bars_follow_a_changed_tempo(edits: BulkEditService, database: Database) -> None:
    answer = say(edits, Change(tempo="halve"), Selection(requested=StemFilter(text="bass")))
    assert answer.examples[0].before == {"bpm": 138.0, "bars": 1.0}
    assert answer.examples[0].after == {"bpm": 69.0, "bars": 0.5}
    assert column(database, "bars")["bass"] == 0.5


def test_a_tempo_out_of_range_is_named_and_nothing_changes(
    edits: BulkEditService, database: Database
) -> None:
    before = everything(database)
    with pytest.raises(InvalidInputError, match="got 1200; so with 'fast'"):
        say(edits, Change(tempo="double"))
    assert everything(database) == before


def test_ids_that_are_not_there_are_named_and_nothing_changes(
    edits: BulkEditService, database: Database, ids: list[str]
) -> None:
    before = everything(database)
    with pytest.raises(NotFoundError, match="there are no stems 'nobody', 'nothing'"):
        say(edits, Change({"key": "D"}), Selection(ids=(ids[0], "nothing", "nobody")))
    assert everything(database) == before


def test_fields_are_taken_back(edits: BulkEditService, database: Database) -> None:
    before = everything(database)["stems"]
    say(edits, Change({"category": "fx", "user_rating": 2}))
    say(edits, Change(taken_back=("category", "user_rating")))
    assert everything(database)["stems"] == before


def test_undo_restores_the_rows_with_their_earlier_corrections(
    edits: BulkEditService, database: Database
) -> None:
    say(edits, Change({"key": "E"}, add_tags=("old",)))
    before = everything(database)["stems"]
    answer = say(edits, Change({"key": "D", "category": "bass"}, remove_tags=("old", "dark")))
    assert answer.edit_id is not None
    undone = edits.undo(answer.edit_id)
    assert (undone.restored, undone.gone) == (4, 0)
    assert everything(database)["stems"] == before
    newest = edits.page(Window()).items[0]
    assert (newest.id, newest.changed) == (answer.edit_id, 4)
    assert newest.undone_at is not None
    with pytest.raises(ConflictError, match="undone already"):
        edits.undo(answer.edit_id)


def test_undo_is_refused_where_a_stem_was_corrected_since(
    edits: BulkEditService, database: Database, ids: list[str]
) -> None:
    answer = say(edits, Change({"category": "fx"}))
    say(edits, Change({"user_rating": 5}), Selection(ids=(ids[1],)))
    before = everything(database)
    with pytest.raises(ConflictError, match="1 stems were corrected since: 'bass'") as refused:
        edits.undo(answer.edit_id or "")
    assert refused.value.code == "stems_changed_since"
    assert everything(database) == before


def test_undo_passes_over_stems_that_are_gone(
    edits: BulkEditService, database: Database, ids: list[str]
) -> None:
    answer = say(edits, Change({"category": "fx"}))
    with database.transaction() as session:
        session.delete(session.get_one(Stem, ids[0]))
    undone = edits.undo(answer.edit_id or "")
    assert (undone.restored, undone.gone) == (3, 1)
    with pytest.raises(NotFoundError, match="no edit 'nothing'"):
        edits.undo("nothing")


def test_only_the_newest_changes_are_kept(edits: BulkEditService, database: Database) -> None:
    first = say(edits, Change({"user_rating": 5}))
    for number in range(KEPT_EDITS):
        say(edits, Change({"user_rating": 1 + number % 2}))
    page = edits.page(Window(limit=2))
    assert (page.total, len(page.items)) == (KEPT_EDITS, 2)
    with pytest.raises(NotFoundError):
        edits.undo(first.edit_id or "")
    assert len(rows_of(database, "edited_stems", "edit_id")) == KEPT_EDITS * len(LIBRARY)


def test_many_stems_take_few_statements(database: Database, settings: Settings) -> None:
    count = 1_200
    with database.transaction() as session:
        session.execute(insert(Stem), [bare_row(number) for number in range(count)])
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    edits = BulkEditService(database)
    answer = say(edits, Change({"category": "synth"}, tempo="double", add_tags=("mine",)))
    undone = edits.undo(answer.edit_id or "")
    assert (answer.changed, undone.restored) == (count, count)
    assert len(statements) < 30


def bare_row(number: int) -> dict[str, Any]:
    """The columns of one of many loops."""
    sound = Sound(f"loop {number}.wav", "bass", True, 100.0, "Am", 4.8)
    made = stem_row(sound, f"{number:064}")
    columns = {column.key: getattr(made, column.key) for column in Stem.__table__.columns}
    own = {"id": f"{number:016}", "path": f"stems/{number}.wav", "imported_at": now()}
    rest = {"corrections": {}, "warnings": [], "downbeat_s": 0.0, "quality_ok": True}
    return columns | own | rest
