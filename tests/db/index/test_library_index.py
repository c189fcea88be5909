from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, event, text

from src.db.database import Database
from src.db.index import library_index
from src.db.index.library_index import LibraryIndex
from src.db.index.vector_cache import VectorCache
from src.db.models import Embedding, Kit, Stem

MODEL = "test-model"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    return made


def new_index(database: Database) -> LibraryIndex:
    return LibraryIndex(database, MODEL, 4, str.split)


def add_stem(database: Database, name: str, **values: object) -> None:
    fields: dict[str, object] = {
        "id": name, "path": f"stems/{name}.wav", "original_file": name, "name": name,
        "content_hash": name, "duration_s": 1.0, "channels": 2, "original_sample_rate": 48_000,
        "is_loop": False, "category": "kick", "tags": {}, "features": {}, "analysis": {},
        "analysis_version": "1",
    }  # fmt: skip
    with database.transaction() as session:
        session.add(Stem(**(fields | values)))


def add_vector(database: Database, stem_id: str, *values: float, model_id: str = MODEL) -> None:
    with database.transaction() as session:
        raw = np.array(values, dtype="<f4").tobytes()
        session.add(Embedding(stem_id=stem_id, model_id=model_id, vector=raw))


def held(index: LibraryIndex) -> np.ndarray:
    return index.vectors_of(np.arange(index.size))


def contents(index: LibraryIndex) -> dict[str, tuple[object, ...]]:
    """What the index holds, independent of its slots."""
    return {
        index.ids[slot]: (
            index.names[slot],
            index.kits[slot],
            *(index.column(name)[slot].tolist() for name in ("category", "is_loop")),
            index.vectors_of(np.array([slot])).tolist(),
            tuple(w for w in index.words.words() if slot in index.words.postings(w).slots),
        )
        for slot in np.flatnonzero(index.column("alive")).tolist()
    }


def test_an_empty_library_has_nothing_to_take_over(database: Database) -> None:
    index = new_index(database)
    assert index.sync() is False
    assert index.count == 0


def test_new_stems_and_their_vectors_arrive(database: Database) -> None:
    index = new_index(database)
    add_stem(database, "a", bpm=120.0, key="Am", is_loop=True)
    assert index.sync() is True
    assert held(index).tolist() == [[0, 0, 0, 0]]
    add_vector(database, "a", 1, 0, 0, 0)
    assert index.sync() is True
    assert held(index).tolist() == [[1, 0, 0, 0]]
    assert index.column("bpm").tolist() == [120.0]
    assert index.sync() is False


def test_loudness_rating_licence_kit_and_tags_arrive(database: Database) -> None:
    with database.transaction() as session:
        session.add(Kit(id="k", path="k", name="Berlin"))
    add_stem(database, "a", loudness_lufs=-12.5, user_rating=4, licence="CC0-1.0", kit_id="k",
             tags={"dark": 0.9})  # fmt: skip
    add_stem(database, "b")
    index = new_index(database)
    index.sync()
    first, second = index.slots_of(["a", "b"]).tolist()
    assert index.column("loudness")[first] == -12.5
    assert np.isnan(index.column("loudness")[second])
    assert index.column("rating")[[first, second]].tolist() == [4, 0]
    names = [index.licence_names.names[code] for code in index.column("licence")[[first, second]]]
    assert names == ["CC0-1.0", ""]
    kits = [index.kit_names.names[code] for code in index.column("kit")[[first, second]]]
    assert kits == [("k", "Berlin"), ("", "")]
    assert index.tags.postings("dark").slots.tolist() == [first]
    assert index.slots_of(["b", "gone"]).tolist() == [second]


def test_a_name_says_more_than_a_kit_or_a_tag(database: Database) -> None:
    with database.transaction() as session:
        session.add(Kit(id="k", path="k", name="dark berlin"))
    add_stem(database, "dark", kit_id="k", tags={"dark": 0.9, "warm": 0.8})
    index = new_index(database)
    index.sync()
    dark, berlin, warm = (
        float(index.words.postings(word).weights[0]) for word in ("dark", "berlin", "warm")
    )
    assert dark > berlin > warm > 0.0


def test_corrections_are_seen(database: Database) -> None:
    index = new_index(database)
    add_stem(database, "a")
    index.sync()
    with database.transaction() as session:
        stem = session.get(Stem, "a")
        assert stem is not None
        stem.name, stem.category = "better name", "snare"
    assert index.sync() is True
    assert index.names == ["better name"]
    assert "better" in index.words
    assert "a" not in index.words
    assert index.column("category").tolist() == [1]


def test_raw_sql_is_seen_too(database: Database) -> None:
    index = new_index(database)
    add_stem(database, "a")
    index.sync()
    with database.transaction() as session:
        session.execute(text("UPDATE stems SET bpm = 99 WHERE id = 'a'"))
    index.sync()
    assert index.column("bpm").tolist() == [99.0]


def test_deleted_stems_leave_and_their_slots_are_used_again(database: Database) -> None:
    index = new_index(database)
    for name in ("a", "b"):
        add_stem(database, name)
    index.sync()
    with database.transaction() as session:
        session.execute(delete(Stem).where(Stem.id == "a"))
    assert index.sync() is True
    assert list(contents(index)) == ["b"]
    assert "a" not in index.words
    add_stem(database, "c")
    index.sync()
    assert sorted(contents(index)) == ["b", "c"]
    assert index.size == 2


