from pathlib import Path

import pytest

from src.db.database import Database
from src.db.models import Stem
from src.db.rows import active_model
from tests.db.index.test_library_index import add_stem, add_vector


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    return made


def test_nothing_is_active_until_somebody_says_so(database: Database) -> None:
    with database.transaction() as session:
        assert active_model.active_model(session) is None
        active_model.set_active_model(session, "one")
    with database.transaction() as session:
        active_model.set_active_model(session, "two")
    with database.transaction() as session:
        assert active_model.active_model(session) == "two"


def test_stems_without_a_vector_come_by_id_and_are_counted(database: Database) -> None:
    for name in "dbac":
        add_stem(database, name)
    add_vector(database, "b", 1, 0, model_id="new")
    add_vector(database, "a", 1, 0, model_id="old")
    with database.transaction() as session:
        assert active_model.stems_without(session, "new", after="", limit=2) == ["a", "c"]
        assert active_model.stems_without(session, "new", after="c", limit=2) == ["d"]
        assert active_model.count_without(session, "new") == 3
        assert active_model.embedded_counts(session) == {"new": 1, "old": 1}


def test_vectors_are_added_once_and_only_to_stems_that_are_there(database: Database) -> None:
    for name in "ab":
        add_stem(database, name)
    with database.transaction() as session:
        added = active_model.add_vectors(session, "m", [("a", b"1234"), ("gone", b"1234")])
        assert added == 1
    with database.transaction() as session:
        assert active_model.add_vectors(session, "m", [("a", b"5678"), ("b", b"5678")]) == 1
    with database.transaction() as session:
        stem = session.get(Stem, "a")
        assert stem is not None
        assert [one.vector for one in stem.embeddings] == [b"1234"]
