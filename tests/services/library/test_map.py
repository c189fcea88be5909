from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from src.core.errors import InvalidInputError
from src.db.database import Database
from src.db.models import Embedding, Stem
from src.services.library import map as library_map
from src.services.library.map import LibraryMapService
from tests.db.index.test_library_index import add_stem

MODEL = "m"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    return made


def add(database: Database, numbers: range, model_id: str = MODEL) -> None:
    with database.transaction() as session:
        for number in numbers:
            vector = np.random.default_rng(number).standard_normal(8).astype("<f4")
            vector /= np.linalg.norm(vector)
            name = f"{number * 7919 % 100_000:05d}"
            if session.get(Stem, name) is None:
                session.add(Stem(
                    id=name, path=name, original_file=name, name=f"sound {number}",
                    content_hash=name, duration_s=1.0, channels=1, original_sample_rate=48_000,
                    is_loop=False, category="kick" if number % 2 else "pad", tags={}, features={},
                    analysis={}, analysis_version="1",
                ))  # fmt: skip
                session.flush()
            session.add(Embedding(stem_id=name, model_id=model_id, vector=vector.tobytes()))


def places(service: LibraryMapService) -> dict[str, tuple[float, float]]:
    return {point.id: (point.x, point.y) for point in service.page().points}


def test_an_empty_library_has_an_empty_map(database: Database) -> None:
    page = LibraryMapService(database, lambda: MODEL).page()
    assert (page.points, page.total, page.version, page.next_cursor) == ((), 0, 0, None)


def test_new_stems_move_no_old_point(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_map, "LANDMARKS", 40)
    service = LibraryMapService(database, lambda: MODEL)
    add(database, range(100))
    before = places(service)
    assert len(before) == 100
    add(database, range(100, 103))
    add_stem(database, "without-vector")
    after = places(service)
    assert len(after) == 103
    assert {one: after[one] for one in before} == before
    assert service.page().version == 1


def test_the_same_library_gives_the_same_map(database: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.upgrade()
    add(database, range(60))
    add(other, range(59, -1, -1))
    first = places(LibraryMapService(database, lambda: MODEL))
    assert first == places(LibraryMapService(other, lambda: MODEL))


def test_a_map_that_its_library_outgrew_is_laid_out_anew(database: Database) -> None:
    service = LibraryMapService(database, lambda: MODEL)
    add(database, range(4))
    places(service)
    add(database, range(4, 16))
    assert len(places(service)) == 16
    assert service.page().version == 1
    add(database, range(16, 30))
    assert len(places(service)) == 30
    assert service.page().version == 2


def test_deleted_stems_leave_the_map_and_the_others_stay(database: Database) -> None:
    service = LibraryMapService(database, lambda: MODEL)
    add(database, range(20))
    before = places(service)
    gone = sorted(before)[3]
    with database.transaction() as session:
        session.execute(delete(Stem).where(Stem.id == gone))
    del before[gone]
    assert places(service) == before


def test_each_model_has_a_map_of_its_own(database: Database) -> None:
    add(database, range(10))
    add(database, range(5), model_id="other")
    active = [MODEL]
    service = LibraryMapService(database, lambda: active[0])
    first = places(service)
    active[0] = "other"
    assert len(places(service)) == 5
    active[0] = MODEL
    assert places(service) == first


def test_pages_follow_each_other_and_categories_filter(database: Database) -> None:
    add(database, range(25))
    service = LibraryMapService(database, lambda: MODEL)
    found, cursor = [], None
    while True:
        page = service.page(limit=10, cursor=cursor)
        found += [point.id for point in page.points]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == sorted(places(service))
    kicks = service.page(categories=["kick"])
    assert {point.category for point in kicks.points} == {"kick"}
    assert (len(kicks.points), kicks.total) == (12, 25)


def test_what_can_not_be_shown_is_told(database: Database) -> None:
    service = LibraryMapService(database, lambda: MODEL)
    with pytest.raises(InvalidInputError, match="category must be one of"):
        service.page(categories=["drumz"])
    with pytest.raises(InvalidInputError, match="limit must be from 1 to"):
        service.page(limit=0)