def test_a_deleted_vector_leaves_its_stem_without_one(database: Database) -> None:
    index = new_index(database)
    add_stem(database, "a")
    add_vector(database, "a", 1, 0, 0, 0)
    index.sync()
    with database.transaction() as session:
        session.execute(delete(Embedding))
    index.sync()
    assert not held(index).any()


def test_a_new_name_of_a_kit_reaches_its_stems(database: Database) -> None:
    with database.transaction() as session:
        session.add(Kit(id="k", path="k", name="Old"))
    add_stem(database, "a", kit_id="k")
    index = new_index(database)
    index.sync()
    with database.transaction() as session:
        kit = session.get(Kit, "k")
        assert kit is not None
        kit.name = "New"
    assert index.sync() is True
    assert index.kits == [("k", "new")]


def test_vectors_of_other_models_and_lengths_are_passed_over(database: Database) -> None:
    add_stem(database, "a")
    add_stem(database, "b")
    add_vector(database, "a", 1, 1, 1, 1, model_id="another")
    add_vector(database, "b", 1, 1)
    index = new_index(database)
    index.sync()
    assert not held(index).any()


def test_step_by_step_gives_the_same_as_all_at_once(database: Database) -> None:
    stepwise = new_index(database)
    rng = np.random.default_rng(3)
    for turn in range(60):
        name = f"s{rng.integers(25)}"
        with database.transaction() as session:
            stem = session.get(Stem, name)
            if stem is not None and turn % 3 == 0:
                session.delete(stem)
            elif stem is not None:
                stem.name = f"name {turn}"
        if stem is None:
            add_stem(database, name)
            add_vector(database, name, *rng.standard_normal(4).tolist())
        if turn % 4 == 0:
            stepwise.sync()
    stepwise.sync()
    fresh = new_index(database)
    fresh.sync()
    assert contents(stepwise) == contents(fresh)
    assert stepwise.count == len(contents(fresh))


def test_another_database_in_its_place_is_noticed(tmp_path: Path, database: Database) -> None:
    for name in ("a", "b", "c"):
        add_stem(database, name)
    index = new_index(database)
    index.sync()
    with database.transaction() as session:
        session.execute(delete(Stem))
        session.execute(text("DELETE FROM stem_changes"))
        session.execute(text("DELETE FROM sqlite_sequence"))
    add_stem(database, "d")
    index.sync()
    assert list(contents(index)) == ["d"]


def cached_index(database: Database, folder: Path) -> LibraryIndex:
    return LibraryIndex(database, MODEL, 4, str.split, cache=VectorCache(folder, MODEL, 4))


def statements(database: Database) -> list[str]:
    reported: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: reported.append(a[2]))
    return reported


def test_a_start_reads_no_vector_of_an_unchanged_library(
    database: Database, tmp_path: Path
) -> None:
    for number in range(5):
        add_stem(database, f"s{number}")
        add_vector(database, f"s{number}", number, 1, 0, 0)
    first = cached_index(database, tmp_path)
    first.sync()
    first.save()
    again = cached_index(database, tmp_path)
    reported = statements(database)
    again.sync()
    assert reported
    assert not any("vector" in statement for statement in reported)
    assert contents(again) == contents(first)


def test_what_changed_since_the_file_was_written_is_read(
    database: Database, tmp_path: Path
) -> None:
    for name in "abcd":
        add_stem(database, name)
        add_vector(database, name, 1, 0, 0, 0)
    first = cached_index(database, tmp_path)
    first.sync()
    first.save()
    with database.transaction() as session:
        session.execute(delete(Stem).where(Stem.id == "b"))
        session.execute(delete(Embedding).where(Embedding.stem_id == "c"))
    add_stem(database, "e")
    add_vector(database, "c", 0, 0, 0, 1)
    add_vector(database, "e", 0, 1, 0, 0)
    again, fresh = cached_index(database, tmp_path), new_index(database)
    again.sync()
    fresh.sync()
    assert contents(again) == contents(fresh)
    add_stem(database, "f")
    again.sync()
    assert again.size == 5  # the slot of b or c is used again


def test_a_file_of_another_database_is_passed_over(database: Database, tmp_path: Path) -> None:
    for name in "abc":
        add_stem(database, name)
        add_vector(database, name, 1, 0, 0, 0)
    first = cached_index(database, tmp_path)
    first.sync()
    first.save()
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.upgrade()
    for name in "abxy":
        add_stem(other, name)
        add_vector(other, name, 0, 1, 0, 0)
    index = cached_index(other, tmp_path)
    index.sync()
    assert held(index).tolist() == [[0, 1, 0, 0]] * 4


def test_a_graph_grows_with_a_large_library_and_knows_what_changes(database: Database) -> None:
    index = LibraryIndex(database, MODEL, 4, str.split, graph_above=2)
    for number, name in enumerate("abc"):
        add_stem(database, name)
        add_vector(database, name, *np.eye(4)[number].tolist())
    index.sync()
    assert index.graph is not None
    index.graph.wait()
    assert index.graph.ready
    add_stem(database, "d")
    add_vector(database, "d", 0, 0, 0, 1)
    index.sync()
    towards = np.array([0, 0, 0.1, 1], dtype=np.float32)
    found = index.nearest(towards, index.column("alive"), 2)
    assert [index.ids[slot] for slot in found.tolist()] == ["d", "c"]


def test_a_large_library_writes_its_file_by_itself(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_index, "CACHED_FROM", 3)
    for name in "abc":
        add_stem(database, name)
        add_vector(database, name, 1, 0, 0, 0)
    index = cached_index(database, tmp_path)
    index.sync()
    index.wait_saved()
    assert VectorCache(tmp_path, MODEL, 4).load() is not None
